import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureNodeExporter } from '../../scripts/tools/node-exporter.ts';
import { ensurePrometheus } from '../../scripts/tools/prometheus.ts';
import { ensurePushgateway } from '../../scripts/tools/pushgateway.ts';
import { freePort, type RunningServer, startServer } from './server-process.ts';

export interface LoopbackServer extends RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

export interface PrometheusServer extends LoopbackServer {
  /** The samples of an instant query, as the API gives them now. */
  query(expression: string): Promise<readonly QuerySample[]>;
  /** Asks again until `enough` holds, or throws with the last answer. */
  queryUntil(
    expression: string,
    enough: (samples: readonly QuerySample[]) => boolean,
  ): Promise<readonly QuerySample[]>;
}

export interface QuerySample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Pushgateway on a free loopback port, with nothing in it. */
export async function startPushgateway(): Promise<LoopbackServer> {
  const { program, directory } = await ensurePushgateway();
  return await startProgram(program, [], directory, '/-/ready');
}

/** A real node_exporter on a free loopback port that shows the `*.prom` files of a folder and nothing of the machine. */
export async function startTextfileCollector(folder: string): Promise<LoopbackServer> {
  const { program, directory } = await ensureNodeExporter();
  const collector = ['--collector.disable-defaults', '--collector.textfile'];
  const args = [...collector, `--collector.textfile.directory=${folder}`];
  return await startProgram(program, args, directory, '/');
}

/** A real Prometheus on a free loopback port that scrapes each target (`host:port`) twice a second, labels honoured. */
export async function startPrometheus(targets: readonly string[]): Promise<PrometheusServer> {
  const { prometheus } = await ensurePrometheus();
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const configuration = join(folder, 'prometheus.yml');
  await writeFile(
    configuration,
    JSON.stringify({
      scrape_configs: [
        {
          job_name: 'pushgateway',
          honor_labels: true,
          scrape_interval: '500ms',
          scrape_timeout: '500ms',
          static_configs: [{ targets }],
        },
      ],
    }),
  );
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const args = [`--config.file=${configuration}`, `--storage.tsdb.path=${join(folder, 'tsdb')}`];
    const server = await startProgram(prometheus, args, folder, '/-/ready');
    const query = (expression: string): Promise<readonly QuerySample[]> => ask(server.url, expression);
    return {
      ...server,
      query,
      async stop() {
        await server.stop();
        await remove();
      },
      async queryUntil(expression, enough) {
        const deadline = performance.now() + 20_000;
        for (;;) {
          const samples = await query(expression);
          if (enough(samples)) return samples;
          if (performance.now() > deadline) {
            throw new Error(`${expression} still gives ${JSON.stringify(samples)}`);
          }
          await sleep(200);
        }
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function startProgram(
  command: string,
  args: readonly string[],
  cwd: string,
  readyPath: string,
): Promise<LoopbackServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    command,
    args: [...args, `--web.listen-address=127.0.0.1:${port}`],
    env: { PATH: process.env.PATH },
    cwd,
    readyUrl: `${url}${readyPath}`,
    readyTimeoutMs: 60_000,
  });
  return { ...server, url };
}

async function ask(url: string, expression: string): Promise<readonly QuerySample[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const answer = (await response.json()) as {
    status: string;
    error?: string;
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (answer.data === undefined) throw new Error(`${expression}: ${answer.error}`);
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: numberOf(value[1]) }));
}

/** As the API writes numbers: `+Inf`, `-Inf` and `NaN` too. */
function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

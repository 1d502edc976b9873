/** Parts of the Compose file as real programs with its environment and its commands, as far as that goes without Docker. */

import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService } from '../../../reference-infra/ml-api/test/service.ts';
import { ensureHadolint } from '../../../scripts/tools/hadolint.ts';
import { ensurePostgres } from '../../../scripts/tools/postgres.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { ensurePython } from '../../../scripts/tools/python.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';
import { freePort, startServer } from '../../support/server-process.ts';
import { type ComposeProject, infra, loadProject } from './compose-project.ts';

let project: ComposeProject;
beforeAll(async () => {
  project = await loadProject();
});

function environmentOf(name: string): Record<string, string> {
  const environment = Object.entries(project.services[name]?.environment ?? {});
  return Object.fromEntries(environment.map(([variable, value]) => [variable, value ?? '']));
}

describe('the databases', () => {
  let server: PostgresServer;
  let clientEnv: Readonly<Record<string, string>>;
  beforeAll(async () => {
    server = await startPostgres();
    const { bin, libraries } = await ensurePostgres();
    clientEnv = { PATH: `${bin}${delimiter}${process.env.PATH}`, LD_LIBRARY_PATH: libraries };
    const { code, stderr } = await runProcess('sh', [join(infra, 'compose/databases.sh')], {
      env: {
        ...environmentOf('postgres'),
        ...clientEnv,
        POSTGRES_USER: 'tester',
        PGHOST: '127.0.0.1',
        PGPORT: String(server.port),
        PGPASSWORD: server.password,
      },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
  afterAll(async () => await server?.stop());

  /** The address that a service of the file has, at the test's server. */
  const addressOf = (name: string, variable: string): string =>
    (environmentOf(name)[variable] ?? '')
      .replace('postgresql+psycopg2:', 'postgresql:')
      .replace('@postgres:5432/', `@127.0.0.1:${server.port}/`);

  /** The exit code of the health check that the file has for the service. */
  async function healthOf(url: string): Promise<number> {
    const [, , ...args] = project.services['ml-api']?.healthcheck?.test ?? [];
    const here = args.map((word) => word.replace('http://127.0.0.1:8000', url));
    expect(here).not.toEqual(args);
    return (await runProcess(process.execPath, here)).code;
  }

  async function sql(address: string, statement: string) {
    const args = ['--no-psqlrc', '--tuples-only', '--no-align', '--command', statement, address];
    return await runProcess('psql', args, { env: clientEnv });
  }

  test('each user may do everything in its own, by the address that its service is given', async () => {
    for (const address of [
      addressOf('ml-api', 'DATABASE_URL'),
      addressOf('mlflow', 'MLFLOW_BACKEND_STORE_URI'),
    ]) {
      const { code, stderr } = await sql(address, 'CREATE TABLE mine (id integer); DROP TABLE mine');
      expect({ code, stderr }, address).toEqual({ code: 0, stderr: '' });
    }
  });

  test('their script is run, and not read into the shell of the image: it can be executed', () => {
    expect(statSync(join(infra, 'compose/databases.sh')).mode & 0o111).toBe(0o111);
  });

  test('its health check says whether it answers', async () => {
    const [, command = '', ...args] = project.services.postgres?.healthcheck?.test ?? [];
    const ask = async (port: number) =>
      (await runProcess(command, [...args, `--port=${port}`], { env: clientEnv })).code;
    expect(await ask(server.port)).toBe(0);
    expect(await ask(await freePort())).not.toBe(0);
  });

  test('nobody comes into that of the other, and nobody is a superuser', async () => {
    const mine = addressOf('mlflow', 'MLFLOW_BACKEND_STORE_URI');
    const { code, stderr } = await sql(mine.replace(/\/mlflow$/, '/ml'), 'SELECT 1');
    expect(code).not.toBe(0);
    expect(stderr).toContain('permission denied for database "ml"');
    const roles = await sql(
      mine,
      "SELECT rolname FROM pg_roles WHERE rolname IN ('ml_api', 'mlflow') AND (rolsuper OR rolcreaterole OR rolcreatedb)",
    );
    expect(roles).toMatchObject({ code: 0, stdout: '' });
  });

  test('the service writes its predictions there, with the environment of the file', async () => {
    const address = addressOf('ml-api', 'DATABASE_URL');
    const service = await startService({
      model: join(infra, '../test/fixtures/models/mlflow-onnx/model'),
      env: { ...environmentOf('ml-api'), DATABASE_URL: address, OTEL_SDK_DISABLED: 'true' },
    });
    try {
      const row = [17.99, 10.38, 122.8, 1001, 0.1184, 0.2776, 0.3001, 0.1471];
      expect((await service.post('/predict', { instances: [row] })).status).toBe(200);
      const deadline = performance.now() + 15_000;
      let rows = '';
      while (performance.now() < deadline && !rows.startsWith('1|')) {
        await sleep(200);
        rows = (await sql(address, "SELECT count(*), min(inputs->>'mean_radius') FROM predictions")).stdout;
      }
      expect(rows.trim()).toBe('1|17.99');
      expect(await healthOf(service.url)).toBe(0);
    } finally {
      await service.stop();
    }
    expect(await healthOf(service.url)).not.toBe(0);
  });
});

describe('MLflow', () => {
  test('takes its settings from the environment, answers by the names of the file and by no other', async () => {
    const { bin } = await ensurePython();
    const folder = scratchFolder();
    const artifacts = join(folder, 'artifacts');
    mkdirSync(artifacts);
    const port = await freePort();
    const [command = '', ...args] = (project.services.mlflow?.command ?? []).map((word) =>
      word
        .replace('0.0.0.0', '127.0.0.1')
        .replace('--port=5000', `--port=${port}`)
        .replace('--workers=2', '--workers=1'),
    );
    const server = await startServer({
      command: join(bin, command),
      args,
      env: {
        ...environmentOf('mlflow'),
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        HOME: folder,
        MLFLOW_BACKEND_STORE_URI: `sqlite:///${join(folder, 'mlflow.db')}`,
        MLFLOW_ARTIFACTS_DESTINATION: artifacts,
      },
      cwd: folder,
      readyUrl: `http://127.0.0.1:${port}/health`,
      readyTimeoutMs: 240_000,
    });
    try {
      const ask = async (host: string): Promise<number> =>
        await new Promise((resolve, reject) => {
          const path = '/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default';
          get({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          }).on('error', reject);
        });
      // By the name that the service has in the file, and from this machine.
      const named = new URL(environmentOf('ml-api').MLFLOW_TRACKING_URI ?? '').host;
      expect([await ask(named), await ask('localhost:5000')]).toEqual([200, 200]);
      expect(await ask('evil.example')).toBe(403);
      expect(existsSync(join(folder, 'mlflow.db'))).toBe(true);
    } finally {
      await server.stop();
    }
  });

  test('its image is that of the tag, and hadolint finds nothing in it', async () => {
    const path = join(infra, 'compose/mlflow.Dockerfile');
    const release = /^FROM ghcr\.io\/mlflow\/mlflow:v(\S+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
    expect(project.services.mlflow?.image).toBe(`ml-platform-mlflow:${release}`);
    const { program } = await ensureHadolint();
    const { code, stdout } = await runProcess(program, [path], { timeoutMs: 60_000 });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });
});

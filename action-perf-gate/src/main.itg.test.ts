import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RunError } from '../../core/inputs/index.ts';
import { renderPage, renderSummary } from '../../core/report/index.ts';
import { runPerfGate } from '../../test/support/run-perf-gate.ts';
import { reportSections } from './report/sections.ts';
import { summaryDetails } from './report/summary.ts';
import { freePort } from './service/index.ts';
import { factsOf } from './service/process-tree.ts';

const cli = resolve(import.meta.dirname, '../../cli/ml-gates.ts');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-gate-'));
  writeFileSync(
    join(folder, 'server.mjs'),
    `import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
const { PORT, END_AFTER, ECHO } = process.env;
let count = 0;
createServer((request, response) => {
  request.resume();
  count += 1;
  if (ECHO) console.log('headers:', JSON.stringify(request.headers), request.url);
  if (Number(END_AFTER) === count) { console.error('out of memory in the model'); process.exit(137); }
  setTimeout(() => response.end('{"label": "a"}'), 2);
}).listen(Number(PORT), '127.0.0.1');
writeFileSync('server-' + PORT + '.pid', String(process.pid));
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  open.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const short = { rate: '100/s', duration: '1s', warmup: '0s', timeout: '1s' };
const run = (given: Readonly<Record<string, string>>) => runPerfGate({ ...short, ...given }, folder);
const started = (command = `exec "${process.execPath}" server.mjs`) => ({
  url: 'http://127.0.0.1:{port}/predict',
  'start-command': command,
});

async function failure(given: Readonly<Record<string, string>>): Promise<string> {
  const error: unknown = await run(given).then(
    () => new Error('it ran'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RunError);
  return (error as RunError).message;
}

/** The process whose id stands in the file; one that has ended may still wait to be buried. */
const isGone = (file: string): boolean =>
  factsOf(Number(readFileSync(join(folder, file), 'utf8')))?.zombie ?? true;

/** On a busy machine the generator may be late, and the run void: never wrong, never a pass. */
const passes = (verdict: string, isVoid: string | null) =>
  expect(verdict).toBe(isVoid === null ? 'pass' : 'inconclusive');

describe('a service that runs', () => {
  test('is loaded, judged and reported', async () => {
    const url = await serve((_, response) => setTimeout(() => response.end('ok'), 3));
    const { verdict, details, log, result } = await run({ url, thresholds: 'p95 < 900ms\nerror_rate < 1%' });
    passes(verdict, details.health.void);
    expect(details.candidate.all.due).toBeGreaterThan(60);
    expect(details.candidate.all.ok).toBe(details.candidate.all.due);
    expect(details.candidate.all.latency.min).toBeGreaterThan(2);
    expect(log).toContain('1 request answered as expected; the load begins');
    expect(result.subject[0]?.name).toBe('result.hlog');
    expect(renderPage(result, reportSections(result))).toContain('Latency by percentile');
    expect(summaryDetails(result).map(({ title }) => title)).toContain('The run');
  });

  test('that answers wrongly under load fails, whatever its speed', async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      response.statusCode = count > 1 && count % 2 === 0 ? 500 : 200;
      response.end('{"error": "boom"}');
    });
    const { verdict, details } = await run({ url });
    expect(verdict).toBe(details.health.void === null ? 'fail' : 'inconclusive');
    expect(details.candidate.failures[0]).toMatchObject({ kind: 'unexpected 500' });
  });

  test('that failed once when it was asked is judged by how often it fails, not refused', async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      response.statusCode = count === 1 ? 503 : 200;
      response.end('ok');
    });
    const { details } = await run({ url });
    expect(details.candidate.all.failed).toBe(0);
  });

  test.each([
    ['after a while', 30],
    ['from the first request of the load on', 1],
  ])('whose port refuses %s has failed requests, by kind', async (_, last) => {
    let count = 0;
    const url = await serve((request, response) => {
      response.end('ok');
      count += 1;
      if (count < last) return;
      open[0]?.close();
      setImmediate(() => request.socket.destroy());
    });
    const { details, verdict } = await run({ url });
    expect(verdict).not.toBe('pass');
    expect(details.candidate.failures.map(({ kind }) => kind)).toContain('connect');
    // Connections that are open already serve on for a moment.
    expect(details.candidate.all.ok).toBeLessThan(last + 30);
  });

  test('with a body that never ends: those requests time out, the others count', async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      if (count % 5 !== 0) return response.end('ok');
      response.write('a');
      const timer = setInterval(() => response.write('a'), 20);
      return response.on('close', () => clearInterval(timer));
    });
    const { details } = await run({ url, timeout: '300ms' });
    expect(details.candidate.failures[0]).toMatchObject({ kind: 'timeout' });
    expect(details.candidate.failures[0]?.p50).toBeGreaterThanOrEqual(299);
    expect(details.candidate.all.ok).toBeGreaterThan(details.candidate.all.failed);
  });

  test('at a rate that this machine cannot make: void, not a verdict', async () => {
    const url = await serve((_, response) => response.end('ok'));
    const { verdict, details, result } = await run({
      url,
      rate: '60000/s',
      thresholds: 'p50 < 1m\nerror_rate <= 100%',
    });
    expect(details.health.void).not.toBeNull();
    expect(verdict).toBe('inconclusive');
    expect(result.predicate.gate.checks[0]?.reason).toMatch(/^the run is void: /);
  });
});

describe('a service that cannot be loaded is an error', () => {
  test('nothing listens', async () => {
    expect(await failure({ url: `http://127.0.0.1:${await freePort()}/` })).toMatch(
      /refuses the connection: nothing listens there \(ECONNREFUSED\)/,
    );
  });

  test('an unknown host', async () => {
    expect(await failure({ url: 'http://user:pw-1234@nowhere.invalid/' })).toMatch(
      /^http:\/\/nowhere\.invalid\/ cannot be reached: the host name nowhere\.invalid is not known/,
    );
  });

  test('a redirect in a circle', async () => {
    const url = await serve((request, response) => {
      response.writeHead(302, { location: request.url === '/' ? '/there' : '/' });
      response.end();
    });
    expect(await failure({ url })).toMatch(/answers 302 and is sent on in a circle/);
  });

  test('no TLS where TLS is expected', async () => {
    const url = await serve((_, response) => response.end('ok'));
    expect(await failure({ url: url.replace('http:', 'https:') })).toMatch(
      /cannot be trusted or does not speak TLS/,
    );
  });

  test('a port that takes connections and says nothing', async () => {
    const silent = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    const message = await failure({ url: `http://127.0.0.1:${port}/`, timeout: '200ms' });
    silent.close();
    expect(message).toMatch(/does not answer within 0\.2 s/);
  });

  test('more connections than files', async () => {
    const url = await serve((_, response) => response.end('ok'));
    const gate = `ulimit -n 300; exec "${process.execPath}" "${cli}" perf-gate --url ${url} --connections 500 --duration 1s`;
    // Not synchronously: the server is this process.
    const child = spawn('/bin/sh', ['-c', gate], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    expect(told).toMatch(
      /connections: 500 are more than this process may open: \d+; raise the limit of open files/,
    );
  });
});

describe('a service that the gate starts', () => {
  test('is measured and stopped; what it wrote stands beside the result', async () => {
    const { verdict, details } = await run({
      ...started(`echo starting; exec "${process.execPath}" server.mjs`),
      thresholds: 'p95 < 900ms\ncpu_per_request < 1s\nmemory_peak < 2GB',
    });
    passes(verdict, details.health.void);
    expect(details.candidate.started?.cpu_per_request).toBeGreaterThan(0);
    expect(details.candidate.started?.memory_peak).toBeGreaterThan(20e6);
    expect(readFileSync(join(folder, 'result.service.log'), 'utf8')).toBe('starting\n');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.pid'))) {
      expect(isGone(file)).toBe(true);
    }
  });

  test('that ends during the run is an error with its last lines, not a timing', async () => {
    const message = await failure({
      ...started(`END_AFTER=30 exec "${process.execPath}" server.mjs`),
      duration: '4s',
    });
    expect(message).toBe(
      'the service ended with code 137 during the run; its last lines:\nout of memory in the model',
    );
  });

  test('that ends with the first request is the same error, not a broken connection', async () => {
    const given = started(`END_AFTER=2 exec "${process.execPath}" server.mjs`);
    expect(await failure(given)).toMatch(
      /^the service ended with code 137 during the run; its last lines:\n/,
    );
  });

  test('that ends just before the run does is the same error', async () => {
    const given = {
      ...started(`END_AFTER=75 exec "${process.execPath}" server.mjs`),
      arrivals: 'constant',
      timeout: '300ms',
    };
    expect(await failure(given)).toMatch(
      /^the service ended with code 137 during the run; its last lines:\n/,
    );
  });
});

test('no secret is shown: not in the log, the errors, the result, the report, nor in what the service wrote', async () => {
  const secrets = ['tok-5ecret-1', 'passw0rd-2', 'query-key-3', 'cookie-4-value', 'corpus-5-token'];
  writeFileSync(
    join(folder, 'secret.jsonl'),
    `{"path": "/a?api_key=query-key-3", "headers": {"x-corpus": "corpus-5-token"}, "name": "a"}\n`,
  );
  const given = {
    ...started(`ECHO=1 exec "${process.execPath}" server.mjs`),
    url: 'http://user:passw0rd-2@127.0.0.1:{port}',
    headers: 'authorization: Bearer tok-5ecret-1\ncookie: id=cookie-4-value',
    'requests-path': 'secret.jsonl',
  };
  const { text, log, result } = await run(given);
  const service = readFileSync(join(folder, 'result.service.log'), 'utf8');
  expect(service).toContain('"authorization":"***"');
  const error = await failure({
    ...given,
    'start-command': given['start-command'].replace('ECHO', 'END_AFTER=20 ECHO'),
  });
  const seen = [
    text,
    log,
    service,
    error,
    renderPage(result, reportSections(result)),
    renderSummary(result, { details: summaryDetails(result) }),
    readFileSync(join(folder, 'result.hlog'), 'utf8'),
  ].join('\n');
  for (const secret of [...secrets, Buffer.from('user:passw0rd-2').toString('base64')]) {
    expect(seen).not.toContain(secret);
  }
});

test('a gate that is cancelled stops what it had started', async () => {
  const given = { ...started('echo $$ > cancelled.pid; exec sleep 600'), 'ready-timeout': '30s' };
  const ended = failure(given);
  for (let round = 0; round < 100 && !readdirSync(folder).includes('cancelled.pid'); round++) await sleep(20);
  // To the handlers only: the signal itself would reach the tests' own process.
  process.emit('SIGTERM', 'SIGTERM');
  expect(await ended).toBe('the run was cancelled (SIGTERM); what it had started was stopped');
  expect(isGone('cancelled.pid')).toBe(true);
});

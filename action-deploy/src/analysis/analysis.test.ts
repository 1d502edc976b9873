import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../../core/report/index.ts';
import type { AnalysisConfig } from '../config.ts';
import type { AnalysisRound, World } from '../types.ts';
import { analysisChecks, createAnalysis, invalidQueries } from './analysis.ts';
import { parseAnalysis } from './parse.ts';
import { prometheusUrlProblem } from './query.ts';

/** Answers as the documentation of the HTTP API writes them; it evaluates nothing. */
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Asked {
  readonly form: URLSearchParams;
  readonly request: IncomingMessage;
}

type Reply = (response: ServerResponse, asked: Asked, count: number) => void;

async function serve(reply: Reply): Promise<{ url: URL; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const each = { form: new URLSearchParams(Buffer.concat(chunks).toString()), request };
    asked.push(each);
    reply(response, each, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), asked };
}

const send = (body: unknown, status = 200, headers: Record<string, string> = {}): Reply => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
};
const success = (resultType: string, result: unknown, more: object = {}) =>
  send({ status: 'success', data: { resultType, result }, ...more });
const vector = (...values: readonly string[]) =>
  success(
    'vector',
    values.map((value, i) => ({ metric: { __name__: 'x', pod: `p${i}` }, value: [1, value] })),
  );
const failure = (status: number, errorType: string, error: string) =>
  send({ status: 'error', errorType, error }, status);

/** A clock that sleeping moves on. */
function testWorld(): World & { readonly slept: number[] } {
  let now = Date.parse('2026-05-04T09:00:00Z');
  const slept: number[] = [];
  return {
    env: {},
    workspace: '/work',
    log: silentLog,
    clock: () => new Date(now),
    signal: new AbortController().signal,
    slept,
    async sleep(milliseconds) {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

function configOf(url: URL, text = 'x: x < 1'): AnalysisConfig {
  const { lines, problems } = parseAnalysis(text);
  expect(problems).toEqual([]);
  return { prometheusUrl: url, lines };
}

async function judged(url: URL, text?: string, world: World = testWorld()): Promise<AnalysisRound> {
  return await createAnalysis(configOf(url, text), { attemptMs: 2000 }).judge('after 10%', world);
}

describe('a number is judged by its bound', () => {
  test.each([
    ['a vector of one element', vector('0.5'), 'x: x < 1', 0.5, 'pass', '0.5 is below 1'],
    ['a scalar', success('scalar', [1, '2']), 'x: x < 1', 2, 'fail', '2 is not below 1'],
    ['a share', vector('0.0134'), 'x: x < 1%', 0.0134, 'fail', '0.0134 is not below 0.01'],
    ['seconds', vector('0.182'), 'x: x < 200ms', 0.182, 'pass', '182 ms is below 200 ms'],
    ['bytes', vector('7e7'), 'x: x < 64MB', 7e7, 'fail', '70 MB is not below 64 MB'],
    [
      'remarks are no warnings',
      success('scalar', [1, '0'], { infos: ['PromQL info: x'] }),
      'x: x < 1',
      0,
      'pass',
      '',
    ],
    [
      'nor are those of older servers',
      success('scalar', [1, '0'], { warnings: ['PromQL info: x'] }),
      'x: x < 1',
      0,
      'pass',
      '',
    ],
  ])('%s', async (_, reply, text, value, verdict, reason) => {
    const { url, asked } = await serve(reply);
    const round = await judged(url, text);
    expect(round).toMatchObject({
      stage: 'after 10%',
      at: '2026-05-04T09:00:00.000Z',
      promote: verdict === 'pass',
    });
    expect(round.lines).toMatchObject([
      { check: text, value, verdict, reason: expect.stringContaining(reason) },
    ]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.request).toMatchObject({ method: 'POST', url: '/api/v1/query' });
    expect(asked[0]?.form.get('query')).toBe('x');
  });
});

const page = send('<html>log in</html>', 200, { 'content-type': 'text/html' });

describe('what is no number never promotes, and says why', () => {
  test.each<[string, Reply, string, number]>([
    ['no data', vector(), 'the query gives no data', 1],
    ['two elements', vector('0', '0'), 'gives 2 values, not one: x{pod="p0"}, x{pod="p1"}; aggregate', 1],
    ['many elements', vector(...Array.from({ length: 99 }, () => '0')), 'gives 99 values', 1],
    ['NaN', vector('NaN'), 'the query gives NaN', 1],
    ['Inf', vector('+Inf'), 'the query gives +Inf', 1],
    ['-Inf', success('scalar', [1, '-Inf']), 'the query gives -Inf', 1],
    ['a matrix', success('matrix', []), 'gives a range of values', 1],
    ['a string', success('string', [1, '0']), 'gives a text', 1],
    ['a histogram', success('vector', [{ metric: {}, histogram: [1, {}] }]), 'gives a histogram', 1],
    [
      'a warning',
      success('scalar', [1, '0'], { warnings: ['No StoreAPIs matched'] }),
      'warns that its result may not be whole or right: No StoreAPIs matched',
      1,
    ],
    [
      'a query that cannot be parsed',
      failure(400, 'bad_data', 'parse error: unexpected <op:/>'),
      'the query is not valid: parse error: unexpected <op:/>',
      1,
    ],
    [
      'a query that cannot be evaluated',
      failure(422, 'execution', 'many-to-many'),
      'cannot be evaluated: many-to-many',
      1,
    ],
    ['a query out of time', failure(503, 'timeout', 'query timed out'), 'ran out of time', 1],
    ['an internal error', failure(500, 'internal', 'boom'), 'the query failed (internal): boom', 1],
    ['a text for a number', success('scalar', [1, 'zero']), 'cannot be read', 1],
    ['an empty text for a number', success('scalar', [1, '']), 'cannot be read', 1],
    ['a number for a text', success('scalar', [1, 0]), 'cannot be read', 1],
    ['success without data', send({ status: 'success' }), 'but not as Prometheus does', 1],
    ['a page', page, 'answers 200 with a web page, but not as Prometheus does', 1],
    ['an empty answer', send(''), 'but not as Prometheus does', 1],
    [
      'a redirect',
      send('', 302, { location: 'https://sso.example/login?next=1' }),
      'answers 302, a redirect to https://sso.example/login; it is not followed',
      1,
    ],
    ['401', send('', 401), 'answers 401; a user name and password can stand in the address', 1],
    ['403', send('no', 403), 'answers 403: no; a user name', 1],
    ['404', send('404 page not found', 404), 'no Prometheus API lies below this address', 1],
    ['418', send('', 418), 'answers 418', 1],
    ['a control character in an error', failure(422, 'execution', 'a\u001b[31m\nb'), 'a‹U+001B›[31m b', 1],
    [
      'an answer without end',
      (response) => {
        const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more));
        more();
      },
      'too many values',
      1,
    ],
    ['no answer', () => {}, 'did not answer within 2 s', 1],
  ])('%s', async (_, reply, reason, times) => {
    const { url, asked } = await serve(reply);
    const { promote, lines } = await judged(url);
    expect(promote).toBe(false);
    expect(lines).toMatchObject([
      { value: null, verdict: 'inconclusive', reason: expect.stringContaining(reason) },
    ]);
    expect(asked).toHaveLength(times);
  });
});

describe('a server that is not there yet is asked again, within a bound', () => {
  const lost: Reply = (response) => void response.socket?.destroy();
  const cut: Reply = (response) =>
    void response
      .writeHead(200, { 'content-length': '1000' })
      .write('{"status":', () => response.socket?.destroy());
  const passing: readonly (readonly [string, Reply, string])[] = [
    [
      '503',
      send('Service Unavailable', 503),
      'answers 503: Service Unavailable; it is starting, or overloaded',
    ],
    ['502', send('<html>', 502, { 'content-type': 'text/html' }), 'answers 502'],
    ['429', send('', 429), 'answers 429'],
    [
      'an unavailable part',
      failure(503, 'unavailable', 'not ready'),
      'the query failed (unavailable): not ready',
    ],
    ['a lost connection', lost, 'cannot be reached'],
    ['half an answer', cut, 'cannot be reached'],
  ];

  test.each(passing)('%s, then an answer', async (_, reply) => {
    const { url } = await serve((response, asked, count) =>
      (count < 4 ? reply : vector('0'))(response, asked, count),
    );
    const world = testWorld();
    expect(await judged(url, 'x: x < 1', world)).toMatchObject({ promote: true });
    expect(world.slept).toEqual([1000, 2000, 4000]);
  });

  test.each(passing)('%s for ever', async (_, reply, reason) => {
    const { url, asked } = await serve(reply);
    const world = testWorld();
    const { promote, lines } = await judged(url, 'x: x < 1', world);
    expect(promote).toBe(false);
    expect(lines[0]?.reason).toContain(reason);
    expect(lines[0]?.reason).toContain(`(asked ${asked.length} times)`);
    expect(world.slept.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(120_000);
  });

  test('a port on which nobody listens', async () => {
    const { url } = await serve(vector('0'));
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect((await judged(url)).lines[0]?.reason).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+ refuses the connection \(asked \d+ times\)$/,
    );
  });

  test('a cancelled job waits no longer', async () => {
    const { url } = await serve(send('', 503));
    const cancelled = new AbortController();
    const world = { ...testWorld(), signal: cancelled.signal, sleep: async () => cancelled.abort() };
    const { promote, lines } = await judged(url, 'warn: x: x < 1', world);
    expect(promote).toBe(false);
    expect(lines[0]?.reason).toContain('cancelled');
  });
});

describe('user name and password', () => {
  test('are sent, to a path below which the server lies, and never shown', async () => {
    const { url, asked } = await serve((response, { request }) =>
      send(`who is ${request.headers.authorization} aka s3cr3t`, 401)(
        response,
        { form: new URLSearchParams(), request },
        1,
      ),
    );
    const given = new URL(`http://ada:s3cr3t@${url.host}/prom/?tenant=a`);
    const round = await judged(given);
    const login = Buffer.from('ada:s3cr3t').toString('base64');
    expect(asked[0]?.request).toMatchObject({
      url: '/prom/api/v1/query?tenant=a',
      headers: { authorization: `Basic ${login}` },
    });
    expect(round.lines[0]?.reason).toContain('does not accept the user name and password of the address');
    expect(JSON.stringify(round)).not.toContain('s3cr3t');
    expect(JSON.stringify(round)).not.toContain(login);
  });
});

describe('several lines', () => {
  const byQuery: Reply = (response, asked, count) =>
    vector(asked.form.get('query') ?? '')(response, asked, count);

  test.each([
    ['a: 0 < 1\nb: 2 < 1', false, ['pass', 'fail']],
    ['a: 0 < 1\nwarn: b: 2 < 1', true, ['pass', 'fail']],
    ['a: 0 < 1\nb: NaN < 1', false, ['pass', 'inconclusive']],
    ['a: 0 < 1\nwarn: b: NaN < 1', true, ['pass', 'inconclusive']],
  ])('%j', async (text, promote, verdicts) => {
    const { url } = await serve(byQuery);
    const round = await judged(url, text);
    expect(round.promote).toBe(promote);
    expect(round.lines.map(({ verdict }) => verdict)).toEqual(verdicts);
  });

  test('of a stage that was cut short nothing passes, and what failed has failed', async () => {
    const { url } = await serve(byQuery);
    const round = await createAnalysis(configOf(url, 'a: 0 < 1\nb: 2 < 1')).judge(
      'bake',
      testWorld(),
      'after 40 s of 5 min',
    );
    expect(round.promote).toBe(false);
    expect(round.lines).toMatchObject([
      {
        verdict: 'inconclusive',
        value: 0,
        reason: 'judged too early, after 40 s of 5 min: 0 is below 1 so far',
      },
      { verdict: 'fail', reason: '2 is not below 1' },
    ]);
  });

  test('queries that are none are found before anything is changed', async () => {
    const { url } = await serve((response, asked, count) => {
      const query = asked.form.get('query') ?? '';
      (query === 'bad' ? failure(400, 'bad_data', 'parse error') : vector())(response, asked, count);
    });
    const found = await invalidQueries(configOf(url, 'a: x < 1\nb: bad < 1'), testWorld());
    expect(found).toMatchObject([{ line: { name: 'b' }, reason: 'the query is not valid: parse error' }]);
  });
});

describe('the checks of the verdict', () => {
  const { lines } = parseAnalysis('a: x < 200ms');
  const round = (
    stage: string,
    verdict: 'pass' | 'fail' | 'inconclusive',
    value: number | null,
  ): AnalysisRound => ({
    stage,
    at: '2026-05-04T09:00:00.000Z',
    promote: verdict === 'pass',
    lines: [{ check: 'a: x < 200ms', value, verdict, reason: `because of ${stage}` }],
  });

  test.each([
    [
      'the last stage that passed',
      [round('10%', 'pass', 0.1), round('50%', 'pass', 0.15)],
      'pass',
      0.15,
      'because of 50% (50%)',
    ],
    [
      'a stage that did not pass',
      [round('10%', 'inconclusive', null), round('50%', 'pass', 0.1)],
      'inconclusive',
      null,
      'because of 10% (10%)',
    ],
    [
      'of a stage judged twice the second time',
      [round('10%', 'fail', 1), round('10%', 'pass', 0.1)],
      'pass',
      0.1,
      'because of 10%',
    ],
    ['nothing that was judged', [], 'inconclusive', null, 'it did not come so far'],
  ] as const)('%s', (_, rounds, verdict, value, reason) => {
    const [check] = analysisChecks(lines, rounds, 'it did not come so far');
    expect(check).toMatchObject({ verdict, reason, check: { id: 'a: x < 200ms', place: { line: 1 } } });
    expect(check?.measurement.estimate).toMatchObject(
      value === null ? { defined: false } : { defined: true, value },
    );
  });
});

test.each([
  ['http://prometheus:9090', null],
  ['https://host/prometheus/', null],
  ['http://prometheus:9090/graph', 'http://prometheus:9090'],
  ['http://host/prom/api/v1/query', 'http://host/prom'],
  ['http://prometheus:9090/-/ready', 'http://prometheus:9090'],
])('the base of the API: %s', (text, nearest) => {
  expect(prometheusUrlProblem(new URL(text))?.nearest ?? null).toBe(nearest);
});

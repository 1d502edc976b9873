import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commonInputs } from '../../../core/inputs/index.ts';
import { mistakesOf } from '../../../core/inputs/testing.ts';
import { configOf } from '../testing.ts';
import { perfInputs } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-inputs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (given: Readonly<Record<string, string>>) => configOf(given, folder);

function mistakes(given: Readonly<Record<string, string>>): string {
  return mistakesOf(() => read(given));
}

function corpus(...lines: readonly string[]): Readonly<Record<string, string>> {
  writeFileSync(join(folder, 'corpus.jsonl'), lines.join('\n'));
  return { url: 'http://127.0.0.1:8000/v1/', 'requests-path': 'corpus.jsonl' };
}

test('action.yml and the inputs that are read are the same', () => {
  const action = parse(readFileSync(resolve(import.meta.dirname, '../../action.yml'), 'utf8')) as {
    inputs: Record<string, { description: string }>;
  };
  expect(Object.keys(action.inputs).sort()).toEqual([...commonInputs, ...perfInputs].sort());
  const withoutExample = Object.entries(action.inputs).filter(
    ([, { description }]) => !/Example: /.test(description),
  );
  expect(withoutExample.map(([name]) => name)).toEqual(['github-token']);
});

test('without more than a URL the load is that of the interface', () => {
  const { plan, checks, requests, timeoutMs, connections, seed } = read({});
  expect(plan).toEqual({
    stages: [{ ratePerSecond: 50, durationMs: 30_000 }],
    arrivals: 'poisson',
    warmupMs: 5000,
    durationMs: 30_000,
  });
  expect(checks.map(({ id }) => id)).toEqual(['p95 < 1s', 'error_rate < 1%']);
  expect(requests.templates).toMatchObject([{ method: 'GET', path: '', body: null }]);
  expect([timeoutMs, connections, seed]).toEqual([10_000, null, 0]);
});

test('all mistakes come at once', () => {
  const message = mistakes({
    url: 'ftp://example.org/',
    rate: '50',
    duration: '5',
    headers: 'broken',
    thresholds: 'p97 < 1s',
    expect: 'state < 400',
    connections: '0',
  });
  for (const input of ['url', 'rate', 'duration', 'headers', 'thresholds', 'expect', 'connections']) {
    expect(message).toMatch(new RegExp(`^${input}: `, 'm'));
  }
});

describe('rates and times', () => {
  test.each([
    ['50/s', 50],
    ['3000/m', 50],
    ['1800 / h', 0.5],
    ['0.5/s', 0.5],
  ])('%s', (rate, perSecond) => expect(read({ rate }).plan.stages[0]?.ratePerSecond).toBe(perSecond));

  test('stages stand instead of a rate', () => {
    const { plan } = read({ stages: '# slowly\n50/s for 20s\n\n200/s for 1m' });
    expect(plan.stages).toEqual([
      { ratePerSecond: 50, durationMs: 20_000 },
      { ratePerSecond: 200, durationMs: 60_000 },
    ]);
    expect(plan.durationMs).toBe(80_000);
  });

  test.each([
    [{ rate: '0/s' }, 'rate: the rate "0/s" is out of range'],
    [
      { rate: '50' },
      'rate: "50" is not a rate; allowed: 50/s, 3000/m or 7200/h, above 0 and up to 100,000/s; did you mean `50/s`?',
    ],
    [{ rate: '-5/s' }, 'rate: "-5/s" is not a rate'],
    [{ rate: '1e9/s' }, 'rate: "1e9/s" is not a rate'],
    [{ rate: '1000000/s' }, 'rate: the rate "1000000/s" is out of range'],
    [{ rate: '100000/s', duration: '1h' }, 'rate: 360,000,000 requests are too many for one run'],
    [{ rate: '1/h', duration: '1s' }, 'rate: not one request would be sent'],
    [{ duration: '0s' }, 'duration: "0s" is out of range'],
    [{ duration: '2d' }, 'duration: "2d" is out of range'],
    [{ warmup: '2d' }, 'warmup: "2d" is out of range'],
    [{ stages: '50/s for 10s', rate: '100/s' }, 'stages: excludes `rate`'],
    [{ stages: '50/s 10s' }, 'stages: line 1: "50/s 10s" is not a stage'],
    [{ stages: '50/s for 10s\n50 for 10s' }, 'stages: line 2: "50" is not a rate'],
    [{ timeout: '0ms' }, 'timeout: "0ms" is not a time to wait'],
    [{ timeout: '1h' }, 'timeout: "1h" is not a time to wait'],
    [{ arrivals: 'uniform' }, 'arrivals: "uniform" is not one of its values'],
  ])('%j: %s', (given, message) => expect(mistakes(given)).toContain(message));
});

describe('what is sent', () => {
  test('JSON is sent as JSON, other text as text, unless a header says what it is', () => {
    const type = (given: Readonly<Record<string, string>>) =>
      read(given).requests.templates[0]?.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
    expect(type({ body: '{"a": 1}' })).toBe('application/json');
    expect(type({ body: 'a=1' })).toBe('text/plain; charset=utf-8');
    expect(type({ body: 'a=1', headers: 'Content-Type: application/x-www-form-urlencoded' })).toBe(
      'application/x-www-form-urlencoded',
    );
    expect(read({ body: 'x' }).requests.templates[0]?.method).toBe('POST');
  });

  test('a corpus has weights, names and headers of its own beside those of all', () => {
    const { requests } = read({
      ...corpus(
        '{"path": "/predict", "body": {"x": 1}, "weight": 9, "name": "one"}',
        '',
        '{"method": "delete", "path": "/items/7?force=1", "headers": {"x-who": "me", "X-All": "mine"}}',
      ),
      headers: 'x-all: ours',
    });
    const [first, second] = requests.templates;
    expect(first).toMatchObject({ name: 'one', method: 'POST', path: '/predict', weight: 9 });
    expect(Buffer.from(first?.body ?? []).toString()).toBe('{"x":1}');
    expect(first?.headers).toContainEqual(['x-all', 'ours']);
    expect(second).toMatchObject({ name: 'DELETE /items/7', method: 'DELETE', weight: 1, body: null });
    expect(second?.headers).toContainEqual(['X-All', 'mine']);
    expect(second?.headers).not.toContainEqual(['x-all', 'ours']);
  });

  test('each mistake of a corpus comes with its line', () => {
    const message = mistakes(
      corpus(
        '{"path": "/ok"}',
        '{"path": "no-slash"}',
        'not json: "password"',
        '[1]',
        '{"path": "/a", "wieght": 2}',
        '{"path": "/a", "weight": 0}',
        '{"path": "/a b"}',
        '{"method": "FETCH"}',
        '{"method": "GET", "body": "x"}',
        '{"headers": {"x": "a\\r\\nb: c"}}',
        '{"headers": {"content-length": "3"}}',
        '{"name": ""}',
      ),
    );
    const lines = [...message.matchAll(/^requests-path: corpus\.jsonl:(\d+): (.*)$/gm)].map(
      ([, line]) => line,
    );
    expect(lines).toEqual(['2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']);
    expect(message).toContain('did you mean `weight`?');
    expect(message).not.toContain('password');
  });

  test.each([
    [{ headers: 'x-a: b\nno colon' }, 'headers: line 2: is no header'],
    [{ headers: 'bad name: b' }, 'headers: line 1: the name of a header holds a character'],
    [{ headers: 'x-a: b\u0000c' }, 'headers: line 1: the value of the header "x-a" holds a line end'],
    [{ headers: 'x-a: \u4f60' }, 'headers: line 1: the value of the header "x-a" holds a character'],
    [{ headers: 'Transfer-Encoding: chunked' }, 'is set by the gate itself'],
    [{ method: 'GET', body: 'x' }, 'method: GET has no body, and one is given; did you mean `POST`?'],
    [{ method: 'TRACE' }, 'method: "TRACE" is not a method that can be sent'],
    [{ body: 'x', 'body-path': 'corpus.jsonl' }, 'body: excludes `body-path`'],
    [{ 'body-path': 'gone.json' }, 'body-path: "gone.json" does not exist'],
    [{ 'requests-path': 'gone.jsonl' }, 'requests-path: "gone.jsonl" does not exist'],
    [{ 'requests-path': '.' }, 'requests-path: "." cannot be read (EISDIR)'],
  ])('%j: %s', (given, message) => {
    corpus('{}');
    expect(mistakes(given)).toContain(message);
  });

  test('an empty corpus is a mistake', () =>
    expect(mistakes(corpus('', ''))).toContain('requests-path: corpus.jsonl holds no request'));
});

describe('services and baselines', () => {
  test('a baseline that is started has a port of its own', () => {
    const { candidate, baseline } = read({
      url: 'http://user:pw@[::1]:8000/predict?x=1',
      'start-command': 'a',
      'baseline-start-command': 'b',
    });
    expect(candidate.address.port).toBe(8000);
    expect(baseline?.address).toMatchObject({ text: 'http://user:pw@[::1]:{port}/predict?x=1', port: null });
  });

  test('a port may be left to the gate', () => {
    const { candidate } = read({ url: 'http://127.0.0.1:{port}/', 'start-command': 'a' });
    expect(candidate.address).toEqual({
      text: 'http://127.0.0.1:{port}/',
      port: null,
      shown: 'http://127.0.0.1:{port}/',
    });
  });

  test.each([
    [{ url: '' }, 'url: a value is required'],
    [{ url: 'localhost:8000' }, 'url: "localhost:8000" has the scheme localhost'],
    [{ url: 'http://127.0.0.1:99999/' }, 'url: "http://127.0.0.1:99999/" is not a URL'],
    [
      { url: 'http://127.0.0.1:{port}/' },
      'url: {port} stands for the port of a service that the gate starts',
    ],
    [{ url: 'http://127.0.0.1/#top' }, 'ends in a fragment'],
    [
      { 'baseline-start-command': 'b' },
      'baseline-start-command: starts the baseline, and nothing starts the candidate',
    ],
    [
      { 'baseline-url': 'http://127.0.0.1:8000/predict' },
      'baseline-url: is the address of the candidate, too',
    ],
    [
      { 'baseline-url': 'http://127.0.0.1:8001', 'baseline-path': 'a.json' },
      'baseline-path: excludes a baseline under load',
    ],
    [{ 'ready-url': '/ready' }, 'ready-url: is asked while a service starts, and none is started'],
    [
      { 'start-command': 'a', 'baseline-start-command': 'b', 'ready-url': 'http://127.0.0.1:8000/ready' },
      'ready-url: "http://127.0.0.1:8000/ready" is one address, and two services are started',
    ],
    [{ image: 'ghcr.io/a/b:1' }, 'image: "ghcr.io/a/b:1" does not name an image by its digest'],
  ])('%j: %s', (given, message) => expect(mistakes(given)).toContain(message));
});

describe('what is left for later', () => {
  test.each([
    [{ mode: 'capacity' }, 'mode: "capacity" is not one of its values; allowed: load'],
    [{ mode: 'stream' }, 'mode: "stream" is not one of its values; allowed: load'],
    [{ engine: 'k6' }, 'engine: "k6" is not one of its values; allowed: builtin'],
    [{ 'k6-script': 'a.js' }, 'k6-script: this version does not have it; allowed: the built-in generator'],
    [{ 'histogram-paths': '*.hlog' }, 'histogram-paths: this version does not have it'],
    [{ thresholds: 'ttft_p95 < 1s' }, 'line 1: this version does not measure token streams: `ttft_p95`'],
  ])('%j: %s', (given, message) => expect(mistakes(given)).toContain(message));
});

describe('thresholds', () => {
  test.each([
    ['p95 <= baseline * 1.10', '`p95` is compared with a baseline, and there is none'],
    ['cpu_per_request < 3ms', '`cpu_per_request` is measured of a service that the gate starts'],
    ['max < 3s at 95%', '`max` has no interval'],
    ['p95(nobody) < 3s', 'no request is called "nobody"'],
    ['p95 < 3', '`p95` is a time: `3` needs a unit'],
    ['throughput(request)(a) > 3/s', 'line 1'],
  ])('%s: %s', (thresholds, message) =>
    expect(mistakes({ thresholds })).toContain(message.replace('; did you mean', '')),
  );

  test('show the place with a caret', () => {
    expect(mistakes({ thresholds: 'p50 < 1s\np95 <= baseline * 1.10' })).toContain(
      '    p95 <= baseline * 1.10\n           ^',
    );
  });
});

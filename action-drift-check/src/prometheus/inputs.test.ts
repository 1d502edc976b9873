import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputReader } from '../../../core/inputs/index.ts';
import { mistakesOf } from '../../../core/inputs/testing.ts';
import { metricsInputs, readMetricsConfig } from './inputs.ts';

const workspace = mkdtempSync(join(tmpdir(), 'metrics-inputs-'));
mkdirSync(join(workspace, 'out'));
writeFileSync(join(workspace, 'data.csv'), 'age,region\n');
writeFileSync(join(workspace, 'old.prom'), '# HELP x y\n# TYPE x gauge\nx 1\n');
writeFileSync(join(workspace, 'empty.prom'), '');
symlinkSync('data.csv', join(workspace, 'link.prom'));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

type Given = Readonly<Partial<Record<(typeof metricsInputs)[number], string>>>;

function read(given: Given) {
  const inputs: Readonly<Record<string, string>> = given;
  const reader = new InputReader({ get: (name) => inputs[name] ?? '', workspace });
  const config = readMetricsConfig(reader);
  reader.finish();
  return config;
}

function problems(given: Given): string {
  return mistakesOf(() => read(given));
}

test('neither is asked for unless given', () => {
  expect(read({})).toEqual({ pushgateway: null, file: null });
});

test.each(['out/drift.prom', 'new/folder/drift.prom', 'old.prom', 'empty.prom', 'link.prom'])(
  'metrics-path %s is taken',
  (shown) => {
    expect(read({ 'metrics-path': `./${shown}` }).file).toEqual({ path: join(workspace, shown), shown });
  },
);

const files = 'a file in the workspace, as gate-results/drift-check.prom, that is new or holds metrics';
test.each([
  ['data.csv', `metrics-path: data.csv exists and holds no metrics; allowed: ${files}`],
  ['out', `metrics-path: out is a folder; allowed: ${files}`],
  ['new/', `metrics-path: names a folder, not a file; allowed: ${files}`],
  ['../drift.prom', 'metrics-path: "../drift.prom" is outside the workspace; allowed: paths in '],
  ['https://example.org/x.prom', 'metrics-path: "https://example.org/x.prom" is an address'],
])('metrics-path %s is refused', (path, said) => {
  expect(problems({ 'metrics-path': path })).toContain(said);
});

test('an address with user name and password is taken', () => {
  const { pushgateway } = read({ 'pushgateway-url': ' https://me:secret@example.org/push/ ' });
  expect(pushgateway?.href).toBe('https://me:secret@example.org/push/');
});

test.each([
  ['pushgateway:9091', 'has the scheme pushgateway; allowed: http:// and https:// URLs'],
  ['not an address', 'is not a URL; allowed: http:// and https:// URLs'],
  [
    'http://me:secret@pg:9091/metrics/job/drift',
    'pushgateway-url: the address names its /metrics; job and labels are added to the base; allowed: the base address of a Pushgateway, as http://pushgateway:9091; did you mean `http://pg:9091`?',
  ],
  ['http://me:secret@pg:9091?x=1', 'pushgateway-url: the address has a query or a fragment'],
])('pushgateway-url %s is refused, without showing a password', (url, said) => {
  const message = problems({ 'pushgateway-url': url });
  expect(message).toContain(said);
  expect(message).not.toContain('secret');
});

test('every mistake is reported at once', () => {
  const message = problems({ 'pushgateway-url': 'ftp://x', 'metrics-path': 'out' });
  expect(message.split('\n').map((line) => line.split(':')[0])).toEqual([...metricsInputs]);
});

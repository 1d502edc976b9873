/** Hostile and unlucky input: each has one clear outcome, soon. The large cases stand in test/hostile. */

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InputReader } from '../../core/inputs/index.ts';
import { testContext } from '../../core/run/testing.ts';
import { runDataGate } from '../../test/support/run-data-gate.ts';
import { dataGate } from './main.ts';
import type { Violation } from './types.ts';

const root = mkdtempSync(join(tmpdir(), 'hostile-'));
const outside = join(root, 'outside');
let workspace: string;
let runs = 0;
beforeAll(() => {
  mkdirSync(join(outside, 'folder'), { recursive: true });
  for (const name of ['x.csv', 'folder/y.csv']) writeFileSync(join(outside, name), 'a\n1\n');
  writeFileSync(join(outside, 's.json'), '{"type":"object"}');
});
beforeEach(() => {
  runs += 1;
  workspace = join(root, String(runs));
  mkdirSync(workspace);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, content: string | Buffer): void => writeFileSync(join(workspace, name), content);
const run = (inputs: Readonly<Record<string, string>>) => runDataGate(inputs, workspace);
const violations = (): Violation[] =>
  readFileSync(join(workspace, 'result.violations.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Violation);

/** Judges one file by a schema. */
async function judge(name: string, content: string | Buffer, schema: unknown, more = {}) {
  write(name, content);
  write('s.json', typeof schema === 'string' ? schema : JSON.stringify(schema));
  return await run({ 'data-path': name, 'schema-path': 's.json', ...more });
}

const messageOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'no error',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('ten thousand columns', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `c${index}`);
  const integers = { additionalProperties: { type: 'integer' } };
  const files = {
    csv: [names, names.map((_, index) => index), names.map(() => 'x')].map((row) => row.join(',')).join('\n'),
    jsonl: [1, 'x']
      .map((value) => JSON.stringify(Object.fromEntries(names.map((n) => [n, value]))))
      .join('\n'),
  };

  test.each(['csv', 'jsonl'] as const)(
    'of %s, all bad in one row: all told, the document small',
    async (format) => {
      const { details, verdict } = await judge(`a.${format}`, files[format], integers);
      expect(verdict).toBe('fail');
      expect(details).toMatchObject({
        rows: 2,
        invalidRows: 1,
        violations: { total: 10_000, groupsLeft: 9800 },
      });
      expect(details.columns.length + details.columnsLeft).toBe(10_000);
      expect(violations()).toHaveLength(10_000);
      expect(JSON.stringify(details).length).toBeLessThan(1_000_000);
    },
  );

  test('that are other ones in every row: each counted, and rows beyond the limit judged as well', async () => {
    const rows = Array.from({ length: 25_000 }, (_, index) => `{"k${index}":1}`).join('\n');
    const { details } = await judge('a.jsonl', rows, { additionalProperties: { type: 'string' } });
    expect(details.invalidRows).toBe(25_000);
    expect(violations()).toHaveLength(25_000);
    // Those beyond 20,000 are estimated.
    const groups = details.violations.groups.length + details.violations.groupsLeft;
    expect(Math.abs(groups - 25_000)).toBeLessThan(500);
    expect(JSON.stringify(details).length).toBeLessThan(1_000_000);
  });
});

describe('nesting', () => {
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  const tree = (levels: number, leaf: string): string => '{"a":'.repeat(levels) + leaf + '}'.repeat(levels);
  const recursive = { type: 'object', properties: { a: { anyOf: [{ $ref: '#' }, { type: 'integer' }] } } };

  test('of 100,000 levels in rows: they are broken, and the rows beside them judged', async () => {
    const rows = [
      `{"a":${deep(100_000)}}`,
      tree(100_000, '1'),
      deep(100_000),
      '['.repeat(100_000),
      '{"a":1}',
    ];
    const { details } = await judge('a.jsonl', rows.join('\n'), recursive, {
      rules: 'null_fraction(a) <= 0',
    });
    expect(details).toMatchObject({ rows: 5, invalidRows: 4 });
    expect(violations().map(({ line, rule, message }) => `${line} ${rule} ${message}`)).toEqual(
      [1, 2, 3, 4].map((line) => `${line} json nested deeper than 1,000 levels (json)`),
    );
  });

  test('of 100,000 levels in a CSV cell is text', async () => {
    const { details } = await judge('a.csv', `a\n"${deep(100_000)}"\n`, {
      properties: { a: { type: 'array' } },
    });
    expect(details.invalidRows).toBe(1);
    expect(violations()[0]).toMatchObject({ rule: 'type', line: 2 });
    expect(readFileSync(join(workspace, 'result.violations.jsonl')).length).toBeLessThan(5000);
  });

  test('of 900 levels is followed by a schema that refers to itself', async () => {
    const { details } = await judge('a.jsonl', `${tree(900, '1')}\n${tree(900, '"x"')}\n`, recursive);
    expect(details).toMatchObject({ rows: 2, invalidRows: 1 });
    expect(violations().every(({ line }) => line === 2)).toBe(true);
  });

  test('that is wide is cut where it is shown', async () => {
    const wide = JSON.stringify(
      Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => 'x'.repeat(90))),
    );
    await judge('a.jsonl', `{"a":${wide}}`, { properties: { a: { type: 'integer' } } });
    const [line = ''] = readFileSync(join(workspace, 'result.violations.jsonl'), 'utf8').split('\n');
    expect(line.length).toBeLessThan(20_000);
    expect(line).toMatch(/"… \d+ more"\]/);
  });

  test.each([
    [
      'a schema of 100,000 levels',
      `${'{"not":'.repeat(100_000)}{}${'}'.repeat(100_000)}`,
      'nested deeper than',
    ],
    ['a default of 100,000 levels', `{"default":${deep(100_000)}}`, 'nested deeper than'],
    ['a schema that is itself', { $ref: '#' }, 'refers to itself without end'],
    ['through allOf', { allOf: [{ $ref: '#' }] }, 'refers to itself without end'],
    [
      'in a circle',
      { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
      'refers to itself without end',
    ],
    ['by a dynamic anchor', { $dynamicRef: '#x', $dynamicAnchor: 'x' }, 'refers to itself without end'],
  ])('%s is an error', async (_, schema, message) => {
    expect(await messageOf(judge('a.jsonl', '{"a":1}', schema))).toMatch(
      new RegExp(`^RunError: s\\.json.*${message}`),
    );
  });
});

test('an expression of a rule that backtracks elsewhere takes linear time', async () => {
  write('a.csv', `a\n${'a'.repeat(1_000_000)}!\n`);
  const { judged } = await run({ 'data-path': 'a.csv', rules: 'matches(a, /^(a+)+$/)\nmatches(a, email)' });
  expect(judged.map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
});

describe('paths', () => {
  const good = { 'data-path': 'a.csv', rules: 'row_count > 0' };
  const link = (to: string, name: string): void => symlinkSync(to, join(workspace, name));
  beforeEach(() => write('a.csv', 'a,id\n1,1\n'));

  test.each([
    ['above', { 'data-path': '../outside/x.csv' }],
    ['absolute', { 'data-path': join(outside, 'x.csv') }],
    ['a link to a file', { 'data-path': 'link.csv' }],
    ['a linked folder', { 'data-path': 'linked' }],
    ['a linked folder under a pattern', { 'data-path': '**/*.csv' }],
    ['a device', { 'data-path': '/dev/zero' }],
    ['a link to a device', { 'data-path': 'zero.csv' }],
    ['above, in a rule', { rules: 'exists(a in ../outside/x.csv:a)' }],
    ['a link, in a rule', { rules: 'overlap(link.csv on a) <= 0' }],
    ['above, of the schema', { 'schema-path': '../outside/s.json' }],
    ['absolute, of the schema', { 'schema-path': '/etc/passwd' }],
    ['a link, of the schema', { 'schema-path': 'link.json' }],
  ])('%s: refused, for it leads outside the workspace', async (_, inputs) => {
    link(join(outside, 'x.csv'), 'link.csv');
    link(join(outside, 'folder'), 'linked');
    link(join(outside, 's.json'), 'link.json');
    link('/dev/zero', 'zero.csv');
    expect(await messageOf(run({ ...good, ...inputs }))).toMatch(/(?:leads|is) outside the workspace/);
  });

  test.each([
    ['a pipe', { 'data-path': 'pipe.csv' }, 'pipe.csv is not a regular file'],
    ['a pipe in a rule', { rules: 'exists(a in pipe.csv:a)' }, 'pipe.csv is not a regular file'],
    ['a pipe as the schema', { 'schema-path': 'pipe.csv' }, 'schema-path: pipe.csv is not a regular file'],
    ['a link to itself', { 'data-path': 'self.csv' }, 'self.csv is a symbolic link that leads to itself'],
    [
      'a schema that is a link to itself',
      { 'schema-path': 'self.csv' },
      'schema-path: self.csv cannot be read (ELOOP)',
    ],
  ])('%s: an error, and no waiting', async (_, inputs, message) => {
    execFileSync('mkfifo', [join(workspace, 'pipe.csv')]);
    link('self.csv', 'self.csv');
    expect(await messageOf(run({ ...good, ...inputs }))).toContain(message);
  });

  test('folders that lead back into themselves are walked once', async () => {
    mkdirSync(join(workspace, 'd'));
    symlinkSync('..', join(workspace, 'd/up'));
    const { details } = await run({ ...good, 'data-path': '**/*.csv' });
    expect(details.files.map(({ path }) => path)).toEqual(['a.csv']);
  });

  test.each([
    ['data', { 'data-path': 'https://me:hunter2@host/x.csv' }],
    ['a table', { 'data-path': 'trino://me:hunter2@host/a.b.c' }],
    ['a schema', { 'schema-path': 'https://me:hunter2@host/s.json' }],
    ['a rule', { rules: 'exists(a in https://me:hunter2@host/x.csv:id)' }],
    ['a rule that does not read', { rules: 'exist(a in https://me:hunter2@host/x.csv:id)' }],
    ['a rule over a column that is not there', { rules: 'exists(nope in https://me:hunter2@host/x.csv:id)' }],
  ])('an address with user info as %s: refused, and the user info not shown', async (_, inputs) => {
    const message = await messageOf(run({ ...good, ...inputs }));
    expect(message).toMatch(/^(?:Run|Input)Error: /);
    expect(message).toContain('host/');
    expect(message).not.toMatch(/hunter2|me:/);
  });

  test.each([
    [
      'grows',
      (path: string) => appendFileSync(path, '2,2\n'),
      /^RunError: a\.csv changed while it was judged/,
    ],
    [
      'vanishes',
      (path: string) => unlinkSync(path),
      /^RunError: a\.csv(?: was there and is gone|:? cannot be read)/,
    ],
  ])('a file that %s between its readings: no verdict', async (_, change, message) => {
    const get = (name: string): string => ({ ...good, 'max-invalid-rows': '0' })[name] ?? '';
    const reader = new InputReader({ get, workspace });
    const config = dataGate.readConfig(reader);
    reader.finish();
    // Asked for after the rules are measured and before the rows are judged.
    const beside = async (ending: string): Promise<string> => {
      if (ending === '.violations.jsonl') change(join(workspace, 'a.csv'));
      return join(workspace, `result${ending}`);
    };
    const measured = dataGate.measure(config, testContext(workspace, { beside }));
    expect(await messageOf(measured)).toMatch(message);
  });
});

describe('gzip', () => {
  const packed = gzipSync(`a,b\n${'1,2\n'.repeat(1000)}`);

  test.each([
    ['cut', packed.subarray(0, -12), 'a.csv.gz: cannot be read: unexpected end of file'],
    [
      'with a wrong checksum',
      Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)]),
      'incorrect data check',
    ],
    ['with more behind it', Buffer.concat([packed, Buffer.from('more')]), 'incorrect header check'],
    ['of two bytes', packed.subarray(0, 2), 'unexpected end of file'],
    ['of nothing', gzipSync(''), 'a.csv.gz: the file is empty'],
    ['inside gzip', gzipSync(packed), 'a.csv.gz is gzip inside gzip; unpack it once'],
    ['that is none', Buffer.from('a,b\n1,2\n'), 'a.csv.gz is not gzip data, though its name says so'],
  ])('%s is an error', async (_, content, message) => {
    expect(await messageOf(judge('a.csv.gz', content, {}))).toContain(message);
  });

  test('of several members is one file', async () => {
    const { details } = await judge('a.csv.gz', Buffer.concat([packed, gzipSync('5,6\n')]), {
      type: 'object',
    });
    expect(details.rows).toBe(1001);
  });
});

describe('hardly a file', () => {
  const noRows = 'the data hold no rows, so nothing was checked';
  test.each([
    ['0 bytes', '', 'the file is empty', noRows, 'the file is empty'],
    ['a byte order mark', '\ufeff', 'the file is empty', noRows, 'the file is empty'],
    ['line ends', '\n\n\r\n', 'only blank lines', noRows, 'the file is empty'],
    ['a header', 'a,b\n', noRows, 'not valid JSON', 'not an array of objects'],
    ['NUL bytes', '\0\0\0', 'a.csv:1: a NUL byte', 'not valid JSON', 'not an array of objects'],
  ])('%s', async (_, content, ...outcomes) => {
    for (const [index, format] of ['csv', 'jsonl', 'json'].entries()) {
      rmSync(join(workspace, 'result.violations.jsonl'), { force: true });
      const message = await judge(`a.${format}`, content, { type: 'object' }).then(
        ({ judged, verdict, details }) => {
          expect(verdict).not.toBe('pass');
          return `${judged[0]?.reason} ${details.violations.groups[0]?.examples[0]?.message}`;
        },
        (error: Error) => `${error.name}: ${error.message}`,
      );
      expect(message, format).toContain(outcomes[index]);
    }
  });
});

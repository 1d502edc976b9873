/** Hostile input of hostile size: each has its outcome, in bounded time and memory. Measured in processes of their own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DataDetails } from '../../action-validate-data/src/types.ts';
import type { GateResult } from '../../core/gate/types.ts';
import { runProcess } from '../../scripts/tools/process.ts';

const repository = resolve(import.meta.dirname, '../..');
const command = join(repository, 'cli/ml-gates.ts');
const preload = join(repository, 'test/support/peak-memory.ts');
const mebibyte = 2 ** 20;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  const schemas = {
    any: { type: 'object' },
    integer: { properties: { a: { type: 'integer' } } },
    short: { properties: { a: { type: 'string', minLength: 1, maxLength: 1_000_000 } } },
    repeated: { properties: { a: { type: 'string', pattern: '^(a|1|x)*$' } } },
    address: { properties: { a: { type: 'string', format: 'uri-reference' } } },
    texts: { additionalProperties: { type: 'string' } },
    names: { patternProperties: { '^(a+)+$': { type: 'integer' } } },
  };
  for (const [name, schema] of Object.entries(schemas)) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(schema));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(join(folder, 'out'), { recursive: true, force: true }));

/** Writes a file of parts: texts, or a part with how often it stands there. */
function write(name: string, ...parts: (string | readonly [part: string | Buffer, times: number])[]): void {
  const file = openSync(join(folder, name), 'w');
  for (const each of parts) {
    const [part, times] = typeof each === 'string' ? [each, 1] : each;
    const bytes = Buffer.from(part);
    for (let at = 0; at < times; at += 1) writeSync(file, bytes);
  }
  closeSync(file);
}

function writeRows(name: string, header: string, rows: number, row: (index: number) => string): void {
  const file = openSync(join(folder, name), 'w');
  writeSync(file, header);
  for (let from = 0; from < rows; from += 10_000) {
    const count = Math.min(10_000, rows - from);
    writeSync(file, Array.from({ length: count }, (_, index) => row(from + index)).join(''));
  }
  closeSync(file);
}

interface GateRun {
  readonly code: number;
  /** What a user sees: both streams. */
  readonly output: string;
  readonly peakMebibytes: number;
  /** Null: there is no result document. */
  readonly details: DataDetails | null;
}

const argumentsOf = (flags: Readonly<Record<string, string>>): string[] => [
  ...['--import', preload, command, 'validate-data', '--result-path', 'out/r.json'],
  ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
];

async function gate(flags: Readonly<Record<string, string>>, shell: string | null = null): Promise<GateRun> {
  const peak = join(folder, 'peak');
  rmSync(peak, { force: true });
  const [program, args] =
    shell === null
      ? [process.execPath, argumentsOf(flags)]
      : ['bash', ['-c', `${shell} exec "$0" "$@"`, process.execPath, ...argumentsOf(flags)]];
  const { code, stdout, stderr } = await runProcess(program, args, {
    cwd: folder,
    env: { ...process.env, PEAK_MEMORY_FILE: peak },
    timeoutMs: 280_000,
  });
  const peakMebibytes = existsSync(peak) ? Number(readFileSync(peak, 'utf8')) : 0;
  return { code, output: stderr + stdout, peakMebibytes, details: detailsOf() };
}

function detailsOf(): DataDetails | null {
  const path = join(folder, 'out/r.json');
  if (!existsSync(path)) return null;
  const result = JSON.parse(readFileSync(path, 'utf8')) as GateResult<DataDetails>;
  return result.predicate.gate.details;
}

/** Bytes of what the run left, the violations aside. */
function reportSize(): number {
  return ['r.json', 'r.html', 'r.junit.xml']
    .map((name) => readFileSync(join(folder, 'out', name)).length)
    .reduce((sum, size) => sum + size, 0);
}

describe('a cell of 100 MB', () => {
  const fill = [Buffer.alloc(mebibyte, 'a'), 100] as const;
  beforeAll(() => {
    write('plain.csv', 'a,b\n1,2\n"', fill, '",3\nx,4\n');
    write('doubled.csv', 'a,b\n1,2\n"', [Buffer.alloc(mebibyte, 'aaaaa\n""'), 100], '",3\nx,4\n');
    write('text.jsonl', '{"a":"1"}\n{"b":3,"a":"', fill, '"}\n{"a":"x"}\n');
    write('text.json', '[{"a":"1"},\n{"b":3,"a":"\\n', fill, '"},{"a":"x"}]\n');
    write('name.csv', 'a,"', fill, '"\n1,2\n');
    write('name.jsonl', '{"a":"1"}\n{"', fill, '":1}\n');
    write('open.csv', 'a,b\n1,2\n"', [fill[0], 400], '');
  });

  test.each([
    ['plain.csv', 3],
    ['doubled.csv', 3],
    ['text.jsonl', 2],
    ['text.json', 2],
  ])('of %s is judged, and cut where it is shown', async (data, line) => {
    const { code, details, peakMebibytes } = await gate({ 'data-path': data, 'schema-path': 'short.json' });
    expect(code).toBe(1);
    expect(details).toMatchObject({ rows: 3, invalidRows: 1 });
    expect(details?.violations.groups[0]?.examples[0]).toMatchObject({
      line,
      column: 'a',
      rule: 'maxLength',
    });
    expect(reportSize()).toBeLessThan(mebibyte);
    expect(peakMebibytes).toBeLessThan(1400);
  });

  test.each([
    [
      'plain.csv',
      'repeated',
      'plain.csv:3: the pattern ^(a|1|x)*$ needs more memory than there is for a text of 104,857,600',
    ],
    [
      'text.jsonl',
      'address',
      'text.jsonl:2: the format uri-reference needs more memory than there is for a text of 104,857,600',
    ],
    ['name.csv', 'any', 'name.csv:1: column 2 has a name of 104,857,600 characters; is a quote not closed'],
    ['open.csv', 'any', 'open.csv: one record is longer than 256 MiB; is a quote or a bracket not closed?'],
  ])('of %s by the schema %s is an error that says where', async (data, schema, message) => {
    const run = await gate({ 'data-path': data, 'schema-path': `${schema}.json` });
    expect(run.output).toContain(message);
    expect(run).toMatchObject({ code: 1, details: null });
    expect(run.peakMebibytes).toBeLessThan(1400);
  });

  test('as a key of JSON is judged, and cut where it is shown', async () => {
    const { details, peakMebibytes } = await gate({ 'data-path': 'name.jsonl', 'schema-path': 'texts.json' });
    expect(details).toMatchObject({ rows: 2, invalidRows: 1 });
    expect(reportSize()).toBeLessThan(mebibyte);
    expect(peakMebibytes).toBeLessThan(1600);
  });

  test.each(['plain.csv', 'text.jsonl'])('of %s under rules', async (data) => {
    const rules = 'unique(a)\nnull_fraction(a) <= 0\nmatches(a, /^a*$/)';
    const { code, output, details, peakMebibytes } = await gate({ 'data-path': data, rules });
    expect(code, output).toBe(1);
    // The engine has a bound of its own: either it judges, or it says so.
    if (details === null) expect(output).toContain('more memory than the SQL engine may take');
    else expect(details.violations.total).toBe(2);
    expect(peakMebibytes).toBeLessThan(2000);
  });
});

describe('gzip', () => {
  test.each([
    ['rows.csv.gz', 'a,b\n', 'integer'],
    ['rows.jsonl.gz', '{"a":1}\n', 'any'],
  ])('%s of 10 GiB: a bomb, told in seconds', async (name, row, schema) => {
    // gzip files may stand one behind the other: 10 GiB of content need not be packed.
    write(name, [gzipSync(row.repeat((64 * mebibyte) / row.length)), 160]);
    const run = await gate({ 'data-path': name, 'schema-path': `${schema}.json` });
    expect(run.output).toMatch(
      /\.gz: \d+ MiB that unpack to more than \d\.\d GiB, \d{3} times as much: a gzip bomb\?/,
    );
    expect(run).toMatchObject({ code: 1, details: null });
    expect(run.peakMebibytes).toBeLessThan(500);
  });

  test('10 GiB of zeros are no text', async () => {
    write('zeros.csv.gz', [gzipSync(Buffer.alloc(64 * mebibyte)), 160]);
    const run = await gate({ 'data-path': 'zeros.csv.gz', 'schema-path': 'any.json' });
    expect(run.output).toMatch(/zeros\.csv\.gz(?::1: a NUL byte|: \d+ MiB that unpack)/);
    expect(run.peakMebibytes).toBeLessThan(500);
  });

  test('200 MiB of rows that are all alike are data', async () => {
    const row = `1,${'same '.repeat(200)}\n`;
    write('alike.csv.gz', [gzipSync('a,b\n'), 1], [gzipSync(row.repeat(20_000)), 10]);
    const { code, details } = await gate({ 'data-path': 'alike.csv.gz', 'schema-path': 'integer.json' });
    expect(code).toBe(0);
    expect(details?.rows).toBe(200_000);
  });
});

describe('a million rows', () => {
  const count = 1_000_000;
  beforeAll(() => {
    writeRows('bad.csv', 'a,b\n', count, (i) => `x,${i}\n`);
    writeRows('bad.jsonl', '', count, (i) => `{"a":"x","b":${i}}\n`);
    writeRows('ragged.csv', 'a,b\n', count, (i) => `${i}\n`);
    // Texts that no database squeezes below the bound on the disk.
    writeRows('noise.csv', 'a,b\n', count, (i) => `x,${createHash('md5').update(`${i}`).digest('hex')}\n`);
    writeRows('keys.jsonl', '', count, (i) => `{"k${i}":1}\n`);
  });

  test.each([
    ['bad.csv', 'integer', 'type'],
    ['bad.jsonl', 'integer', 'type'],
    ['ragged.csv', 'any', 'fields'],
  ])(
    'of %s, all of them invalid: the file of violations is complete, SARIF has the first',
    async (data, schema, rule) => {
      const run = await gate({ 'data-path': data, 'schema-path': `${schema}.json` });
      expect(run.details).toMatchObject({ rows: count, invalidRows: count, violations: { total: count } });
      expect(run.details?.violations.groups).toMatchObject([{ rule, rows: count }]);
      const violations = readFileSync(join(folder, 'out/r.violations.jsonl'));
      let lines = 0;
      for (let at = violations.indexOf(10); at !== -1; at = violations.indexOf(10, at + 1)) lines += 1;
      expect(lines).toBe(count);
      const sarif = JSON.parse(readFileSync(join(folder, 'out/r.sarif'), 'utf8')) as {
        runs: { results: unknown[]; properties: { resultsLeftOut: number } }[];
      };
      expect(sarif.runs[0]?.results).toHaveLength(25_000);
      expect(sarif.runs[0]?.properties.resultsLeftOut).toBe(count - 25_000);
      expect(reportSize()).toBeLessThan(mebibyte);
      expect(run.peakMebibytes).toBeLessThan(700);
    },
  );

  test('with as many keys, all broken: counted, in bounded memory, in a small report', async () => {
    const { details, peakMebibytes } = await gate({ 'data-path': 'keys.jsonl', 'schema-path': 'texts.json' });
    expect(details).toMatchObject({ rows: count, invalidRows: count, violations: { total: count } });
    const told = (details?.violations.groupsLeft ?? 0) + (details?.violations.groups.length ?? 0);
    // An estimate, beyond the first 20,000.
    expect(Math.abs(told - count) / count).toBeLessThan(0.1);
    expect(reportSize()).toBeLessThan(5 * mebibyte);
    expect(peakMebibytes).toBeLessThan(1400);
  });

  test('under 200 rules at once', async () => {
    const rules = Array.from({ length: 200 }, (_, i) => {
      const kinds = [
        `holds(b + ${i} >= 0)`,
        `quantile(b, 0.${i + 100}) >= 0`,
        `matches(a, /^x{1,${i + 1}}$/)`,
      ];
      return kinds[i % 3];
    });
    const run = await gate({ 'data-path': 'bad.csv', rules: rules.join('\n') });
    expect(run.code, run.output).toBe(0);
    expect(run.peakMebibytes).toBeLessThan(1200);
  });

  test('cut short by SIGTERM: no verdict is left, neither of this run nor of the one before', async () => {
    expect((await gate({ 'data-path': 'bad.csv', rules: 'row_count > 0' })).code).toBe(0);
    expect(existsSync(join(folder, 'out/r.json'))).toBe(true);
    const child = spawn(
      process.execPath,
      argumentsOf({ 'data-path': 'bad.csv', 'schema-path': 'integer.json' }),
      {
        cwd: folder,
        stdio: 'ignore',
      },
    );
    await somethingWritten(child);
    child.kill('SIGTERM');
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal ?? code).not.toBe(0);
    for (const name of ['r.json', 'r.html', 'r.sarif', 'r.junit.xml']) {
      expect(existsSync(join(folder, 'out', name)), name).toBe(false);
    }
  });

  test.each([
    [
      'the violations',
      'ulimit -f 2000;',
      { 'schema-path': 'integer.json' },
      'violations.jsonl cannot be written',
    ],
    [
      'the rows for the rules',
      'ulimit -f 2000;',
      { 'data-path': 'noise.csv', rules: 'unique(b)' },
      'the data cannot be loaded',
    ],
    ['anything', 'ulimit -f 8;', { rules: 'unique(b)' }, 'the SQL engine cannot start'],
  ])('on a disk without room for %s: a clear error', async (_, shell, flags, message) => {
    // A bound on the size of files is what a full disk is to a program.
    const run = await gate({ 'data-path': 'bad.csv', ...flags }, shell);
    expect(run.output).toContain(message);
    expect(run.output).not.toContain('a defect of this action');
    expect(run).toMatchObject({ code: 1, details: null });
  });
});

/** The run is in its middle: violations are being written. */
async function somethingWritten(child: ChildProcess): Promise<void> {
  const path = join(folder, 'out/r.violations.jsonl');
  while (child.exitCode === null && (!existsSync(path) || readFileSync(path).length === 0)) {
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

describe('ten thousand files', () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'many'));
    for (let i = 0; i < 10_000; i += 1) {
      writeFileSync(join(folder, `many/part-${i}.csv`), `a,b\n1,${i}\n${i % 100 === 7 ? 'x,1\n' : ''}`);
    }
  });

  test('of a pattern are judged, each with its digest', async () => {
    const run = await gate({ 'data-path': 'many/*.csv', 'schema-path': 'integer.json' });
    expect(run.details).toMatchObject({ rows: 10_100, invalidRows: 100 });
    expect(run.details?.files).toHaveLength(10_000);
    expect(reportSize()).toBeLessThan(5 * mebibyte);
    expect(run.peakMebibytes).toBeLessThan(600);
  });

  test('of a folder under rules', async () => {
    const run = await gate({ 'data-path': 'many', rules: 'unique(b)\nmean(b) >= 0' });
    expect(run.details?.violations.total).toBe(100);
    expect(run.peakMebibytes).toBeLessThan(700);
  });

  test('and one more are refused', async () => {
    writeFileSync(join(folder, 'many/one-more.csv'), 'a,b\n1,1\n');
    const run = await gate({ 'data-path': 'many', 'schema-path': 'integer.json' });
    expect(run.output).toContain('more than 10000 data files, at "many"; name fewer');
  });
});

test('a name of a column that a pattern of the schema chokes on: an error, in the main thread as well', async () => {
  write('name-chokes.csv', `b,${'a'.repeat(41)}!\n1,2\n`);
  const flags = { 'data-path': 'name-chokes.csv', 'schema-path': 'names.json', rules: 'row_count >= 1' };
  const run = await gate(flags);
  expect(run.output).toMatch(/names\.json: looking up the columns in patternProperties takes more than 10 s/);
  expect(run).toMatchObject({ code: 1, details: null });
});

test('a result path that is a link to a device is replaced, not followed', async () => {
  write('tiny.csv', 'a\n1\n');
  mkdirSync(join(folder, 'out'));
  symlinkSync('/dev/full', join(folder, 'out/r.json'));
  symlinkSync('/dev/full', join(folder, 'out/r.violations.jsonl'));
  expect((await gate({ 'data-path': 'tiny.csv', rules: 'row_count > 0' })).details?.rows).toBe(1);
});

test('a workspace that cannot be written: an error that names result-path', async () => {
  const sealed = join(folder, 'sealed');
  mkdirSync(sealed);
  writeFileSync(join(sealed, 'a.csv'), 'a\n1\n');
  chmodSync(sealed, 0o555);
  chmodSync(folder, 0o755);
  const args = [command, 'validate-data', '--data-path', 'a.csv', '--rules', 'row_count > 0'];
  // Root may write anywhere.
  const [program, ...rest] =
    process.getuid?.() === 0
      ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath, ...args]
      : [process.execPath, ...args];
  const { code, stderr } = await runProcess(program as string, rest, { cwd: sealed, timeoutMs: 60_000 });
  chmodSync(sealed, 0o755);
  expect(code).toBe(1);
  expect(stderr).toContain('result-path: gate-results/validate-data.json cannot be written (EACCES)');
});

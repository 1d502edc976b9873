/** SARIF and JUnit as they are written from the violations file; their form is tested in core/report. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { atMost, group, holds, judged } from '../../../test/support/data-sample-parts.ts';
import { failingUsers, fingerprint, hostileData, violation } from '../../../test/support/data-samples.ts';
import { readXml } from '../../../test/support/strict-xml.ts';
import type { Violation } from '../types.ts';
import { writeDataJunit } from './junit.ts';
import { readViolations } from './read-violations.ts';
import { toolVersion, writeDataSarif } from './sarif.ts';

const checks = [
  judged({ metric: 'invalid_rows', condition: atMost(0), value: 3, reason: '3 of 50 rows are invalid' }),
  judged({
    metric: 'unique',
    selector: 'id',
    condition: holds,
    value: 0.98,
    severity: 'warn',
    reason: '1 row repeats an id',
  }),
  judged({ metric: 'row_count', condition: atMost(100), value: 50 }),
];
const violations: readonly Violation[] = [
  ...[17, 20, 31].map((line) =>
    violation({
      column: 'age',
      rule: 'minimum',
      line,
      row: line - 1,
      message: `age: -${line} is less than 0 (minimum)`,
      fingerprint: fingerprint(line),
    }),
  ),
  violation({
    column: 'id',
    rule: 'unique(id)',
    line: 40,
    row: 39,
    message: 'id: 7 stands in row 2 already (unique(id))',
  }),
];
const example = (each: Violation | undefined) => ({
  ...violation({ rule: '', message: '' }),
  ...each,
  cells: [],
});
const groups = [
  group({ column: 'age', rule: 'minimum', rows: 3, examples: [example(violations[0])] }),
  group({
    column: 'id',
    rule: 'unique(id)',
    rows: 1,
    origin: 'rule',
    severity: 'warn',
    examples: [example(violations[3])],
  }),
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'formats-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function readBack(lines: readonly object[]): Promise<Violation[]> {
  const path = join(folder, 'violations.jsonl');
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const read: Violation[] = [];
  for await (const each of readViolations(path)) read.push(each);
  return read;
}

describe('the violations file', () => {
  it('is read as it was written, whatever its texts hold', async () => {
    const hostile = hostileData().predicate.gate.details.violations.groups.flatMap(
      ({ examples }) => examples,
    );
    const separators = violation({ rule: 'pattern', message: 'a\u2028b\u2029c\u0085d\re', column: 'x' });
    const lines = [...violations, ...hostile.map(({ cells: _, ...rest }) => rest), separators];
    expect(await readBack(lines)).toEqual(lines);
  });

  it('of many blocks is read whole', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) =>
      violation({ rule: 'pattern', message: `é${'🙂'.repeat(index % 90)}`, row: index + 1 }),
    );
    expect(await readBack(lines)).toEqual(lines);
  });

  it('may be empty', async () => expect(await readBack([])).toEqual([]));
});

describe('SARIF of data', () => {
  const write = async (given: object = {}) => {
    const path = join(folder, 'x.sarif');
    await writeDataSarif(path, { groups, judged: checks, ...given }, violations);
    return JSON.parse(await readFile(path, 'utf8')).runs[0];
  };

  it('has a result per violation, with the level that its rule has in the verdict', async () => {
    const run = await write();
    expect(run.results.map((each: { ruleId: string; level: string }) => [each.ruleId, each.level])).toEqual([
      ['age/minimum', 'error'],
      ['age/minimum', 'error'],
      ['age/minimum', 'error'],
      ['unique(id)', 'warning'],
    ]);
    expect(run.tool.driver.rules.map((rule: { shortDescription: object }) => rule.shortDescription)).toEqual([
      { text: 'age minimum' },
      { text: 'unique(id)' },
    ]);
    expect(run.results[1].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'data/users.csv', uriBaseId: '%SRCROOT%' },
      region: { startLine: 20 },
    });
  });

  it('is told apart by the id of the gate', async () => {
    expect((await write()).automationDetails.id).toBe('validate-data/');
    expect((await write({ id: 'eu' })).automationDetails.id).toBe('validate-data/eu/');
  });

  it('names the version of the package', async () => {
    expect(toolVersion).toBe(manifest.version);
    expect((await write()).tool.driver.version).toBe(manifest.version);
  });
});

describe('JUnit of data', () => {
  const write = async (given: object = {}, source: Iterable<Violation> = violations) => {
    const path = join(folder, 'x.xml');
    await writeDataJunit(path, { groups, groupsLeft: 0, judged: checks, ...given }, source);
    return await readFile(path, 'utf8');
  };
  const casesOf = (xml: string) => readXml(xml).elements.filter(({ name }) => name === 'testcase');

  it('has a case per check and per broken rule; what only warns passes and says so', async () => {
    const xml = await write();
    expect(
      casesOf(xml).map(({ attributes }) => [attributes.get('classname'), attributes.get('name')]),
    ).toEqual([
      ['Data gate.checks', 'invalid_rows <= 0'],
      ['Data gate.checks', 'warn: unique(id)'],
      ['Data gate.checks', 'row_count <= 100'],
      ['Data gate.violations', 'age minimum'],
      ['Data gate.violations', 'unique(id)'],
    ]);
    const { elements, text } = readXml(xml);
    const failures = elements.filter(({ name }) => name === 'failure');
    expect(failures.map(({ attributes }) => [attributes.get('type'), attributes.get('message')])).toEqual([
      ['fail', '3 of 50 rows are invalid'],
      ['minimum', '3 rows, first data/users.csv:17: age: -17 is less than 0 (minimum)'],
    ]);
    expect(text).toContain('warning: 1 row repeats an id');
    expect(text).toContain(
      'data/users.csv:17: age: -17 is less than 0 (minimum)\ndata/users.csv:20: age: -20 is less than 0 (minimum)\ndata/users.csv:31: ',
    );
    expect(casesOf(xml)[3]?.attributes.get('line')).toBe('17');
  });

  it('counts its cases and failures', async () => {
    const { elements } = readXml(await write({ groupsLeft: 12 }));
    const [suites, suite] = elements;
    for (const each of [suites, suite]) {
      expect(each?.attributes.get('tests')).toBe('6');
      expect(each?.attributes.get('failures')).toBe('3');
    }
    expect(elements.filter(({ name }) => name === 'testcase')).toHaveLength(6);
    expect(elements.filter(({ name }) => name === 'failure')).toHaveLength(3);
  });

  it('lists the first 1,000 places of a rule, counts the rest, and then stops reading', async () => {
    let read = 0;
    function* many() {
      for (;;) {
        read += 1;
        yield violation({
          column: 'age',
          rule: 'minimum',
          line: read,
          message: 'age: -1 is less than 0 (minimum)',
        });
      }
    }
    const [age] = groups;
    if (age === undefined) throw new Error('no group');
    const xml = await write({ groups: [{ ...age, rows: 1_000_000 }] }, many());
    expect(xml.match(/^(?:<failure.*>)?data\/users\.csv:\d+: /gm)).toHaveLength(1000);
    expect(xml).toContain('… and 999,000 more rows');
    expect(read).toBe(1000);
  });

  it('of the failing sample agrees with its verdict', async () => {
    const { checks: records, details } = failingUsers().predicate.gate;
    const failed = records.filter(
      ({ verdict, severity }) => verdict !== 'pass' && severity === 'fail',
    ).length;
    const [suites] = readXml(await write({ groups: details.violations.groups }, [])).elements;
    expect(failed).toBe(3);
    // One check of three fails here, and five of six rules are no mere warnings.
    expect(suites?.attributes.get('failures')).toBe(String(1 + 4));
  });

  it('is well-formed with hostile texts', async () => {
    const { groups: hostile } = hostileData().predicate.gate.details.violations;
    const xml = await write(
      { groups: hostile },
      hostile.flatMap(({ examples }) => examples),
    );
    expect(casesOf(xml)).toHaveLength(checks.length + hostile.length);
  });
});

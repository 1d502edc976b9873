import { existsSync, readFileSync } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostileTexts } from '../../test/support/gate-samples.ts';
import { type SarifResult, type SarifRun, sarifLimit, writeSarif } from './sarif.ts';

interface Written {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly rules: readonly {
            readonly id: string;
            readonly shortDescription: { readonly text: string };
            readonly defaultConfiguration: { readonly level: string };
          }[];
        };
      };
      readonly automationDetails: { readonly id: string };
      readonly invocations: readonly [
        { readonly toolExecutionNotifications?: readonly [{ readonly message: { readonly text: string } }] },
      ];
      readonly properties: object;
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations: readonly [
          {
            readonly physicalLocation: {
              readonly artifactLocation: { readonly uri: string };
              readonly region?: { readonly startLine: number };
            };
            readonly logicalLocations: readonly [{ readonly fullyQualifiedName: string }];
          },
        ];
        readonly partialFingerprints: Readonly<Record<string, string>>;
        readonly properties: object;
      }[];
    },
  ];
}

/** The official schema is of draft-04; what it uses of it means the same in draft-07, but for the name of `$id`. */
const {
  id,
  $schema: _,
  ...schema
} = JSON.parse(readFileSync(new URL('fixtures/sarif-schema-2.1.0.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
const validate = ajv.compile({ $id: id, ...schema });

const age = { id: 'age/minimum', title: 'age minimum', help: 'Ages are at least 0.' };

function result(given: Partial<SarifResult> = {}): SarifResult {
  return {
    rule: age,
    level: 'error',
    message: 'age: -3 is less than 0 (minimum)',
    file: 'data/users.csv',
    line: 17,
    row: 16,
    column: 'age',
    fingerprint: 'f1'.repeat(16),
    ...given,
  };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sarif-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function write(results: readonly SarifResult[], given: Partial<SarifRun> = {}): Promise<Written> {
  const target = join(folder, 'x.sarif');
  await writeSarif(
    target,
    {
      tool: { name: 'ML Gates', version: '1.0.0', informationUri: 'https://example.org/gates' },
      category: 'validate-data/eu',
      expected: { total: results.length, byRule: new Map() },
      ...given,
    },
    results,
  );
  const log = JSON.parse(await readFile(target, 'utf8')) as Written;
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return log;
}

describe('SARIF', () => {
  it('names the rule, the place and what is wrong', async () => {
    const [run] = (await write([result(), result({ line: 20, row: 19, level: 'warning' })])).runs;
    expect(run.results[0]).toEqual({
      ruleId: 'age/minimum',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'age: -3 is less than 0 (minimum)' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'data/users.csv', uriBaseId: '%SRCROOT%' },
            region: { startLine: 17 },
          },
          logicalLocations: [{ name: 'age', fullyQualifiedName: 'row 16/age', kind: 'cell' }],
        },
      ],
      partialFingerprints: { 'mlGatesViolation/v1': 'f1'.repeat(16) },
      properties: { row: 16 },
    });
    expect(run.results[1]).toMatchObject({ level: 'warning', ruleIndex: 0 });
    expect(run.tool.driver).toMatchObject({
      name: 'ML Gates',
      version: '1.0.0',
      rules: [
        {
          id: 'age/minimum',
          shortDescription: { text: 'age minimum' },
          help: { text: 'Ages are at least 0.' },
          defaultConfiguration: { level: 'error' },
        },
      ],
    });
    expect(run.automationDetails.id).toBe('validate-data/eu/');
  });

  it('of formats without lines has no region, but the row and its group', async () => {
    const [run] = (await write([result({ line: null, rowGroup: 2, row: 120_001, file: 'a.parquet' })])).runs;
    const [location] = run.results[0]?.locations ?? [];
    expect(location?.physicalLocation.region).toBeUndefined();
    expect(location?.logicalLocations[0].fullyQualifiedName).toBe('row group 2/row 120001/age');
    expect(run.results[0]?.properties).toEqual({ row: 120_001, row_group: 2 });
  });

  it.each([
    ['data/a b.csv', 'data/a%20b.csv'],
    ['x:y/é#?.csv', 'x%3Ay/%C3%A9%23%3F.csv'],
    ['100%.csv', '100%25.csv'],
    ['\ud800.csv', '%EF%BF%BD.csv'],
  ])('writes the file %j as a relative URI', async (file, uri) =>
    expect(
      (await write([result({ file })])).runs[0].results[0]?.locations[0].physicalLocation.artifactLocation
        .uri,
    ).toBe(uri),
  );

  it('gives rows that are alike an ordinal, file by file', async () => {
    const [run] = (
      await write([result(), result(), result({ file: 'b.csv' }), result({ fingerprint: 'aa' }), result()])
    ).runs;
    const f1 = 'f1'.repeat(16);
    expect(run.results.map(({ partialFingerprints }) => partialFingerprints['mlGatesViolation/v1'])).toEqual([
      f1,
      `${f1}:2`,
      f1,
      'aa',
      `${f1}:3`,
    ]);
  });

  it('says the same of every other row when a line is put in above', async () => {
    const rows = [5, 6, 7].map((row) => result({ row, line: row + 1, fingerprint: `f${row}` }));
    const fingerprints = async (results: readonly SarifResult[]) =>
      (await write(results)).runs[0].results.map(
        ({ partialFingerprints }) => partialFingerprints['mlGatesViolation/v1'],
      );
    const before = await fingerprints(rows);
    const moved = rows.map((each) => ({ ...each, row: each.row + 1, line: (each.line ?? 0) + 1 }));
    const after = await fingerprints([result({ row: 2, line: 3, fingerprint: 'new' }), ...moved]);
    expect(after.slice(1)).toEqual(before);
  });

  it('has a rule once, at its worst level', async () => {
    const email = { id: 'email/format', title: 'email format', help: '' };
    const [run] = (
      await write([result({ level: 'warning' }), result({ rule: email }), result(), result({ rule: email })])
    ).runs;
    expect(run.tool.driver.rules.map(({ id, defaultConfiguration: { level } }) => [id, level])).toEqual([
      ['age/minimum', 'error'],
      ['email/format', 'error'],
    ]);
    expect(run.results.map(({ ruleIndex }) => ruleIndex)).toEqual([0, 1, 0, 1]);
  });

  it('keeps a fair share of each rule within the limit, and says how many are left out', async () => {
    const rare = { id: 'unique(id)', title: 'unique(id)', help: '' };
    const unknown = { id: 'other/type', title: 'other type', help: '' };
    const results = [
      ...Array.from({ length: 500 }, (_, index) => result({ row: index + 1 })),
      ...Array.from({ length: 4 }, (_, index) => result({ rule: unknown, row: 600 + index })),
      ...Array.from({ length: 3 }, (_, index) => result({ rule: rare, row: 700 + index })),
    ];
    const byRule = new Map([
      ['age/minimum', 500],
      ['unique(id)', 3],
    ]);
    const [run] = (await write(results, { limit: 20, expected: { total: 507, byRule } })).runs;
    const count = (ruleId: string) => run.results.filter((each) => each.ruleId === ruleId).length;
    expect([count('age/minimum'), count('other/type'), count('unique(id)')]).toEqual([13, 4, 3]);
    expect(run.properties).toEqual({ results: 507, resultsLeftOut: 487 });
    expect(run.invocations[0].toolExecutionNotifications?.[0].message.text).toBe(
      '487 more results left out: code scanning takes at most 20 results of a run. The file of violations has them all.',
    );
  });

  it('stays within what code scanning takes', async () => {
    const results = Array.from({ length: sarifLimit + 10 }, (_, index) => result({ row: index + 1 }));
    const [run] = (await write(results)).runs;
    expect(run.results).toHaveLength(25_000);
    expect(run.properties).toEqual({ results: 25_010, resultsLeftOut: 10 });
  });

  it('reads no further than it must', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 1;
        yield result({ row: read });
      }
    }
    const written = await writeSarif(
      join(folder, 'x.sarif'),
      {
        tool: { name: 'x', version: '1' },
        category: 'x',
        expected: { total: 1e9, byRule: new Map([['age/minimum', 1e9]]) },
        limit: 50,
      },
      endless(),
    );
    expect(written).toEqual({ written: 50, left: 1e9 - 50 });
    expect(read).toBe(50);
  });

  it('without results is a run that found nothing', async () =>
    expect((await write([])).runs[0]).toMatchObject({ results: [], tool: { driver: { rules: [] } } }));

  it.each(hostileTexts)('holds %j as text: no placeholder, no link, nothing hidden', async (text) => {
    const [run] = (
      await write([
        result({
          rule: { id: `${text}/pattern`, title: text, help: text },
          message: `${text} does not match ^[0-9]{5}$`,
          file: `data/${text}`,
          column: text,
        }),
      ])
    ).runs;
    const [first] = run.results;
    expect(first?.message.text).toMatch(/\^\[0-9\]\{\{5\}\}\$(?: \([\d,]+ characters\))?$/);
    expect(first?.message.text).not.toMatch(/\]\(|[\u0000-\u001f\u200b\u202e]/);
    expect(first?.message.text.length).toBeLessThanOrEqual(1010);
    expect(first?.ruleId.length).toBeLessThanOrEqual(255);
    expect(run.tool.driver.rules[first?.ruleIndex ?? -1]?.id).toBe(first?.ruleId);
  });

  it('tells long rules apart that begin and end alike', async () => {
    const rule = (middle: string) => ({
      id: `${'x'.repeat(300)}${middle}${'x'.repeat(300)}`,
      title: '',
      help: '',
    });
    const [run] = (await write([result({ rule: rule('a') }), result({ rule: rule('b') })])).runs;
    expect(new Set(run.tool.driver.rules.map(({ id }) => id)).size).toBe(2);
  });
});

describe('the file', () => {
  it('replaces a link that stands there, and does not follow it', async () => {
    await writeFile(join(folder, 'precious'), 'kept');
    await symlink(join(folder, 'precious'), join(folder, 'x.sarif'));
    await write([result()]);
    expect((await lstat(join(folder, 'x.sarif'))).isSymbolicLink()).toBe(false);
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('kept');
  });

  it('is not there when the results cannot be read to the end', async () => {
    async function* broken(): AsyncGenerator<SarifResult> {
      yield result();
      throw new Error('disk gone');
    }
    const target = join(folder, 'y.sarif');
    const run = {
      tool: { name: 'x', version: '1' },
      category: 'x',
      expected: { total: 9, byRule: new Map() },
    };
    await expect(writeSarif(target, run, broken())).rejects.toThrow('disk gone');
    expect(existsSync(target)).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });
});

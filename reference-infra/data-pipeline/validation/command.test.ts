import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../test/support/scratch-folder.ts';
import { main } from './command.ts';

const schema = JSON.stringify({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  properties: { n: { type: 'integer', minimum: 0 } },
  required: ['n'],
});

async function validate(files: Readonly<Record<string, string>>, ...args: string[]) {
  const folder = scratchFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  let [out, err] = ['', ''];
  const world = { folder, out: (text: string) => (out += text), err: (text: string) => (err += text) };
  const code = await main(args, world);
  return { code, out, err, folder };
}

const data = { 'd.csv': 'id,n\na,1\nb,-2\nc\nd,x\n', 's.json': schema };
const both = ['--data', 'd.csv', '--schema', 's.json'];

test('rejected rows are shown with their lines, and the exit code is 1', async () => {
  const { code, out, folder } = await validate(data, ...both, '--rejected', 'r.jsonl');
  expect([code, out.split('\n')]).toEqual([
    1,
    [
      'verdict: fail; 3 of 4 rows rejected, allowed: 0',
      '  d.csv:3: n: -2 is less than 0 (minimum)',
      expect.stringMatching(/^ {2}d\.csv:4: the row has 1 field, the header has 2 \(fields\)/),
      '  d.csv:5: n: "x" is text, an integer is required (type)',
      '',
    ],
  ]);
  const lines = readFileSync(join(folder, 'r.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { file: 'd.csv', line: 3, row: 2, reasons: [{ column: 'n', rule: 'minimum' }] },
    { line: 4, row: 3, reasons: [{ column: null, rule: 'fields' }] },
    { line: 5, row: 4, reasons: [{ column: 'n', rule: 'type' }] },
  ]);
});

test.each([
  ['74%', 1, 'fail'],
  ['3', 0, 'pass'],
])('with %s rejected rows allowed the exit code is %i', async (allowed, code, verdict) => {
  const ran = await validate(data, ...both, '--max-rejected', allowed);
  expect([ran.code, ran.out]).toEqual([code, expect.stringContaining(`verdict: ${verdict}; 3 of 4`)]);
});

test('what cannot be judged is an error, and no verdict', async () => {
  const cases: [Readonly<Record<string, string>>, string[], string | RegExp][] = [
    [data, ['--data', 'd.csv'], '--schema is missing'],
    [data, ['--schema', 's.json'], '--data is missing'],
    [data, [...both, '--max-rejected', '101%'], '--max-rejected is "101%"; allowed: a number of rows'],
    [data, [...both, '--format', 'parqet'], 'did you mean "parquet"?'],
    [data, [...both, '--datta', 'x'], 'unknown option "--datta"; did you mean --data?'],
    [data, ['--data', 'd.csv', '--schema', 't.json'], 't.json does not exist'],
    [{ ...data, 's.json': '{"minimun": 1}' }, both, /s\.json.*minimun/],
    [{ ...data, 'd.csv': 'id,n\n' }, both, 'd.csv: no rows, so nothing was judged'],
    [data, ['d.csv'], '"d.csv" belongs to no option'],
  ];
  for (const [files, args, message] of cases) {
    const { code, out, err } = await validate(files, ...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  }
});

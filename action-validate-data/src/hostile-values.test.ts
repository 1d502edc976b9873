/** Names and values that are hostile or merely odd: judged as ajv judges them, harmless wherever they are shown. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { GateResult } from '../../core/gate/types.ts';
import { renderComment } from '../../core/report/index.ts';
import { githubHost, runGate, terminalHost } from '../../core/run/index.ts';
import { hostileTexts } from '../../test/support/gate-sample-parts.ts';
import { runDataGate } from '../../test/support/run-data-gate.ts';
import { readXml } from '../../test/support/strict-xml.ts';
import { dataGate } from './main.ts';
import { JudgePool } from './pass/pool.ts';
import { runPass } from './pass/run-pass.ts';
import { loadSchema } from './schema/index.ts';
import type { DataDetails, Violation } from './types.ts';

const root = mkdtempSync(join(tmpdir(), 'hostile-values-'));
let workspace: string;
let runs = 0;
beforeEach(() => {
  runs += 1;
  workspace = join(root, String(runs));
  mkdirSync(workspace);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, content: string): void => writeFileSync(join(workspace, name), content);
const read = (name: string): string => readFileSync(join(workspace, name), 'utf8');
const linesOf = (text: string): Violation[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Violation);

async function judge(name: string, content: string, schema: unknown, more = {}) {
  write(name, content);
  write('s.json', JSON.stringify(schema));
  const outcome = await runDataGate({ 'data-path': name, 'schema-path': 's.json', ...more }, workspace);
  return { ...outcome, violations: linesOf(read('result.violations.jsonl')) };
}

describe('columns called what programs trip over', () => {
  const names = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    ' ',
    'a.b',
    'a/b',
    '~0',
    '"q"',
    '$ref',
    'A',
    'a',
    'n'.repeat(1000),
  ];
  const judged = names.filter((name) => name !== '__proto__');
  const schema = {
    properties: Object.fromEntries(judged.map((name) => [name, { type: 'integer' }])),
    required: judged,
  };
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const row = (value: string): string => names.map(() => value).join(',');
  const object = (value: unknown): string =>
    `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;

  test.each([
    ['csv', `${names.map(quoted).join(',')}\n${row('1')}\n${row('x')}\n`],
    ['jsonl', `${object(1)}\n${object('x')}\n`],
  ])('in %s: profile, violations and rules have them by their names', async (format, content) => {
    const rules = judged
      .map((name) => `null_fraction(${quoted(name)}) <= 0\nunique(${quoted(name)})`)
      .join('\n');
    const outcome = await judge(`a.${format}`, content, schema, { rules });
    expect(outcome.details.columns.map(({ name, rows, missing }) => [name, rows, missing])).toEqual(
      names.map((name) => [name, 2, 0]),
    );
    expect(outcome.violations.map(({ column, rule }) => `${rule} ${column}`).sort()).toEqual(
      judged.map((name) => `type ${name}`).sort(),
    );
    expect(outcome.judged.slice(1).map(({ verdict }) => verdict)).toEqual(
      judged.flatMap(() => ['pass', 'pass']),
    );
  });

  test('an empty key of JSON is a column as any other', async () => {
    const { violations, details } = await judge(
      'a.jsonl',
      '{"":1}\n{"":"x"}\n',
      { properties: { '': { type: 'integer' } } },
      {
        rules: 'distinct_count("") == 2',
      },
    );
    expect(violations.map(({ column, rule }) => [column, rule])).toEqual([['', 'type']]);
    expect(details.columns.map(({ name }) => name)).toEqual(['']);
  });

  test('a key of a million characters is cut where it is shown', async () => {
    const { violations, details } = await judge('a.jsonl', `{"${'k'.repeat(1_000_000)}":1}\n`, {
      additionalProperties: { type: 'string' },
    });
    expect(violations[0]?.column).toMatch(/^k+…k+ \(1,000,000 characters\)$/);
    expect(JSON.stringify(details).length).toBeLessThan(20_000);
  });
});

describe('JSON as people write it', () => {
  test.each([
    ['a key twice: the last one counts', '{"a":"x","a":1}\n{"a":1,"a":"x"}', ['2 a type']],
    ['keys that differ by case are two', '{"A":1}\n{"a":1,"A":"x"}', ['1 a required']],
    ['a byte order mark inside', '{"a":1}\n\ufeff{"a":1}', ['2 null json']],
    ['numbers in every spelling', '{"a":-0}\n{"a":1E+2}\n{"a":1.0}\n{"a":1e400}\n{"a":1.5}', ['5 a type']],
    ['half of a surrogate pair', '{"a":"\\ud800"}\n{"a":1,"\\udc00":2}', ['1 a type']],
    ['NUL, escaped and bare', '{"a":"\\u0000"}\n{"a":"\u0000"}', ['1 a type', '2 null json']],
    ['carriage returns', '{"a":1}\r\n\r\n{"a":"x"}\r\n', ['3 a type']],
  ])('%s', async (_, content, expected) => {
    const schema = { properties: { a: { type: 'integer' } }, required: ['a'] };
    const { violations } = await judge('a.jsonl', content, schema);
    expect(violations.map(({ line, column, rule }) => `${line} ${column} ${rule}`)).toEqual(expected);
  });
});

test('CSV cells with line ends, other quotes, and numbers that are none', async () => {
  const schema = { properties: { a: { type: 'number' }, b: { const: "it's" } } };
  const content = "a,b\r\n'1\r\n','it''s'\r\n1e400,'it''s'\r\n1E+2,it's\r\n-0,\ufeffit's\r\n";
  const { violations } = await judge('a.csv', content, schema, { 'csv-options': "quote='" });
  expect(violations.map(({ line, column, rule, value }) => [line, column, rule, value])).toEqual([
    [2, 'a', 'type', '1\r\n'],
    [4, 'a', 'type', '1e400'],
    [6, 'b', 'const', "\ufeffit's"],
  ]);
});

test('a key of a schema that ajv cannot name is a clear error', async () => {
  const schema = { properties: { '\ud800': { enum: [1] } } };
  await expect(judge('a.jsonl', '{}', schema)).rejects.toThrow(
    's.json: a key of the schema holds half of a surrogate',
  );
});

describe('expressions that do not come back', () => {
  const stuck = `${'a'.repeat(40)}!`;
  const url = `http://${':'.repeat(200_000)}!`;
  test.each([
    [
      'pattern',
      { properties: { a: { pattern: '^(a+)+$' } } },
      `{"a":"${stuck}"}`,
      'a.jsonl:2: the pattern ^(a+)+$',
    ],
    [
      'in a list',
      { properties: { a: { items: { pattern: '^(a+)+$' } } } },
      `{"a":["${stuck}"]}`,
      'a.jsonl:2: the pattern ^(a+)+$',
    ],
    [
      'patternProperties',
      { patternProperties: { '^(a+)+$': {} } },
      `{"${stuck}":1}`,
      'a.jsonl:2: the pattern ^(a+)+$',
    ],
    [
      'propertyNames',
      { propertyNames: { pattern: '^(a+)+$' } },
      `{"${stuck}":1}`,
      'a.jsonl:2: the pattern ^(a+)+$',
    ],
    ['format', { properties: { a: { format: 'url' } } }, `{"a":"${url}"}`, 'a.jsonl:2: the format url'],
  ])('%s: stopped, with the line and the expression', async (_, schema, row, message) => {
    const path = join(workspace, 'a.jsonl');
    write('a.jsonl', `{"a":null}\n${row}\n`);
    const text = JSON.stringify(schema);
    const pass = runPass({
      files: [{ path, shown: 'a.jsonl' }],
      format: 'auto',
      csv: {},
      schema: loadSchema(text, 's.json'),
      schemaText: { text, shown: 's.json' },
      pool: new JudgePool(0, 300),
      onFound: () => {},
    });
    await expect(pass).rejects.toThrow(`${message} takes more than 0.3 s on one value`);
  });
});

describe('what data and schemas hold is harmless in every report', () => {
  const control = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;
  const name = 'data ::error::x <b>|@me.jsonl';
  const files = ['summary.md', 'output', 'r.json', 'r.html', 'r.sarif', 'r.junit.xml', 'r.violations.jsonl'];
  const outputs: Record<string, string> = {};
  /** ajv names the parts of a schema by URIs, and half of a surrogate pair cannot stand in one. */
  const wellFormed = hostileTexts.filter((text) => text.isWellFormed());
  let log = '';
  let result: GateResult<DataDetails>;

  beforeEach(async () => {
    if (log !== '') return;
    const row = (offset: number): string =>
      JSON.stringify(Object.fromEntries(hostileTexts.map((text, i) => [text, hostileTexts.at(i - offset)])));
    write(name, `${row(1)}\n${row(2)}\nnot JSON ::error::x\n`);
    const properties = Object.fromEntries(
      wellFormed.map((text, i) => [text, { enum: [wellFormed.at(i - 1)] }]),
    );
    write(
      's.json',
      JSON.stringify({ title: hostileTexts.join(' '), properties, required: ['::error::gone'] }),
    );
    const rules = [
      'matches("<script>alert(1)</script>", /^<img|@org\\/team$/)',
      `holds("a | b | c" <> '::error::x ##[error]y %0A::error::z')`,
      'warn: unique("##[add-mask]x")',
    ].join('\n');
    const env = {
      GITHUB_WORKSPACE: workspace,
      GITHUB_STEP_SUMMARY: join(workspace, 'summary.md'),
      GITHUB_OUTPUT: join(workspace, 'output'),
      'INPUT_DATA-PATH': name,
      'INPUT_SCHEMA-PATH': 's.json',
      INPUT_RULES: rules,
      'INPUT_MAX-ANNOTATIONS': '50',
      'INPUT_RESULT-PATH': 'r.json',
      'INPUT_REPORT-ARTIFACT': '',
    };
    const host = githubHost(env, (text) => {
      log += text;
    });
    expect(await runGate(dataGate, host)).toBe(1);
    for (const file of files) outputs[file] = read(file);
    result = JSON.parse(outputs['r.json'] ?? '') as GateResult<DataDetails>;
  });

  test('the job log has commands of ours alone, and nothing hidden', () => {
    const lines = log.split('\n');
    const commands = lines.filter((line) => /^\s*::/.test(line));
    expect(commands.length).toBeGreaterThan(5);
    for (const line of commands) expect(line).toMatch(/^::(?:error|warning|notice) (?:file=[^:]*,)?.*title=/);
    // A line that is a command is not searched for `##[`: actions/runner, ActionCommandManager.cs.
    expect(lines.filter((line) => !commands.includes(line)).join('\n')).not.toContain('##[');
    for (const line of lines) expect(line).not.toMatch(control);
  });

  test('summary and comment have no tags, links, mentions or structure of data', () => {
    for (const markdown of [outputs['summary.md'] ?? '', renderComment(result, { reportUrl: null })]) {
      expect(markdown).toContain('script');
      // What stands in inline code is shown as it is.
      const text = markdown.replaceAll(/`[^`\n]*`/g, '');
      expect(text).not.toMatch(/<(?:script|img|h1|\/style)|\]\(https:\/\/evil|!\[i\]/);
      expect(text).not.toMatch(/@(?:org|someone)|^# heading|ml-gates:validate-model/m);
      expect(markdown.replaceAll('\n', '')).not.toMatch(control);
    }
  });

  test('the page has no element of data', () => {
    const page = outputs['r.html'] ?? '';
    expect(page).not.toMatch(/<script>alert|<img|onerror=alert\(1\)>|<h1>x/);
    expect(page.replaceAll('\n', '')).not.toMatch(control);
  });

  test('SARIF, JUnit and the violations are what their formats ask for', () => {
    const found = linesOf(outputs['r.violations.jsonl'] ?? '');
    expect(found).toHaveLength(result.predicate.gate.details.violations.total);
    const sarif = JSON.parse(outputs['r.sarif'] ?? '') as { runs: { results: unknown[] }[] };
    expect(sarif.runs[0]?.results).toHaveLength(found.length);
    const junit = readXml(outputs['r.junit.xml'] ?? '');
    expect(junit.elements.filter((element) => element.name === 'testcase').length).toBeGreaterThan(10);
    expect(outputs.output).not.toMatch(/^verdict=/m);
    for (const text of Object.values(outputs)) expect(text.isWellFormed()).toBe(true);
  });
});

test('two runs at once in one workspace have their own files', async () => {
  write('s.json', '{"properties":{"a":{"type":"integer"}}}');
  const one = async (name: string, cell: string): Promise<0 | 1> => {
    write(`${name}.csv`, `a\n${cell}\n`);
    const flags = new Map(
      Object.entries({
        'data-path': `${name}.csv`,
        'schema-path': 's.json',
        'result-path': `out/${name}.json`,
        rules: 'row_count > 0',
        comment: 'never',
      }),
    );
    const quiet = { out: () => {}, err: () => {}, color: false, width: 80, env: {}, given: [] };
    return await runGate(dataGate, terminalHost({ ...quiet, cwd: workspace, flags }));
  };
  expect(await Promise.all([one('good', '1'), one('bad', 'x')])).toEqual([0, 1]);
  expect(linesOf(read('out/bad.violations.jsonl'))).toHaveLength(1);
  expect(read('out/good.violations.jsonl')).toBe('');
  expect(existsSync(join(workspace, 'out/good.html'))).toBe(true);
});

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { dataCatalogue } from '../../action-validate-data/src/rules/index.ts';
import { parseThresholds } from '../../core/gate/index.ts';
import { runDataGate } from '../support/run-data-gate.ts';

/** What action-validate-data/README.md says to type, typed; and what it says to expect. */

const project = resolve(import.meta.dirname, '../..');
const fixtures = join(project, 'test/fixtures/data');
const readme = readFileSync(join(project, 'action-validate-data/README.md'), 'utf8');
const root = mkdtempSync(join(tmpdir(), 'data-readme-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
let runs = 0;
beforeEach(() => {
  runs += 1;
  folder = join(root, String(runs));
  mkdirSync(folder);
});

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** The part under a heading, up to the next heading of any level. */
function section(heading: string): string {
  const start = readme.indexOf(`\n${heading}\n`);
  expect(start, heading).toBeGreaterThan(0);
  const text = readme.slice(start + heading.length + 2);
  return text.split(/^#+ /m)[0] ?? '';
}

function codeIn(heading: string, language = ''): string {
  const code = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(section(heading))?.[1];
  if (code === undefined) throw new Error(`no code under ${heading}`);
  return code;
}

/** Runs a line of the README in the folder, as a shell would. */
function type(line: string) {
  const [npx, command, ...args] = line.trim().split(' ');
  expect([npx, command]).toEqual(['npx', 'ml-gates']);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(project, 'cli/ml-gates.ts'), ...args],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  return { status, stdout, stderr };
}

const infer = codeIn('### A first schema');
const validate = codeIn('## On your own machine');

describe('on your own machine', () => {
  beforeEach(() => {
    mkdirSync(join(folder, 'data'));
    cpSync(join(fixtures, 'orders.csv'), join(folder, 'data/users.csv'));
  });

  test('a first schema is written, the same data pass by it, and it is never overwritten', () => {
    const first = type(infer);
    expect(first.stderr).toBe('schema written: schemas/users.schema.json\n');
    expect(first.stdout).toMatch(/^Data gate passed: 1 check\ninvalid_rows <= 0: all 400 rows are valid\./);
    expect(first.status).toBe(0);
    const schema = readFileSync(join(folder, 'schemas/users.schema.json'), 'utf8');
    expect(JSON.parse(schema)).toMatchObject({ title: 'users', type: 'object' });

    expect(type(validate)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Data gate passed/),
      stderr: '',
    });

    const again = type(infer);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('schema-path: schemas/users.schema.json exists already');
    expect(readFileSync(join(folder, 'schemas/users.schema.json'), 'utf8')).toBe(schema);
  });

  test('the exit code is the verdict', () => {
    mkdirSync(join(folder, 'schemas'));
    cpSync(join(fixtures, 'order.schema.json'), join(folder, 'schemas/users.schema.json'));
    expect(type(validate).status).toBe(0);
    cpSync(join(fixtures, 'orders-broken.csv'), join(folder, 'data/users.csv'));
    const { status, stdout } = type(validate);
    expect(stdout).toMatch(/^Data gate failed: 1 of 1 check\ninvalid_rows <= 0: 15 of 400 rows are invalid/);
    expect(status).toBe(1);
  });

  test('help lists the inputs', () => {
    const line = /`(npx ml-gates \S+ --help)` lists the inputs/.exec(section('## On your own machine'))?.[1];
    const { status, stdout } = type(line ?? '');
    expect(status).toBe(0);
    const inputs = [...section('## Inputs').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name ?? '');
    expect(inputs).toContain('max-invalid-rows');
    for (const name of inputs.filter((each) => each !== 'github-token')) {
      expect(stdout).toContain(`--${name}`);
    }
  });
});

test('the violation that the README shows is the one that such a row gives', async () => {
  const shown = JSON.parse(codeIn('### Violations', 'json')) as Record<string, unknown>;
  const ages = Array.from({ length: 20 }, (_, index) => (index + 1 === shown.row ? shown.value : 30 + index));
  put('data/users.csv', `age\n${ages.join('\n')}\n`);
  put('s.json', '{"properties":{"age":{"type":"integer","minimum":0}}}');
  await runDataGate({ 'data-path': 'data/users.csv', 'schema-path': 's.json' }, folder);
  const [line, ...others] = readFileSync(join(folder, 'result.violations.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(others).toEqual([]);
  const found = JSON.parse(line ?? '') as Record<string, unknown>;
  expect({ ...found, fingerprint: '…' }).toEqual(shown);
  expect(Object.keys(found)).toEqual(Object.keys(shown));
});

test('every rule in the examples reads', () => {
  const blocks = [...readme.matchAll(/^( *)rules: \|\n((?:\1 +\S.*\n)+)/gm)].map(
    ([, , rules]) => rules ?? '',
  );
  expect(blocks.length).toBeGreaterThan(1);
  for (const rules of blocks) {
    const { checks, problems } = parseThresholds(rules, dataCatalogue, { input: 'rules' });
    expect(problems).toEqual([]);
    expect(checks).toHaveLength(rules.trimEnd().split('\n').length);
  }
});

describe('only the files that a pull request changed', () => {
  const steps = parseYaml(codeIn('### Only the files that a pull request changed', 'yaml')) as {
    id?: string;
    run?: string;
  }[];
  const script = steps.find(({ id }) => id === 'changed')?.run ?? '';

  function git(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(
      'git',
      ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
      },
    );
    expect(status, stderr).toBe(0);
    return stdout.trim();
  }

  /** `steps.changed.outputs.files`, as the runner reads it. */
  function changedSince(base: string): string {
    const output = join(folder, '.git/output');
    writeFileSync(output, '');
    // As the runner starts `run:` where no shell is named.
    const { status, stderr } = spawnSync('bash', ['-e', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, BASE: base, GITHUB_OUTPUT: output },
    });
    expect(status, stderr).toBe(0);
    return /^files<<END\n(.*?)\n?END\n$/s.exec(readFileSync(output, 'utf8'))?.[1] ?? 'malformed';
  }

  const row = (id: number): string => `id,name\n${id},a name that is long enough for git to see a rename\n`;

  beforeEach(() => {
    git('init', '--quiet', '--initial-branch', 'main');
    for (const name of ['same', 'edited', 'moved', 'gone']) put(`data/${name}.csv`, row(1));
    put('notes.csv', row(1));
    git('add', '--all');
    git('commit', '--quiet', '--message', 'base');
    git('checkout', '--quiet', '-b', 'change');
  });

  test('new, edited and renamed files are named, whatever they are called; others are not', async () => {
    const base = git('rev-parse', 'main');
    put('data/edited.csv', row(2));
    put('data/new file, ü.csv', row(3));
    put('data/deep/er.csv', row(4));
    put('notes.csv', row(5));
    put('data/readme.md', 'no table');
    renameSync(join(folder, 'data/moved.csv'), join(folder, 'data/renamed.csv'));
    rmSync(join(folder, 'data/gone.csv'));
    git('add', '--all');
    git('commit', '--quiet', '--message', 'change');
    // The base went on meanwhile: what changed there is none of this pull request's.
    git('checkout', '--quiet', 'main');
    put('data/same.csv', row(6));
    git('commit', '--quiet', '--all', '--message', 'meanwhile');
    git('checkout', '--quiet', 'change');

    const files = changedSince(git('rev-parse', 'main'));
    expect(files.split('\n').sort()).toEqual([
      'data/deep/er.csv',
      'data/edited.csv',
      'data/new file, ü.csv',
      'data/renamed.csv',
    ]);
    expect(changedSince(base)).toBe(files);

    const { details } = await runDataGate({ 'data-path': files, rules: 'row_count == 4' }, folder);
    expect(details).toMatchObject({ rows: 4 });
  });

  test('where no data changed the gate is left out', () => {
    put('notes.csv', row(5));
    git('commit', '--quiet', '--all', '--message', 'change');
    expect(changedSince('main')).toBe('');
    expect(steps.at(-1)).toMatchObject({ if: "steps.changed.outputs.files != ''" });
  });
});

describe('troubleshooting', () => {
  const rows = [...section('## Troubleshooting').matchAll(/^\| (.*`.*`.*?) +\| (.*?) +\|$/gm)];
  const messages = rows.map(([, message]) => /`(?:… )?(.*?)`/.exec(message ?? '')?.[1] ?? '');

  const cases: readonly {
    readonly message: string;
    readonly data: string | Buffer;
    readonly schema?: unknown;
    readonly path?: string;
    /** What the advice of the README says to set instead. */
    readonly cure?: Readonly<Record<string, string>>;
  }[] = [
    {
      message: 'is text, an integer is required',
      data: 'a\n1\n 7\n',
      schema: { properties: { a: { type: 'integer' } } },
    },
    { message: 'fields', data: 'id,name\n1,"Doe, John"\n2,Roe, Jane\n' },
    {
      message: 'not UTF-8 text',
      data: Buffer.from('a\nM\xfcller\n', 'latin1'),
      cure: { 'csv-options': 'encoding=windows-1252' },
    },
    { message: 'leads outside the workspace', data: 'a\n', path: '../x.csv' },
    {
      message: 'the pattern … takes more than 2 s',
      data: `a\n${'a'.repeat(40)}!\n`,
      schema: { properties: { a: { pattern: '^(a+)+$' } } },
    },
    { message: 'is a Git LFS pointer', data: 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n' },
    { message: 'the data hold no rows', data: 'a\n' },
  ];

  test('every message of the table has a case here', () => {
    expect(cases.map(({ message }) => message)).toEqual(messages);
  });

  test.each(cases)('$message', async ({ message, data, schema, path, cure }) => {
    put('x.csv', data);
    put('s.json', JSON.stringify(schema ?? {}));
    const inputs = { 'data-path': path ?? 'x.csv', 'schema-path': 's.json' };
    const said = await runDataGate(inputs, folder).then(
      ({ judged, details }) => {
        const found = details.violations.groups.flatMap(({ examples }) => examples);
        return [...judged, ...found]
          .map((each) => ('reason' in each ? each.reason : each.message))
          .join('\n');
      },
      (error: Error) => error.message,
    );
    for (const part of message.split(' … ')) expect(said).toContain(part);
    if (cure === undefined) return;
    for (const ending of ['violations.jsonl', 'sarif', 'junit.xml']) {
      rmSync(join(folder, `result.${ending}`), { force: true });
    }
    expect(await runDataGate({ ...inputs, ...cure }, folder)).toMatchObject({ verdict: 'pass' });
  });
});

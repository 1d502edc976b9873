import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveFiles } from './file-set.ts';

let base = '';
let workspace = '';

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'file-set-test-'));
  workspace = join(base, 'work');
  const files = [
    'a.csv',
    'b[1].csv',
    'notes.md',
    'data/part-10.csv',
    'data/part-2.csv',
    'data/part-1.csv.gz',
    'data/README.md',
    'data/_SUCCESS',
    'data/.part-1.csv.gz.crc',
    'data/.hidden.csv',
    'data/.cache/x.csv',
    'data/deep/er/x.parquet',
    'data/deep/y.jsonl',
    'data/_delta_log/0.json',
    'spark/part-00000',
    'spark/_SUCCESS',
    'spark/LICENSE',
    'docs/index.md',
    'ring/x.csv',
    '../outside/secret.csv',
  ];
  for (const file of files) {
    await mkdir(dirname(join(workspace, file)), { recursive: true });
    await writeFile(join(workspace, file), 'a\n1\n');
  }
  await mkdir(join(workspace, 'links'));
  await mkdir(join(workspace, 'inner'));
  await symlink('../../outside', join(workspace, 'links/folder'));
  await symlink('../../outside/secret.csv', join(workspace, 'links/file.csv'));
  await symlink('../data/deep', join(workspace, 'inner/deep'));
  await symlink('../a.csv', join(workspace, 'inner/again.csv'));
  await symlink('../ring', join(workspace, 'ring/round'));
  await symlink('nowhere.csv', join(workspace, 'broken.csv'));
  await symlink('work', join(base, 'alias'));
});
afterAll(async () => rm(base, { recursive: true, force: true }));

const shown = async (patterns: string[], format: 'auto' | 'csv' | 'jsonl' = 'auto') =>
  (await resolveFiles(patterns, { workspace, format })).files.map((file) => file.shown);

const deep = ['data/deep/er/x.parquet', 'data/deep/y.jsonl'];
const parts = ['data/part-1.csv.gz', 'data/part-2.csv', 'data/part-10.csv'];

describe('the files of', () => {
  it.each<[string, string[], string[]]>([
    ['a path', ['a.csv'], ['a.csv']],
    ['a path from here', ['./data/../a.csv'], ['a.csv']],
    ['a path to a file of no known ending', ['notes.md'], ['notes.md']],
    ['a hidden file by its name', ['data/.hidden.csv'], ['data/.hidden.csv']],
    ['a name that looks like a pattern', ['b[1].csv'], ['b[1].csv']],
    ['a pattern, in natural order', ['data/part-*.csv'], ['data/part-2.csv', 'data/part-10.csv']],
    ['a question mark', ['data/part-?.csv'], ['data/part-2.csv']],
    ['a set', ['data/part-[1-9].*'], ['data/part-1.csv.gz', 'data/part-2.csv']],
    ['a negated set', ['data/part-[!1].*'], ['data/part-2.csv']],
    ['braces', ['data/part-{1,2}.{csv,csv.gz}'], ['data/part-1.csv.gz', 'data/part-2.csv']],
    ['braces over folders', ['{data,data/deep}/*.{jsonl,gz}'], ['data/deep/y.jsonl', 'data/part-1.csv.gz']],
    ['any depth', ['data/**/*.parquet'], ['data/deep/er/x.parquet']],
    ['any depth, none included', ['data/**/part-2.csv'], ['data/part-2.csv']],
    ['a last star: the data files there', ['data/*'], [...deep, ...parts]],
    ['two last stars', ['data/**'], [...deep, ...parts]],
    ['stars over stars: all below', ['data/**/*'], [...deep, ...parts]],
    ['a last star, in folders that are matched', ['*/deep/*'], deep],
    ['a folder', ['data'], [...deep, ...parts]],
    ['a folder with a slash', ['data/'], [...deep, ...parts]],
    ['several lines, each file once', ['a.csv', 'data/deep', 'a.*', 'data/**/y*'], ['a.csv', ...deep]],
    ['a pattern for hidden files', ['data/.h*'], ['data/.hidden.csv']],
    [
      'links inside, each file once',
      ['inner/deep', 'data/deep', 'inner/again.csv'],
      [...deep, 'inner/again.csv'],
    ],
  ])('%s', async (_name, patterns, expected) => {
    expect(await shown(patterns)).toEqual(expected);
  });

  it('links that lead in a circle, once', async () => {
    for (const pattern of ['ring', 'ring/*', 'ring/**/*.csv'])
      expect(await shown([pattern])).toEqual(['ring/x.csv']);
    expect(await shown(['ring/x.csv', 'ring/round/x.csv'])).toEqual(['ring/x.csv']);
  });

  it('a folder, when a format is told: those of that ending, or written as Spark does', async () => {
    expect(await shown(['data'], 'csv')).toEqual(parts);
    expect(await shown(['data'], 'jsonl')).toEqual(['data/deep/y.jsonl']);
    expect(await shown(['spark'], 'csv')).toEqual(['spark/part-00000']);
  });

  it('absolute paths in the workspace, also by way of a link to it', async () => {
    expect(await shown([join(workspace, 'a.csv'), join(workspace, 'data/part-*.csv')])).toEqual([
      'a.csv',
      'data/part-2.csv',
      'data/part-10.csv',
    ]);
    const alias = join(base, 'alias');
    const { files } = await resolveFiles([join(workspace, 'a.csv'), join(alias, 'data/part-2.csv')], {
      workspace: alias,
      format: 'auto',
    });
    expect(files).toEqual([
      { path: join(alias, 'a.csv'), shown: 'a.csv' },
      { path: join(alias, 'data/part-2.csv'), shown: 'data/part-2.csv' },
    ]);
  });

  it('a folder are counted when they are left out', async () => {
    const { notes } = await resolveFiles(['data'], { workspace, format: 'auto' });
    expect(notes).toEqual([
      'files left out of folders: 6 (3 hidden, 2 checksums or markers, 1 of no data format, such as data/README.md)',
    ]);
    expect((await resolveFiles(['a.csv'], { workspace, format: 'auto' })).notes).toEqual([]);
  });
});

describe('a line is refused when it', () => {
  it.each([
    ['names nothing', 'data/part-3.csv', 'data/part-3.csv does not exist; did you mean data/part-2.csv?'],
    [
      'names no folder',
      'dta/part-2.csv',
      'dta/part-2.csv does not exist: there is no dta; did you mean data?',
    ],
    ['matches nothing', 'data/*.cvs', 'no file matches "data/*.cvs"'],
    ['has a pattern in no folder', 'dat/*.csv', 'dat does not exist; did you mean data?'],
    ['is a folder without data', 'docs', 'docs is a folder without data files; files left out of folders: 1'],
    ['leads up', '../outside/secret.csv', '"../outside/secret.csv" leads outside the workspace'],
    ['leads up with a pattern', '../outside/*.csv', 'leads outside the workspace'],
    ['leads up in the middle', 'data/../../outside/secret.csv', 'leads outside the workspace'],
    ['leads up behind a wildcard', 'data/*/../*.csv', 'has .. behind a wildcard'],
    ['leads up in braces', '{data,..}/*.csv', 'has .. behind a wildcard'],
    ['is absolute', '/etc/passwd', '"/etc/passwd" leads outside the workspace'],
    ['is an absolute pattern', '/*', 'leads outside the workspace'],
    ['is a link to a file outside', 'links/file.csv', '"links/file.csv" leads outside the workspace'],
    ['is a link to a folder outside', 'links/folder', 'leads outside the workspace'],
    ['goes through a link outside', 'links/folder/secret.csv', 'leads outside the workspace'],
    ['goes through a link outside with a pattern', 'links/folder/*.csv', 'leads outside the workspace'],
    [
      'meets a link outside',
      'links/*/secret.csv',
      '"links/folder" leads outside the workspace (at "links/*/',
    ],
    ['meets a link outside at any depth', '**/secret.csv', 'leads outside the workspace'],
    ['is a folder with links outside', 'links', 'leads outside the workspace'],
    ['is a broken link', 'broken.csv', 'broken.csv is a symbolic link to nothing'],
    ['is an address', 'https://user:pw@example.org/a.csv', 'is an address; name files'],
    ['holds NUL', 'a\0.csv', 'holds a NUL character'],
    ['spells too much', `${'{a,b}'.repeat(12)}`, 'spells more than 1000 alternatives'],
  ])('%s', async (_name, pattern, message) => {
    await expect(shown([pattern])).rejects.toThrow(message);
    await expect(shown([pattern])).rejects.toMatchObject({ name: 'RunError' });
    await expect(shown([pattern])).rejects.not.toThrow('pw@');
  });
});

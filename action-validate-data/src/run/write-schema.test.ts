import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeSchema } from './write-schema.ts';

let root: string;
let workspace: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'write-schema-'));
  workspace = join(root, 'workspace');
  mkdirSync(workspace);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = async (shown: string) =>
  await writeSchema({ path: join(workspace, shown), shown }, '{}\n', workspace);

test('folders that do not exist yet are made', async () => {
  await write('schemas/v1/users.schema.json');
  expect(readFileSync(join(workspace, 'schemas/v1/users.schema.json'), 'utf8')).toBe('{}\n');
});

test('a workspace that is itself behind a link is no escape', async () => {
  const linked = join(root, 'link');
  symlinkSync(workspace, linked);
  await writeSchema({ path: join(linked, 'a/b.json'), shown: 'a/b.json' }, '{}\n', linked);
  expect(existsSync(join(workspace, 'a/b.json'))).toBe(true);
});

test('a folder that leads outside is refused, and nothing outside is touched', async () => {
  mkdirSync(join(root, 'outside'));
  symlinkSync(join(root, 'outside'), join(workspace, 'schemas'));
  const message = /^schema-path: schemas\/\S+ leads outside the workspace: a symbolic link points to /;
  await expect(write('schemas/a.json')).rejects.toThrow(message);
  await expect(write('schemas/deeper/a.json')).rejects.toThrow(message);
  expect(readdirSync(join(root, 'outside'))).toEqual([]);
});

test('a file that stands there stays as it is, and so does what a dead link points to', async () => {
  writeFileSync(join(workspace, 'a.json'), 'mine');
  await expect(write('a.json')).rejects.toThrow('schema-path: a.json exists already');
  expect(readFileSync(join(workspace, 'a.json'), 'utf8')).toBe('mine');
  symlinkSync(join(root, 'nowhere.json'), join(workspace, 'b.json'));
  await expect(write('b.json')).rejects.toThrow('schema-path: b.json exists already');
  expect(existsSync(join(root, 'nowhere.json'))).toBe(false);
});

test('a file in the place of a folder is named', async () => {
  writeFileSync(join(workspace, 'schemas'), '');
  await expect(write('schemas/a.json')).rejects.toThrow(
    /^schema-path: schemas\/a\.json cannot be written \(E/,
  );
});

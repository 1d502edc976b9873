import {
  existsSync,
  lstatSync,
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
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunError } from '../inputs/index.ts';
import { prepareBeside, removeEarlier, reportPathOf, writeResultFiles } from './result-files.ts';

let root: string;
let workspace: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-gates-files-'));
  workspace = join(root, 'workspace');
  mkdirSync(workspace);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const target = (shown = 'out/gate.json') => ({ resultPath: join(workspace, shown), resultPathShown: shown });
const source = (values: Readonly<Record<string, string>> = {}) => ({
  get: (name: string) => values[name] ?? '',
  workspace,
});
const texts = { result: '{"new":true}\n', report: '<!doctype html>' };

function leave(text: string): void {
  mkdirSync(join(workspace, 'out'), { recursive: true });
  writeFileSync(join(workspace, 'out/gate.json'), text);
  writeFileSync(join(workspace, 'out/gate.html'), text);
}

describe('what an earlier run left', () => {
  test('is removed, document and page', async () => {
    leave('PASSED');
    await removeEarlier(target(), source(), { inputs: ['baseline-path'] });
    expect(readdirSync(join(workspace, 'out'))).toEqual([]);
  });

  test('what the gate wrote beside it goes as well, and nothing else', async () => {
    for (const name of ['gate.sarif', 'gate.csv']) {
      mkdirSync(join(workspace, 'out'), { recursive: true });
      writeFileSync(join(workspace, 'out', name), 'x');
    }
    await removeEarlier(target(), source(), { inputs: [], besides: ['.sarif'] });
    expect(readdirSync(join(workspace, 'out'))).toEqual(['gate.csv']);
  });

  test('stays where an input reads it', async () => {
    leave('PASSED');
    await removeEarlier(target(), source({ 'baseline-path': ' ./out/gate.json ' }), {
      inputs: ['baseline-path'],
    });
    expect(readFileSync(join(workspace, 'out/gate.json'), 'utf8')).toBe('PASSED');
  });

  test('a file beside it that an input reads stays, and the rest goes', async () => {
    leave('PASSED');
    writeFileSync(join(workspace, 'out/gate.schema.json'), '{}');
    writeFileSync(join(workspace, 'out/gate.sarif'), '{}');
    await removeEarlier(target(), source({ 'schema-path': 'other.json\n out/gate.schema.json' }), {
      inputs: ['schema-path'],
      besides: ['.schema.json', '.sarif'],
    });
    expect(readdirSync(join(workspace, 'out'))).toEqual(['gate.schema.json']);
  });

  test('nothing left is no mistake', async () => {
    await removeEarlier(target('a/b/gate.json'), source(), { inputs: [] });
    expect(existsSync(join(workspace, 'a'))).toBe(false);
  });
});

describe('links in a checkout', () => {
  test('a folder that leads outside is refused, and nothing outside is touched', async () => {
    mkdirSync(join(root, 'outside'));
    writeFileSync(join(root, 'outside/gate.json'), 'theirs');
    symlinkSync(join(root, 'outside'), join(workspace, 'out'));
    const message = /^result-path: out\/gate\.json leads outside the workspace: a symbolic link points to /;
    await expect(removeEarlier(target(), source(), { inputs: [] })).rejects.toThrow(message);
    await expect(writeResultFiles(target(), workspace, texts)).rejects.toThrow(RunError);
    await expect(writeResultFiles(target('out/deeper/gate.json'), workspace, texts)).rejects.toThrow(
      RunError,
    );
    expect(readdirSync(join(root, 'outside'))).toEqual(['gate.json']);
    expect(readFileSync(join(root, 'outside/gate.json'), 'utf8')).toBe('theirs');
  });

  test('a file that is a link is replaced, not followed', async () => {
    writeFileSync(join(root, 'theirs'), 'theirs');
    mkdirSync(join(workspace, 'out'));
    symlinkSync(join(root, 'theirs'), join(workspace, 'out/gate.json'));
    await writeResultFiles(target(), workspace, texts);
    expect(readFileSync(join(root, 'theirs'), 'utf8')).toBe('theirs');
    expect(lstatSync(join(workspace, 'out/gate.json')).isSymbolicLink()).toBe(false);
  });

  test('a workspace that is itself behind a link is no escape', async () => {
    symlinkSync(workspace, join(root, 'link'));
    const linked = { resultPath: join(root, 'link/out/gate.json'), resultPathShown: 'out/gate.json' };
    await writeResultFiles(linked, join(root, 'link'), texts);
    expect(readFileSync(join(workspace, 'out/gate.json'), 'utf8')).toBe(texts.result);
  });
});

test('two runs at once leave one whole document and no parts', async () => {
  const other = { result: 'x'.repeat(100_000), report: 'y'.repeat(100_000) };
  await Promise.all([
    writeResultFiles(target(), workspace, texts),
    writeResultFiles(target(), workspace, other),
  ]);
  expect(readdirSync(join(workspace, 'out')).sort()).toEqual(['gate.html', 'gate.json']);
  expect([texts.result, other.result]).toContain(readFileSync(join(workspace, 'out/gate.json'), 'utf8'));
});

test('a place that cannot be written is named, and no part stays', async () => {
  mkdirSync(join(workspace, 'out/gate.json/full'), { recursive: true });
  await expect(writeResultFiles(target(), workspace, texts)).rejects.toThrow(
    /^result-path: out\/gate\.json cannot be written \(E/,
  );
  expect(readdirSync(join(workspace, 'out')).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a file beside the document has its folder made, and may not leave the workspace', async () => {
  expect(await prepareBeside(target('a/b/gate.json'), workspace, '.sarif')).toBe(
    join(workspace, 'a/b/gate.sarif'),
  );
  expect(existsSync(join(workspace, 'a/b'))).toBe(true);
  symlinkSync(root, join(workspace, 'link'));
  await expect(prepareBeside(target('link/gate.json'), workspace, '.sarif')).rejects.toThrow(RunError);
});

test('the page stands beside the document', () => {
  expect(reportPathOf({ resultPath: '/w/a.JSON', resultPathShown: 'a.JSON' })).toBe('/w/a.html');
  expect(reportPathOf({ resultPath: '/w/a', resultPathShown: 'a' })).toBe('/w/a.html');
});

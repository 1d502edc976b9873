/** The lock of training: complete, with digests, and a part of the environment that the tests install anyway. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../../../scripts/tools/process.ts';
import { ensurePython } from '../../../scripts/tools/python.ts';
import { training } from './support.ts';

const tests = resolve(import.meta.dirname, '../../fixtures/python/requirements.lock');
/** As PyPI compares names: PEP 503. */
const normal = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** Version of each package. */
function pinsOf(file: string): Map<string, string> {
  const lines = readFileSync(file, 'utf8').matchAll(/^([A-Za-z0-9._-]+)==([^\s;\\]+)/gm);
  return new Map([...lines].map(([, name = '', version = '']) => [normal(name), version]));
}

test('what training needs is what the tests have, so that one environment serves both', () => {
  const here = pinsOf(join(training, 'requirements.lock'));
  const there = pinsOf(tests);
  expect(here.size).toBeGreaterThan(30);
  // Time zones come with the system, but for Windows.
  here.delete('tzdata');
  expect([...here].filter(([name, version]) => there.get(name) !== version)).toEqual([]);
  for (const [name, version] of pinsOf(join(training, 'requirements.txt')))
    expect(here.get(name), name).toBe(version);
});

test('every package has digests', () => {
  const text = readFileSync(join(training, 'requirements.lock'), 'utf8');
  const entries = text.split(/^(?=[A-Za-z])/m);
  expect(entries).toHaveLength(pinsOf(join(training, 'requirements.lock')).size);
  for (const entry of entries) expect(entry).toMatch(/\\\n {4}--hash=sha256:[0-9a-f]{64}/);
});

test('nothing is missing: what the packages say that they need is in it', async () => {
  const script = [
    'import sys',
    'from importlib.metadata import requires',
    'from packaging.requirements import Requirement',
    'names = sys.argv[1].split(); missing = []',
    'for name in names:',
    '  for line in requires(name) or []:',
    '    need = Requirement(line)',
    '    if need.marker is None or need.marker.evaluate({"extra": ""}): missing.append(need.name)',
    'print("\\n".join(missing))',
  ].join('\n');
  const pins = pinsOf(join(training, 'requirements.lock'));
  pins.delete('tzdata');
  const { python } = await ensurePython();
  const { stdout, code } = await runProcess(python, ['-c', script, [...pins.keys()].join(' ')]);
  expect(code).toBe(0);
  const needed = stdout.split('\n').filter((line) => line !== '');
  expect(needed.length).toBeGreaterThan(50);
  expect(needed.map(normal).filter((name) => !pins.has(name))).toEqual([]);
});

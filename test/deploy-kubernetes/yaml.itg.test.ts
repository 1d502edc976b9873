/** Scalars of YAML are what kubectl takes them for. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseManifests } from '../../core/kubernetes/index.ts';
import { ensureKubernetes } from '../../scripts/tools/kubernetes.ts';
import { runProcess } from '../../scripts/tools/process.ts';

const scalars = [
  ...[
    '0644',
    '644',
    '0o644',
    '0x10',
    '0b11',
    '1_000',
    '0_1',
    '+5',
    '-5',
    '1e3',
    '.5',
    '1.50',
    '1.',
    '08',
    '1.2.3',
  ],
  ...['yes', 'Yes', 'YES', 'no', 'y', 'n', 'on', 'off', 'true', 'True', 'tRue', '~', 'null', 'Null', ''],
  ...['12:30', '1:30:00', '190:20:30.15', '2026-01-02', '2026-01-02T03:04:05Z', '2026-01-02 03:04:05 +1'],
  ...[
    '"yes"',
    "'0644'",
    '!!str 12',
    '!!binary aGk=',
    '|\n    a\n    b\n',
    '>-\n    a\n    b\n',
    '{ <<: { a: 1 }, b: 2 }',
  ],
  ...['=', '"\\u00e9"', '1Gi', '100m', '1e', '0.1.0', '12345678901', '-0'],
];

test('each of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'yaml-'));
  try {
    const fields = scalars.map((scalar, index) => `  k${index}: ${scalar}\n`).join('');
    const text = `apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: a }\nspec:\n${fields}`;
    const path = join(folder, 'thing.yaml');
    await writeFile(path, text);
    const { kubectl } = await ensureKubernetes();
    const env = { PATH: process.env.PATH, HOME: folder };
    const args = ['annotate', '--local', '--filename', path, 'a=b', '--output', 'json'];
    const { stdout, stderr } = await runProcess(kubectl, args, { env, timeoutMs: 60_000 });
    expect(stderr).toBe('');
    const [ours] = parseManifests(text, String);
    const theirs = (JSON.parse(stdout) as { spec: Record<string, unknown> }).spec;
    const spec = (ours?.object.spec ?? {}) as Record<string, unknown>;
    const differing = scalars.flatMap((scalar, index) => {
      const key = `k${index}`;
      return Object.is(spec[key], theirs[key]) || JSON.stringify(spec[key]) === JSON.stringify(theirs[key])
        ? []
        : [`${scalar}: ${JSON.stringify(spec[key])} is ${JSON.stringify(theirs[key])}`];
    });
    expect(differing).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

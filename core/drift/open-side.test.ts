import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSide } from './open-side.ts';
import { profileOf } from './profile/index.ts';
import { sourceOf } from './testing.ts';

const workspace = mkdtempSync(join(tmpdir(), 'open-side-'));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));
const options = { workspace, format: 'auto', csv: {} } as const;

const put = (name: string, text: string): string => {
  writeFileSync(join(workspace, name), text);
  return name;
};

const profile = await profileOf(
  sourceOf({ a: Float64Array.of(1, 2, 2.5) }),
  ['a'],
  [{ name: 't.csv', digest: { sha256: 'a'.repeat(64) } }],
);

test('a JSON file is a profile when it says so, else data', async () => {
  for (const [name, text, kind] of [
    ['profile.json', profile, 'profile'],
    ['data.json', '[{"a":1},{"a":2},{"a":2.5}]', 'data'],
  ] as const) {
    const side = await openSide([put(name, text)], options, true);
    expect([side.source.kind, side.source.rows]).toEqual([kind, 3]);
    await side.close();
  }
});

test('a profile too large is one clear error, not data', async () => {
  const name = put('large.json', profile);
  truncateSync(join(workspace, name), 60_000_000);
  await expect(openSide([name], options, true)).rejects.toThrow(/large\.json: the profile takes 60 MB/);
});

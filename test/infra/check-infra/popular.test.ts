/**
 * Manifests in the style of well-known projects, and whatever else clusters have: nothing of it is a mistake, and nothing is found.
 * Each is large enough that the checks have something to look at.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkInfra } from '../../../check-infra/index.ts';

const folder = join(import.meta.dirname, 'popular');

test.each(readdirSync(folder))('%s', async (name) => {
  const { seen, findings } = await checkInfra(
    { folder: join(folder, name), shown: name, skip: [], matrix: false },
    { env: {}, signal: new AbortController().signal },
  );
  expect(findings).toEqual([]);
  expect(seen[0]).toMatch(/^single files: \d+ objects$/);
});

test('objects of all files are seen, and those of other tools are not', async () => {
  const { seen } = await checkInfra(
    { folder: join(folder, 'patterns'), shown: 'patterns', skip: [], matrix: false },
    { env: {}, signal: new AbortController().signal },
  );
  expect(seen).toEqual(['single files: 8 objects', '1 configuration of Prometheus']);
});

/**
 * Folders with one mistake each: `check-infra/fixtures/<check>/<variant>`. A variant that begins with `bad` holds `expected.txt`,
 * what the checks say of it; one that begins with `good` is free of findings. Some need kubectl.
 */

import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkInfra } from '../../../check-infra/index.ts';

export const fixturesFolder = resolve(import.meta.dirname, '../../../check-infra/fixtures');

export interface Fixture {
  readonly name: string;
  readonly check: string;
  readonly isBad: boolean;
  readonly folder: string;
}

const all: readonly Fixture[] = readdirSync(fixturesFolder).flatMap((check) =>
  readdirSync(join(fixturesFolder, check)).map((variant) => ({
    name: `${check}/${variant}`,
    check,
    isBad: variant.startsWith('bad'),
    folder: join(fixturesFolder, check, variant),
  })),
);

function needsKubectl({ folder }: Fixture): boolean {
  return globSync('**/kustomization.yaml', { cwd: folder }).length > 0;
}

export const plainFixtures = all.filter((one) => !needsKubectl(one));
export const renderedFixtures = all.filter(needsKubectl);

/** Each finding on two lines, the second with what to write instead. */
export async function findingsOf(folder: string): Promise<{ text: string; checks: string[] }> {
  const { findings } = await checkInfra(
    { folder, shown: folder, skip: [], matrix: false },
    { env: process.env, signal: new AbortController().signal },
  );
  const text = findings
    .map(({ check, place, message, mend }) => `${check}: ${place}: ${message}\n    ${mend}\n`)
    .join('');
  return { text, checks: findings.map(({ check }) => check) };
}

export function expectedOf({ folder }: Fixture): string {
  const path = join(folder, 'expected.txt');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

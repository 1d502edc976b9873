/** How kustomizations are built on each other, and what their generators take. */

import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { kustomizationNames, listAt } from '../../core/kubernetes/index.ts';
import type { KustomizationFile, TextFile } from '../infra.ts';
import type { Read } from './parse.ts';

export function isKustomizationFile({ path }: Read): boolean {
  return kustomizationNames.some((name) => name === basename(path));
}

/** Folder of each kustomization to those that it is built on. */
export type Bases = ReadonlyMap<string, readonly string[]>;

export function basesOf(kustomizations: readonly Read[]): Bases {
  return new Map(
    kustomizations.map(({ path, value }) => {
      const folder = dirname(path);
      const named = ['resources', 'bases', 'components'].flatMap((field) => listAt(value ?? {}, field));
      return [folder, named.flatMap((name) => (typeof name === 'string' ? [resolve(folder, name)] : []))];
    }),
  );
}

/** Whether it is applied by itself: nothing is built on it, and it is no part for others. */
export function isApplied({ path, value }: Read, bases: Bases): boolean {
  const folder = dirname(path);
  return value?.kind !== 'Component' && ![...bases.values()].some((named) => named.includes(folder));
}

/** Files that it names anywhere: resources, patches, what its generators and transformers read. */
export function namedIn({ path, value }: Read): string[] {
  const named: string[] = [];
  const visit = (below: unknown): void => {
    if (typeof below === 'string') named.push(resolve(dirname(path), below.slice(below.indexOf('=') + 1)));
    else if (typeof below === 'object' && below !== null) Object.values(below).forEach(visit);
  };
  visit(value);
  return named;
}

/** Its own, or the first of those that it is built on. */
export function reachabilityOf(
  folder: string,
  bases: Bases,
  read: readonly Read[],
  seen: ReadonlySet<string> = new Set(),
): TextFile | null {
  const own = read.find(({ path }) => path === join(folder, 'reachability.yaml'));
  if (own !== undefined) return own;
  if (seen.has(folder)) return null;
  for (const base of bases.get(folder) ?? []) {
    const found = reachabilityOf(base, bases, read, new Set([...seen, folder]));
    if (found !== null) return found;
  }
  return null;
}

export async function withFolders(one: Read): Promise<KustomizationFile> {
  const files = listAt(one.value ?? {}, 'configMapGenerator').flatMap((generator) =>
    listAt(generator, 'files').flatMap((file) => (typeof file === 'string' ? [file] : [])),
  );
  const folders: string[] = [];
  for (const file of files) {
    const path = resolve(dirname(one.path), file.slice(file.indexOf('=') + 1));
    const stats = await stat(path).catch(() => null);
    if (stats?.isDirectory()) folders.push(file);
  }
  return { place: one.place, text: one.text, value: one.value ?? {}, folders };
}

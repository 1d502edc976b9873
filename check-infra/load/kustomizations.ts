/** How kustomizations are built on each other, and what their generators take. */

import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { kustomizationNames, listAt } from '../../core/kubernetes/index.ts';
import type { KustomizationFile, TextFile } from '../infra.ts';
import { parseFile, type Read } from './parse.ts';
import { readSmall, shownIn } from './walk.ts';

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
export function isApplied(one: Read, bases: Bases): boolean {
  const folder = dirname(one.path);
  return !isComponent(one) && ![...bases.values()].some((named) => named.includes(folder));
}

/** Those that no other one reaches, though nothing applies them: they are built on each other, or on themselves. */
export function circular(kustomizations: readonly Read[], bases: Bases): Read[] {
  const reached = new Set<string>();
  const visit = (folder: string): void => {
    if (reached.has(folder)) return;
    reached.add(folder);
    for (const base of bases.get(folder) ?? []) visit(base);
  };
  for (const one of kustomizations) if (isApplied(one, bases)) visit(dirname(one.path));
  return kustomizations.filter((one) => !isComponent(one) && !reached.has(dirname(one.path)));
}

/** A part for others; by itself it is nothing. */
export function isComponent({ value }: Read): boolean {
  return value?.kind === 'Component';
}

/** Components that nothing is built on. */
export function unusedComponents(kustomizations: readonly Read[], bases: Bases): Read[] {
  const used = new Set([...bases.values()].flat());
  return kustomizations.filter((one) => isComponent(one) && !used.has(dirname(one.path)));
}

/**
 * Kustomizations outside of the folder that those in it are built on, with what `reachability.yaml` lies beside them: an overlay that
 * is checked alone is held against its base's.
 */
export async function outerBases(root: string, kustomizations: readonly Read[]): Promise<Read[]> {
  const found: Read[] = [];
  const seen = new Set<string>();
  let next = [...basesOf(kustomizations).values()].flat();
  while (next.length > 0) {
    const read: Read[] = [];
    for (const folder of next) {
      const isInside = folder === root || folder.startsWith(`${root}/`);
      if (isInside || seen.has(folder)) continue;
      seen.add(folder);
      for (const name of [...kustomizationNames, 'reachability.yaml']) {
        const path = join(folder, name);
        const text = await readSmall(root, path).catch(() => null);
        if (text !== null)
          read.push({ path, place: shownIn(root, path), text, ...parseFile('a.yaml', text) });
      }
    }
    found.push(...read);
    next = [...basesOf(read.filter(isKustomizationFile)).values()].flat();
  }
  return found;
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

/** Files that belong to no kustomization and no chart: they are taken as applied together. */

import { basename, dirname } from 'node:path';
import { isUserFacing } from '../../core/inputs/index.ts';
import { type Manifest, parseManifests, textAt } from '../../core/kubernetes/index.ts';
import type { Release, Unreadable } from '../infra.ts';
import { parseFile, type Read } from './parse.ts';

export interface Loose {
  readonly releases: readonly Release[];
  /** Objects that no API server takes, and why. */
  readonly odd: readonly Unreadable[];
}

/** One for each `reachability.yaml`, with what lies beside and below it, and one for the rest. */
export function looseReleases(files: readonly Read[], shown: (folder: string) => string): Loose {
  const expectations = files
    .filter(({ path }) => basename(path) === 'reachability.yaml')
    .sort((a, b) => dirname(b.path).length - dirname(a.path).length);
  const apart = environmentsOf(files);
  const groupOf = ({ path }: Read): string =>
    expectations.map((one) => dirname(one.path)).find((folder) => path.startsWith(`${folder}/`)) ??
    apart.find((folder) => path.startsWith(`${folder}/`)) ??
    '';
  const groups = Map.groupBy(files, groupOf);
  const odd = files.flatMap((file) =>
    file.odd.map(({ line, why }) => ({ place: `${file.place}:${line}`, why })),
  );
  const releases = [...groups].flatMap(([group, own]) => {
    const reachability = expectations.find(({ path }) => dirname(path) === group);
    const manifests = own.flatMap((file) => manifestsOf(file, odd));
    if (manifests.length === 0) return [];
    const folder = group === '' ? '.' : shown(group);
    const place = folder === '.' ? 'single files' : `single files of ${folder}`;
    return [{ place, manifests, reachability: reachability ?? null }];
  });
  return { releases, odd };
}

/**
 * Folders that are not applied together: the same object of no namespace is in both, as in `dev/` and `prod/`. The deepest ones
 * first.
 */
function environmentsOf(files: readonly Read[]): string[] {
  const seen = new Map<string, string>();
  const found = new Set<string>();
  for (const file of files) {
    for (const { text } of file.manifests) {
      const { value } = parseFile('a.yaml', text);
      if (value === null || textAt(value, 'metadata', 'namespace') !== '') continue;
      const key = `${textAt(value, 'kind')} ${textAt(value, 'metadata', 'name')}`;
      const before = seen.get(key);
      if (before === undefined) seen.set(key, file.path);
      else for (const folder of partingOf(before, file.path)) found.add(folder);
    }
  }
  return [...found].sort((a, b) => b.length - a.length);
}

/** Where the ways to two files part: `…/dev` and `…/prod`. Empty where one lies in the folder of the other, or above it. */
function partingOf(a: string, b: string): string[] {
  const [one, other] = [dirname(a).split('/'), dirname(b).split('/')];
  const at = one.findIndex((part, index) => part !== other[index]);
  if (at < 0 || other[at] === undefined) return [];
  return [one, other].map((parts) => parts.slice(0, at + 1).join('/'));
}

/** What it cannot read goes to `odd`: `name: no` is a text here, and none for kubectl, which reads YAML 1.1. */
function manifestsOf({ place, manifests }: Read, odd: Unreadable[]): Manifest[] {
  return manifests.flatMap(({ text, line: before }) => {
    try {
      return parseManifests(text, (line) => `${place}:${before + line}`);
    } catch (error) {
      if (!isUserFacing(error)) throw error;
      const [, at = place, why = error.message] = /^(.*?:\d+):? (.*)$/s.exec(error.message) ?? [];
      const isName = /has no metadata\.name that is a text/.test(why);
      odd.push({
        place: at,
        why: isName
          ? `${why.replace(/ has no metadata.*/s, '')} has a name that kubectl reads as ${/"(\w+)"$/.exec(why)?.[1] ?? 'something else'}, since words as no, on and 1 are no texts without quotes`
          : why,
      });
      return [];
    }
  });
}

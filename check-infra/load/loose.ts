/** Files that belong to no kustomization and no chart: they are taken as applied together. */

import { basename, dirname } from 'node:path';
import { isUserFacing } from '../../core/inputs/index.ts';
import { type Manifest, parseManifests } from '../../core/kubernetes/index.ts';
import type { Release, Unreadable } from '../infra.ts';
import type { Read } from './parse.ts';

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
  const groups = Map.groupBy(files, ({ path }) =>
    expectations.find((one) => path.startsWith(`${dirname(one.path)}/`)),
  );
  const odd = files.flatMap((file) =>
    file.odd.map(({ line, why }) => ({ place: `${file.place}:${line}`, why })),
  );
  const releases = [...groups].flatMap(([reachability, own]) => {
    const manifests = own.flatMap((file) => manifestsOf(file, odd));
    if (manifests.length === 0) return [];
    const folder = reachability === undefined ? '.' : shown(dirname(reachability.path));
    const place = folder === '.' ? 'single files' : `single files of ${folder}`;
    return [{ place, manifests, reachability: reachability ?? null }];
  });
  return { releases, odd };
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

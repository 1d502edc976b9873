/** Files that belong to no kustomization and no chart: they are taken as applied together. */

import { basename, dirname } from 'node:path';
import { parseManifests } from '../../core/kubernetes/index.ts';
import type { Release } from '../infra.ts';
import type { Read } from './parse.ts';

/** One for each `reachability.yaml`, with what lies beside and below it, and one for the rest. */
export function looseReleases(files: readonly Read[], shown: (folder: string) => string): Release[] {
  const expectations = files
    .filter(({ path }) => basename(path) === 'reachability.yaml')
    .sort((a, b) => dirname(b.path).length - dirname(a.path).length);
  const groups = Map.groupBy(files, ({ path }) =>
    expectations.find((one) => path.startsWith(`${dirname(one.path)}/`)),
  );
  return [...groups].flatMap(([reachability, own]) => {
    const manifests = own
      .flatMap((file) => file.manifests.map((document) => ({ ...document, file })))
      .flatMap(({ text, line: before, file }) =>
        parseManifests(text, (line) => `${file.place}:${before + line}`),
      );
    if (manifests.length === 0) return [];
    const folder = reachability === undefined ? '.' : shown(dirname(reachability.path));
    const place = folder === '.' ? 'single files' : `single files of ${folder}`;
    return [{ place, manifests, reachability: reachability ?? null }];
  });
}

/** Rules, dashboards and configurations of Prometheus: those in files, and those within objects that no file has. */

import { basename } from 'node:path';
import { type KubeObject, objectAt } from '../../core/kubernetes/index.ts';
import type { DashboardFile, Infra, ParsedFile, Release, ScrapeFile } from '../infra.ts';
import { dashboardTexts, rulesWithin } from './monitoring.ts';
import { type Parsed, parseFile, type Read } from './parse.ts';

export type Configuration = Pick<Infra, 'rules' | 'dashboards' | 'scrapes' | 'contracts'>;

export function configurationOf(releases: readonly Release[], files: readonly Read[]): Configuration {
  const texts = new Set(files.map(({ text }) => text.trim()));
  const rules: ParsedFile[] = [];
  const dashboards: DashboardFile[] = [];
  const scrapes: ScrapeFile[] = [];
  const contracts: ParsedFile[] = [];
  const sort = (place: string, text: string, { is, value }: Parsed, release: Release | null): void => {
    const one = { place, text, value: value ?? {} };
    if (is === 'rules') rules.push(one);
    if (is === 'dashboard') dashboards.push({ ...one, release });
    if (is === 'contract') contracts.push(one);
    if (is === 'scrapes') scrapes.push({ ...one, release });
  };
  const inConfigMaps = new Set<string>();
  /** Of files that a ConfigMap has as well. */
  const holders = new Map<string, Release>();
  for (const release of releases) {
    for (const [place, key, text] of configTexts(release)) {
      const parsed = parseFile(key, text);
      // What a file holds too is told under the file's name, but for targets, which are among the release's Services.
      if (!holders.has(text.trim())) holders.set(text.trim(), release);
      if (parsed.is === 'scrapes') inConfigMaps.add(text.trim());
      else if (texts.has(text.trim())) continue;
      // Overlays of one base hold the same.
      else texts.add(text.trim());
      sort(place, text, parsed, release);
    }
  }
  for (const one of files) {
    const isKnown = one.is === 'scrapes' && inConfigMaps.has(one.text.trim());
    const holder = one.is === 'dashboard' ? holders.get(one.text.trim()) : undefined;
    if (!isKnown) sort(one.place, one.text, one, holder ?? null);
    if (one.is === 'other' && one.value !== null) rules.push(...rulesWithin(one.place, one.text, one.value));
  }
  return { rules, dashboards, scrapes, contracts };
}

function configTexts({ manifests }: Release): [string, string, string][] {
  const mounted = manifests
    .filter(({ object }) => ['ConfigMap', 'Secret'].includes(object.kind) && object.apiVersion === 'v1')
    .flatMap(({ object, place }) =>
      filesOf(object).map(([key, text]): [string, string, string] => [
        `${place}: ${object.kind}/${object.metadata.name}, ${key}`,
        key,
        text,
      ]),
    );
  return [...mounted, ...manifests.flatMap(dashboardTexts)];
}

/** A configuration with a password in it is kept in a Secret, whose `data` are base64. */
function filesOf(object: KubeObject): [string, string][] {
  const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';
  const data = Object.entries(objectAt(object, 'data')).filter(isText);
  if (object.kind === 'ConfigMap') return data;
  return [
    ...data.map(([key, text]): [string, string] => [key, Buffer.from(text, 'base64').toString()]),
    ...Object.entries(objectAt(object, 'stringData')).filter(isText),
  ];
}

/** The names under which Docker Compose lets containers find each other. */
export function composeServicesOf(files: readonly Read[]): Set<string> {
  return new Set(
    files
      .filter(({ path }) => /^(?:docker-)?compose\b.*\.ya?ml$/.test(basename(path)))
      .flatMap(({ value }) => Object.keys(objectAt(value ?? {}, 'services'))),
  );
}

/** What differs between two task definitions, for people to read. Values that may be secret are never shown. */

import { shorten } from '../../../core/report/index.ts';
import type { Change } from '../types.ts';
import { canonical } from './canonical.ts';
import { isObject, type Json, type JsonObject, textIn } from './json.ts';

/** Longest value that is shown, in characters. */
const longest = 160;
/** More differences are counted, not listed. */
const most = 100;

/** Lists whose entries have a name, so that a place can be said by it. */
const keys: Readonly<Record<string, string>> = {
  containerDefinitions: 'name',
  environment: 'name',
  secrets: 'name',
  volumes: 'name',
  mountPoints: 'sourceVolume',
  secretOptions: 'name',
  ulimits: 'name',
  portMappings: 'containerPort',
  dependsOn: 'containerName',
  tags: 'key',
};

/** Names under which people keep passwords; the places of secrets in AWS are no secrets. */
const secretName = /pass|secret|token|credential|api.?key|private/i;
const placeOfSecret = /(?:^|[.\]])(?:valueFrom|credentialsParameter)$/;

export function differences(from: JsonObject, to: JsonObject): readonly Change[] {
  const found: Change[] = [];
  compare('', canonical(from), canonical(to), found);
  if (found.length <= most) return found;
  const more = found.length - most;
  return [...found.slice(0, most), { place: `and ${more} more`, from: null, to: null }];
}

function compare(place: string, from: Json | undefined, to: Json | undefined, found: Change[]): void {
  if (from !== undefined && to !== undefined) {
    if (isObject(from) && isObject(to)) {
      for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
        compare(place === '' ? name : `${place}.${name}`, from[name], to[name], found);
      }
      return;
    }
    if (JSON.stringify(from) === JSON.stringify(to)) return;
  }
  const key = keys[/([A-Za-z]+)$/.exec(place)?.[1] ?? ''];
  const entries = key === undefined ? null : byName(key, from, to);
  if (entries === null) {
    found.push(change(place, from, to));
    return;
  }
  for (const [name, [before, after]] of entries) compare(`${place}[${name}]`, before, after, found);
}

type Pair = [Json | undefined, Json | undefined];

/** Null: not every entry has a name of its own. */
function byName(key: string, from: Json | undefined, to: Json | undefined): Map<string, Pair> | null {
  const pairs = new Map<string, Pair>();
  for (const [side, list] of [from, to].entries()) {
    if (list === undefined) continue;
    if (!Array.isArray(list)) return null;
    for (const entry of list) {
      const name = isObject(entry) ? entry[key] : undefined;
      if (typeof name !== 'string' && typeof name !== 'number') return null;
      const pair: Pair = pairs.get(String(name)) ?? [undefined, undefined];
      if (pair[side] !== undefined) return null;
      pair[side] = entry;
      pairs.set(String(name), pair);
    }
  }
  return pairs;
}

function change(place: string, from: Json | undefined, to: Json | undefined): Change {
  // A variable as a whole, or its value: neither says what it holds.
  const variable = /^(.*\.environment\[[^\]]*\])(?:\.value)?$/s.exec(place)?.[1];
  if (variable !== undefined) return hidden(variable, from, to);
  if (secretName.test(lastName(place)) && !placeOfSecret.test(place)) return hidden(place, from, to);
  return { place, from: shown(from), to: shown(to) };
}

function lastName(place: string): string {
  return place.slice(place.lastIndexOf('.') + 1);
}

function hidden(place: string, from: Json | undefined, to: Json | undefined): Change {
  const both = from !== undefined && to !== undefined;
  return {
    place,
    from: from === undefined ? null : '(not shown)',
    to: to === undefined ? null : both ? '(changed)' : '(set)',
  };
}

function shown(value: Json | undefined): string | null {
  if (value === undefined) return null;
  return shorten(typeof value === 'string' ? value : JSON.stringify(masked(value)), longest);
}

/** What was added or removed as a whole is shown without the values inside that may be secret. */
function masked(value: Json): Json {
  if (Array.isArray(value)) return value.map(masked);
  if (!isObject(value)) return value;
  const isVariable = textIn(value, 'name') !== null && 'value' in value && Object.keys(value).length === 2;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const secret = (isVariable && name === 'value') || (secretName.test(name) && typeof each === 'string');
      return [name, secret ? '(not shown)' : masked(each)];
    }),
  );
}

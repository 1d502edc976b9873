/**
 * The platform's own policies, as kubectl renders them: what reachability.yaml lists is admitted and nothing else, and no rule of
 * any policy can be taken away or widened without a finding.
 */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checks, type Infra, type Release } from '../../../check-infra/index.ts';
import { loadInfra } from '../../../check-infra/load/index.ts';
import { matricesOf } from '../../../check-infra/matrices.ts';
import { matrixText } from '../../../check-infra/reachability/index.ts';
import { type Json, type JsonObject, listAt, objectAt } from '../../../core/kubernetes/index.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = join(root, 'reference-infra/kubernetes');
let infra: Infra;
let production: Release;

beforeAll(async () => {
  const signal = new AbortController().signal;
  ({ infra } = await loadInfra(folder, 'reference-infra/kubernetes', { env: process.env, signal }));
  const found = infra.releases.find(({ place }) => place === 'overlays/production');
  if (found === undefined) throw new Error('no overlay for production');
  production = found;
});

/** Messages of the two checks that hold policies against reachability.yaml. */
function judged(release: Release): { blocked: string[]; open: string[] } {
  const run = (name: string): string[] =>
    checks
      .filter((check) => check.name === name)
      .flatMap((check) => check.run({ ...infra, releases: [release] }))
      .map(({ message }) => message);
  return { blocked: run('flow-blocked'), open: run('flow-open') };
}

interface Place {
  readonly policy: string;
  readonly direction: 'ingress' | 'egress';
  readonly index: number;
}

function rulesIn(release: Release): Place[] {
  return policiesOf(release).flatMap(({ name, spec }) =>
    (['ingress', 'egress'] as const).flatMap((direction) =>
      listAt(spec, direction).map((_, index) => ({ policy: name, direction, index })),
    ),
  );
}

function policiesOf({ manifests }: Release): { name: string; spec: JsonObject }[] {
  return manifests
    .filter(({ object }) => object.kind === 'NetworkPolicy')
    .map(({ object }) => ({ name: object.metadata.name, spec: objectAt(object, 'spec') }));
}

/** The release with one rule changed; `change` gives what stands there instead. */
function changed(release: Release, { policy, direction, index }: Place, change: (rule: Json) => Json[]) {
  const manifests = release.manifests.map((manifest) => {
    const { object } = manifest;
    if (object.kind !== 'NetworkPolicy' || object.metadata.name !== policy) return manifest;
    const spec = objectAt(object, 'spec');
    const rules = listAt(spec, direction).flatMap((rule, at) => (at === index ? change(rule) : [rule]));
    return { ...manifest, object: { ...object, spec: { ...spec, [direction]: rules } } };
  });
  return { ...release, manifests };
}

const without = (rule: Json, field: string): Json => {
  const { [field]: _, ...rest } = rule as JsonObject;
  return rest;
};

test('the overlays have no findings', () => {
  expect(infra.releases.map(({ place }) => place)).toEqual(
    expect.arrayContaining(['overlays/production', 'overlays/staging']),
  );
  expect(checks.flatMap((check) => check.run(infra))).toEqual([]);
});

test('there is something to change', () => {
  expect(rulesIn(production).length).toBeGreaterThanOrEqual(12);
});

describe('each rule of each policy', () => {
  test('taken away, blocks a flow, and the finding names the policy', () => {
    for (const place of rulesIn(production)) {
      const { blocked } = judged(changed(production, place, () => []));
      const name = `${place.policy} ${place.direction} ${place.index}`;
      expect(blocked, name).not.toEqual([]);
      expect(blocked.join('\n'), name).toMatch(new RegExp(`isolates? .* for ${place.direction}`));
    }
  });

  test('with any of its peers taken away, blocks a flow', () => {
    for (const place of rulesIn(production)) {
      const field = place.direction === 'ingress' ? 'from' : 'to';
      const spec = policiesOf(production).find(({ name }) => name === place.policy)?.spec ?? {};
      const peers = listAt(listAt(spec, place.direction)[place.index], field);
      for (const index of peers.keys()) {
        if (peers.length < 2) continue;
        const rest = peers.filter((_, at) => at !== index);
        const { blocked } = judged(
          changed(production, place, (rule) => [{ ...(rule as JsonObject), [field]: rest }]),
        );
        expect(blocked, `${place.policy} ${place.direction} ${place.index} peer ${index}`).not.toEqual([]);
      }
    }
  });

  test('without its ports, or without its peers, is open', () => {
    for (const place of rulesIn(production)) {
      for (const field of ['ports', place.direction === 'ingress' ? 'from' : 'to']) {
        const { open } = judged(changed(production, place, (rule) => [without(rule, field)]));
        expect(open.join('\n'), `${place.policy} ${place.direction} ${place.index} ${field}`).toContain(
          `NetworkPolicy ml-platform/${place.policy}, ${place.direction} rule ${place.index + 1} admits it`,
        );
      }
    }
  });

  test('with any part of a peer left out, is open', () => {
    let tried = 0;
    for (const place of rulesIn(production)) {
      const field = place.direction === 'ingress' ? 'from' : 'to';
      const spec = policiesOf(production).find(({ name }) => name === place.policy)?.spec ?? {};
      const peers = listAt(listAt(spec, place.direction)[place.index], field) as readonly JsonObject[];
      peers.forEach((peer, at) => {
        for (const part of Object.keys(peer)) {
          // All pods of the namespaces; pods of all namespaces; all addresses.
          const wide: JsonObject =
            part === 'ipBlock' ? { ipBlock: { cidr: '0.0.0.0/0' } } : { ...peer, [part]: {} };
          const wider = peers.map((one, index) => (index === at ? wide : one));
          const { open } = judged(
            changed(production, place, (rule) => [{ ...(rule as JsonObject), [field]: wider }]),
          );
          expect(open, `${place.policy} ${place.direction} ${place.index}: ${part}`).not.toEqual([]);
          tried += 1;
        }
      });
    }
    expect(tried).toBeGreaterThan(20);
  });

  test('a policy that is taken away as a whole leaves its pods shut, but for the one that shuts them', () => {
    for (const { name } of policiesOf(production)) {
      const manifests = production.manifests.filter(
        ({ object }) => object.kind !== 'NetworkPolicy' || object.metadata.name !== name,
      );
      const { blocked, open } = judged({ ...production, manifests });
      if (name === 'default-deny') continue;
      expect([...blocked, ...open], name).not.toEqual([]);
    }
  });
});

describe('a rule that is added', () => {
  /** The release with one more rule of ml-api's policy. */
  const opened = (direction: 'ingress' | 'egress', rule: Json): string => {
    const place: Place = { policy: 'ml-api', direction, index: 0 };
    return judged(changed(production, place, (first) => [first, rule])).open.join('\n');
  };
  const world = [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }];
  test.each<[string, JsonObject, string]>([
    ['SSH to the world', { to: world, ports: [{ port: 22 }] }, 'internet'],
    ['a range of ports', { to: world, ports: [{ port: 8443, endPort: 8999 }] }, '8443, 8999'],
    ['the world by IPv6', { to: [{ ipBlock: { cidr: '::/0' } }] }, 'the internet by IPv6'],
    ['somebody’s network', { to: [{ ipBlock: { cidr: '8.8.8.0/24' } }] }, '8.8.8.0/24'],
    ['a peer’s network', { to: [{ ipBlock: { cidr: '10.64.0.0/16' } }] }, '10.64.0.0/16'],
    ['the metadata service', { to: [{ ipBlock: { cidr: '169.254.169.254/32' } }] }, '169.254.169.254'],
    ['HTTP/3 to the world', { to: world, ports: [{ port: 443, protocol: 'UDP' }] }, '443/UDP'],
    ['all of SCTP', { to: world, ports: [{ protocol: 'SCTP' }] }, 'other ports of SCTP'],
    ['one more port of the registry', { to: podsWith({ app: 'x' }), ports: [{ port: 5000 }] }, 'app=x'],
  ])('egress, %s', (_, rule, word) => {
    expect(opened('egress', rule)).toContain(word);
  });
  test.each<[string, JsonObject, string]>([
    ['one more port, from everybody', { ports: [{ port: 8080 }] }, 'open on 8080 to'],
    [
      'a namespace',
      { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'team-x' } } }] },
      'team-x',
    ],
    ['a label', { from: podsWith({ tier: 'front' }) }, 'tier=front'],
    [
      'whoever has a label',
      { from: [{ podSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } }] },
      'a pod with team=any-value',
    ],
    ['a network', { from: [{ ipBlock: { cidr: '10.200.0.0/16' } }] }, '10.200.0.0/16'],
  ])('ingress, %s', (_, rule, word) => {
    expect(opened('ingress', rule)).toContain(word);
  });
});

function podsWith(labels: Readonly<Record<string, string>>): Json {
  return [{ podSelector: { matchLabels: labels } }];
}

test('the matrix in the README is that of the base', () => {
  const [first] = matricesOf({ ...infra, releases: [production] });
  if (first === undefined) throw new Error('no matrix');
  const readme = readFileSync(join(root, 'reference-infra/security/kubernetes/README.md'), 'utf8');
  const shown = readme.match(/<!-- begin:matrix -->\n+```\n([\s\S]*?)\n```/)?.[1];
  expect(shown).toBe(matrixText(first.matrix));
});

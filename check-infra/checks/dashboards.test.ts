/** What Grafana's provisioning does not take, and the words for it. */

import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import type { Check, Infra, ParsedFile } from '../infra.ts';
import { notJson, overlappingPanels, sameUid, wrapped } from './dashboards.ts';

function findings(check: Check, ...dashboards: readonly ParsedFile[]): [place: string, message: string][] {
  const infra: Infra = {
    releases: [],
    kustomizations: [],
    rules: [],
    dashboards,
    scrapes: [],
    contracts: [],
    policies: [],
    terraform: [],
    plans: [],
    composeServices: new Set(),
    broken: [],
    unrendered: [],
    unusedReachability: [],
  };
  return check.run(infra).map(({ place, message }) => [place, message]);
}

function file(place: string, value: JsonObject): ParsedFile {
  return { place, value, text: JSON.stringify(value) };
}

test('a comment is named by its line', () => {
  const text = '{\n  // the latency\n  "panels": [], "schemaVersion": 41\n}';
  expect(findings(notJson, { place: 'a.json', text, value: {} })).toEqual([
    ['a.json', 'line 2 is a comment, and JSON has none: Grafana leaves the dashboard out'],
  ]);
  const [[, other] = ['', '']] = findings(notJson, { place: 'a.json', text: '{"panels": [],}', value: {} });
  expect(other).toMatch(/it is no JSON \(.+\): Grafana leaves the dashboard out/);
  expect(findings(notJson, file('a.json', { panels: [] }))).toEqual([]);
});

test('what is for the API is no file', () => {
  const inner = { title: 'A', panels: [] };
  expect(findings(wrapped, file('a.json', { dashboard: inner }))[0]?.[1]).toContain('{"dashboard": …}');
  expect(findings(wrapped, file('a.json', inner))).toEqual([]);
});

test('two of one uid', () => {
  const of = (place: string, uid: string): ParsedFile => file(place, { uid, panels: [] });
  expect(findings(sameUid, of('a.json', 'x'), of('b.json', 'x'), of('c.json', 'y'))).toEqual([
    ['b.json', 'the uid x is that of a.json, too: Grafana shows one of them, now this, now that'],
  ]);
  expect(findings(sameUid, file('a.json', { panels: [] }), file('b.json', { panels: [] }))).toEqual([]);
});

test('panels that lie over each other or beyond the grid', () => {
  const panel = (title: string, x: number, y: number, w: number, h: number): JsonObject => ({
    title,
    gridPos: { x, y, w, h },
  });
  const of = (...panels: readonly JsonObject[]): ParsedFile => file('a.json', { panels });
  expect(
    findings(
      overlappingPanels,
      of(panel('A', 0, 0, 12, 8), panel('B', 12, 0, 12, 8), panel('C', 0, 8, 24, 1)),
    ),
  ).toEqual([]);
  expect(findings(overlappingPanels, of(panel('A', 0, 0, 13, 8), panel('B', 12, 7, 13, 8)))).toEqual([
    ['a.json', 'the panel B ends at column 25'],
    ['a.json', 'the panels A and B lie over each other'],
  ]);
});

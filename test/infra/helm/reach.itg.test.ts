/**
 * What check-infra says of the chart with parts of it switched off: nothing points at what is not there, and the simulator finds
 * that pods reach what is left of the base's expectations, and nothing else.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { checkInfra, type Report } from '../../../check-infra/index.ts';
import type { JsonObject } from '../../../core/kubernetes/index.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';
import { manifests } from '../kubernetes/support.ts';
import { renderValues } from './support.ts';

interface Reach {
  readonly from: string | readonly string[];
  readonly to: string;
  readonly port: number | string;
  readonly why: string;
}

/** The base's expectations without those that `gone` says are none any more. */
async function expectationsWithout(gone: (from: string, to: string) => boolean): Promise<string> {
  const file = parse(await readFile(join(manifests, 'base/reachability.yaml'), 'utf8'));
  const reach = (file.reach as readonly Reach[]).flatMap((one) => {
    const from = [one.from].flat().filter((name) => !gone(name, one.to));
    return from.length === 0 ? [] : [{ ...one, from }];
  });
  return stringify({ ...file, reach }, { aliasDuplicateObjects: false });
}

async function check(values: JsonObject, expectations: string): Promise<Report> {
  const folder = scratchFolder();
  const objects = Object.values(await renderValues(values));
  await writeFile(join(folder, 'rendered.yaml'), objects.map((object) => stringify(object)).join('---\n'));
  await writeFile(join(folder, 'reachability.yaml'), expectations);
  const wanted = { folder, shown: 'rendered', skip: [], matrix: true };
  return await checkInfra(wanted, { env: {}, signal: new AbortController().signal });
}

const off = { enabled: false };
const isPart =
  (...parts: readonly string[]) =>
  (from: string, to: string): boolean =>
    parts.some((part) => to === part || from.endsWith(`/${part}`));

test.each<[string, JsonObject, (from: string, to: string) => boolean]>([
  ['everything', {}, () => false],
  ['no Alertmanager', { alertmanager: off }, isPart('alertmanager')],
  ['no Grafana', { grafana: off }, isPart('grafana')],
  ['no Pushgateway', { pushgateway: off }, isPart('pushgateway')],
  ['no cost exporter', { costExporter: off }, isPart('cost-exporter')],
  [
    'no monitoring',
    { prometheus: off, alertmanager: off, grafana: off, pushgateway: off, costExporter: off },
    isPart('prometheus', 'alertmanager', 'grafana', 'pushgateway', 'cost-exporter'),
  ],
  ['no registry', { networkPolicies: { mlflow: off } }, isPart('mlflow')],
  ['no database', { networkPolicies: { database: { cidr: '' } } }, isPart('database')],
  ['no ingress', { ingress: off }, (from, to) => from === 'ingress-controller' && to === 'ml-api'],
  ['a fixed number of pods, and no pipeline', { autoscaling: off, replicas: 2, deployers: off }, () => false],
])('with %s there is nothing to find', async (_, values, gone) => {
  const { findings, matrices } = await check(values, await expectationsWithout(gone));
  expect(findings).toEqual([]);
  expect(matrices).toHaveLength(1);
});

test('a range that is opened too far is found', async () => {
  const expectations = await expectationsWithout(() => false);
  const { findings } = await check(
    { networkPolicies: { database: { cidr: '10.0.192.0/21' } } },
    expectations,
  );
  expect(findings.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^api-server is open on 5432 to ml-platform\/Deployment\/ml-api, which nothing asks for/,
    ),
  ]);
});

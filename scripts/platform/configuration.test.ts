/** What the platform changes in the repository's configurations, and that it changes nothing else. */

import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { atOnce, waitingFor, writeAlertmanager, writePrometheus } from './configuration.ts';

const monitoring = resolve(import.meta.dirname, '../../reference-infra/monitoring');
// biome-ignore lint/suspicious/noExplicitAny: configurations are looked into at many places.
const read = (path: string): any => parse(readFileSync(path, 'utf8'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const addresses = { 'ml-api': '127.0.0.1:1', pushgateway: '127.0.0.1:2', alertmanager: '127.0.0.1:3' };

test('rules are the same but for how long alerts wait', () => {
  writePrometheus(folder, { addresses, interval: '1s', rules: waitingFor('7s') });
  const files = globSync(join(monitoring, 'rules/*.yml'));
  expect(files.length).toBeGreaterThan(3);
  let waiting = 0;
  for (const path of files) {
    const [given, written] = [read(path), read(join(folder, 'rules', basename(path)))];
    for (const { rules } of given.groups) {
      for (const rule of rules) {
        if (rule.for === undefined) continue;
        rule.for = '7s';
        waiting += 1;
      }
    }
    expect(written).toEqual(given);
  }
  expect(waiting).toBeGreaterThan(5);
});

test('what runs is scraped under the name of its job, and what does not run is left out', () => {
  const written = read(writePrometheus(folder, { addresses, interval: '1s', rules: null }));
  expect(written.scrape_configs).toEqual([
    { job_name: 'ml-api', static_configs: [{ targets: ['127.0.0.1:1'] }] },
    { job_name: 'alertmanager', static_configs: [{ targets: ['127.0.0.1:3'] }] },
    { job_name: 'pushgateway', honor_labels: true, static_configs: [{ targets: ['127.0.0.1:2'] }] },
  ]);
  expect(written.alerting.alertmanagers).toEqual([{ static_configs: [{ targets: ['127.0.0.1:3'] }] }]);
  expect(written.rule_files).toEqual([]);
  expect(written.global).toMatchObject({ scrape_interval: '1s', evaluation_interval: '1s' });
});

test('alerts go the same ways, at once, to one receiver under the names of all', () => {
  const written = read(writeAlertmanager(folder, 'http://127.0.0.1:4', atOnce));
  const given = read(join(monitoring, 'alertmanager/alertmanager.yml'));
  expect(written.inhibit_rules).toEqual(given.inhibit_rules);
  expect(withoutTimes(written.route)).toEqual(withoutTimes(given.route));
  expect(written.route).toMatchObject({ group_wait: '0s', group_interval: '2s' });
  for (const { name, webhook_configs } of written.receivers) {
    expect(readFileSync(webhook_configs[0].url_file, 'utf8').trim()).toBe(`http://127.0.0.1:4/${name}`);
  }
  expect(written.receivers.map(({ name }: { name: string }) => name)).toEqual(
    given.receivers.map(({ name }: { name: string }) => name),
  );
});

function withoutTimes({ group_wait, group_interval, routes, ...rest }: Record<string, unknown>): object {
  const below = (routes ?? []) as Record<string, unknown>[];
  return { ...rest, routes: below.map(withoutTimes) };
}

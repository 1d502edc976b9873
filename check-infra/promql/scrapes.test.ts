/** What configurations of Prometheus say of their targets. */

import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { secondsIn } from './duration.ts';
import { scrapesOf } from './scrapes.ts';

const job = (more: JsonObject = {}): JsonObject => ({
  job_name: 'web',
  static_configs: [{ targets: ['web:80'] }],
  ...more,
});
const of = (more: JsonObject, global: JsonObject = {}): ReturnType<typeof scrapesOf> =>
  scrapesOf([{ value: { global, scrape_configs: [job(more)] } }]);

test('the job that is asked most often says how long a window must be', () => {
  expect(of({}, { scrape_interval: '15s' })).toEqual({ jobs: ['web'], keepsJobs: false, shortest: 15 });
  expect(of({ scrape_interval: '1m30s' }, { scrape_interval: '15s' })?.shortest).toBe(90);
  expect(of({})?.shortest).toBe(60);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as envsubst has it.
  expect(of({ scrape_interval: '${INTERVAL}' })?.shortest).toBeNull();
});

test('jobs that get another name, or bring their own, are not known', () => {
  expect(of({ relabel_configs: [{ source_labels: ['a'], target_label: 'job' }] })?.jobs).toBeNull();
  expect(of({ relabel_configs: [{ action: 'labelmap', regex: '(.*)' }] })?.jobs).toBeNull();
  expect(of({ file_sd_configs: [{ files: ['a.json'] }] })?.jobs).toBeNull();
  expect(of({ static_configs: [{ targets: ['a'], labels: { job: 'other' } }] })?.jobs).toEqual([
    'web',
    'other',
  ]);
  expect(of({ honor_labels: true })?.keepsJobs).toBe(true);
});

test('without all of the configuration nothing is known', () => {
  expect(scrapesOf([])).toBeNull();
  expect(scrapesOf([{ value: { scrape_configs: [job()], scrape_config_files: ['more/*.yml'] } }])).toBeNull();
});

test.each([
  ['15s', 15],
  ['1h30m', 5400],
  ['500ms', 0.5],
  ['60', 60],
  ['1d', 86_400],
  ['soon', null],
  ['', null],
] as const)('%s', (text, seconds) => {
  expect(secondsIn(text)).toBe(seconds);
});

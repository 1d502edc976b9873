/** What the configurations of Prometheus in a folder say of targets: their labels, their jobs, and how often they are asked. */

import { isObject, type Json, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { ParsedFile } from '../infra.ts';
import { secondsIn } from './duration.ts';

export interface Scrapes {
  /** Null: a job may have another name than its configuration. */
  readonly jobs: readonly string[] | null;
  /** Some targets bring a label job of their own (`honor_labels`), as what is pushed does. */
  readonly keepsJobs: boolean;
  /** Seconds between two scrapes, of the job that is asked most often; null: it is not known. */
  readonly shortest: number | null;
}

type Files = readonly Pick<ParsedFile, 'value'>[];

/** Null: there is none, or not all targets are in them. */
export function scrapesOf(files: Files): Scrapes | null {
  const isElsewhere = files.some(({ value }) => listAt(value, 'scrape_config_files').length > 0);
  const jobs = files.flatMap(({ value }) => listAt(value, 'scrape_configs'));
  if (jobs.length === 0 || isElsewhere) return null;
  const intervals = files.flatMap(({ value }) =>
    listAt(value, 'scrape_configs').map((job) =>
      // Its own default is a minute.
      secondsIn(textAt(job, 'scrape_interval') || textAt(value, 'global', 'scrape_interval') || '1m'),
    ),
  );
  const known = intervals.flatMap((seconds) => (seconds === null || seconds === 0 ? [] : [seconds]));
  return {
    jobs: jobs.some(isNamedElsewhere)
      ? null
      : [...new Set(jobs.flatMap((job) => [textAt(job, 'job_name'), ...staticJobs(job)]))],
    keepsJobs: jobs.some((job) => isObject(job) && job.honor_labels === true),
    shortest: known.length === intervals.length ? Math.min(...known) : null,
  };
}

function staticJobs(job: Json): string[] {
  return listAt(job, 'static_configs').flatMap((config) => textAt(config, 'labels', 'job') || []);
}

function isNamedElsewhere(job: Json): boolean {
  return (
    isOpen(job) ||
    relabelRules(job).some((rule) => {
      const target = textAt(rule, 'target_label');
      return target === 'job' || target.includes('$');
    })
  );
}

/** It takes over whatever labels the targets have. */
function isOpen(job: Json): boolean {
  return (
    relabelRules(job).some((rule) => textAt(rule, 'action') === 'labelmap') ||
    ['file_sd_configs', 'http_sd_configs'].some((kind) => listAt(job, kind).length > 0)
  );
}

function relabelRules(job: Json): Json[] {
  return [...listAt(job, 'relabel_configs'), ...listAt(job, 'metric_relabel_configs')];
}

/** Null: there is no configuration, or one that takes over whatever labels the targets have. */
export function targetLabelsOf(files: Files): string[] | null {
  const labels = new Set<string>();
  for (const job of files.flatMap(({ value }) => listAt(value, 'scrape_configs'))) {
    if (isOpen(job)) return null;
    for (const rule of relabelRules(job)) labels.add(textAt(rule, 'target_label'));
    for (const config of listAt(job, 'static_configs')) {
      const own = isObject(config) ? config.labels : null;
      for (const label of isObject(own) ? Object.keys(own) : []) labels.add(label);
    }
  }
  labels.delete('');
  return files.length === 0 ? null : [...labels].filter((label) => !label.startsWith('__'));
}

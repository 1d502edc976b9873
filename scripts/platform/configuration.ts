/**
 * The configurations of Prometheus and Alertmanager for one machine: the repository's own files, with addresses of the
 * loopback interface in the place of names, and with seconds in the place of minutes, since nobody watches a demo for
 * long. What they look for, and who is told what, stays as it is.
 */

import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';

const monitoring = resolve(import.meta.dirname, '../../reference-infra/monitoring');

interface PrometheusFile {
  global: Record<string, unknown>;
  rule_files: string[];
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
  scrape_configs: { job_name: string; static_configs?: { targets: string[] }[]; dns_sd_configs?: unknown }[];
}

interface RulesFile {
  groups: { rules: { alert?: string; for?: string }[] }[];
}

/** The text of a file with other times; all else must stay. */
export type Retiming = (text: string) => string;

/** `host:port` of the parts that run, by the name of their job; other jobs of the file are left out. */
export type Addresses = Readonly<Record<string, string>>;

export interface PrometheusOptions {
  readonly addresses: Addresses;
  /** How often targets are asked and rules evaluated. */
  readonly interval: string;
  /** Null: the rules are left out. */
  readonly rules: Retiming | null;
}

/** Writes all that Prometheus reads into a folder; returns the path of its configuration. */
export function writePrometheus(folder: string, options: PrometheusOptions): string {
  const { addresses, interval, rules } = options;
  const file = parse(readFileSync(join(monitoring, 'prometheus/prometheus.yml'), 'utf8')) as PrometheusFile;
  const ruleFolder = join(folder, 'rules');
  const alertmanager = addresses.alertmanager;
  const configuration: PrometheusFile = {
    global: {
      ...file.global,
      scrape_interval: interval,
      scrape_timeout: interval,
      evaluation_interval: interval,
    },
    rule_files: rules === null ? [] : [join(ruleFolder, '*.yml')],
    alerting: {
      alertmanagers: alertmanager === undefined ? [] : [{ static_configs: [{ targets: [alertmanager] }] }],
    },
    scrape_configs: file.scrape_configs.flatMap(({ dns_sd_configs: _names, ...job }) => {
      const address = addresses[job.job_name];
      return address === undefined ? [] : [{ ...job, static_configs: [{ targets: [address] }] }];
    }),
  };
  if (rules !== null) {
    mkdirSync(ruleFolder);
    for (const file of globSync(join(monitoring, 'rules/*.yml')))
      writeFileSync(join(ruleFolder, basename(file)), rules(readFileSync(file, 'utf8')));
  }
  const path = join(folder, 'prometheus.yml');
  writeFileSync(path, stringify(configuration));
  return path;
}

/** `wait` stands for `for` of each alert. */
export function waitingFor(wait: string): Retiming {
  return (text) => {
    const file = parse(text) as RulesFile;
    for (const { rules } of file.groups) {
      for (const rule of rules) if (rule.for !== undefined) rule.for = wait;
    }
    return stringify(file);
  };
}

interface Route {
  routes?: Route[];
  [setting: string]: unknown;
}

interface AlertmanagerFile {
  route: Route;
  receivers: { name: string; webhook_configs: { url_file: string; [setting: string]: unknown }[] }[];
  [part: string]: unknown;
}

/**
 * Writes all that Alertmanager reads into a folder; returns the path of its configuration.
 * @param receiver Its address; each receiver of the file is told at `/NAME` below it.
 */
export function writeAlertmanager(folder: string, receiver: string, routes: Retiming): string {
  const text = readFileSync(join(monitoring, 'alertmanager/alertmanager.yml'), 'utf8');
  const file = parse(routes(text)) as AlertmanagerFile;
  for (const { name, webhook_configs } of file.receivers) {
    for (const webhook of webhook_configs) {
      webhook.url_file = join(folder, basename(webhook.url_file));
      writeFileSync(webhook.url_file, `${receiver}/${name}\n`);
    }
  }
  const path = join(folder, 'alertmanager.yml');
  writeFileSync(path, stringify(file));
  return path;
}

/** A change is told at once, and then every few seconds. */
export function atOnce(text: string): string {
  const file = parse(text) as AlertmanagerFile;
  hasten(file.route);
  return stringify(file);
}

function hasten(route: Route): void {
  if ('group_wait' in route) route.group_wait = '0s';
  if ('group_interval' in route) route.group_interval = '2s';
  for (const each of route.routes ?? []) hasten(each);
}

/** The dashboards as they are committed, with as much of their form as tests look at. */

import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

export const monitoring = resolve(import.meta.dirname, '../../../reference-infra/monitoring');

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant: boolean;
  readonly exemplar?: boolean;
}

export interface PanelFile {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly targets: readonly Target[];
  readonly links: readonly { readonly url?: string }[];
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit: string;
      readonly noValue?: string;
      readonly custom?: unknown;
      readonly thresholds: {
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
    };
  };
}

export interface DashboardFile {
  readonly name: string;
  readonly dashboard: {
    readonly uid: string;
    readonly title: string;
    readonly tags: readonly string[];
    readonly time: { readonly from: string };
    readonly links: readonly { readonly type: string }[];
    readonly panels: readonly PanelFile[];
    readonly templating: { readonly list: readonly { readonly name: string; readonly definition: string }[] };
    readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  };
}

/** In the order of their names. */
export function readDashboards(): DashboardFile[] {
  return globSync('dashboards/*.json', { cwd: monitoring })
    .sort()
    .map((path) => ({
      name: basename(path),
      dashboard: JSON.parse(readFileSync(join(monitoring, path), 'utf8')) as DashboardFile['dashboard'],
    }));
}

/** Without the headings. */
export function panelsOf({ dashboard }: DashboardFile): PanelFile[] {
  return dashboard.panels.filter((panel) => !isRow(panel));
}

export function isRow({ type }: PanelFile): boolean {
  return type === 'row';
}

/** What all four dashboards have: links to each other and to the runbooks, alerts as marks on the graphs, variables. */

import type { Annotation, Dashboard, DashboardLink, Variable } from './grafana-types.ts';
import { place, type Section } from './layout.ts';
import { source } from './panels.ts';
import { other } from './query.ts';

/** All dashboards carry it, and find each other by it. */
const tag = 'ml-platform';
const runbooks = 'https://github.com/org/suite/blob/main/reference-infra/monitoring/runbooks';

export interface Sheet {
  /** Its file's name and its address: `/d/<uid>`. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly refresh: string;
  /** Default: that of whoever looks. */
  readonly timezone?: 'utc';
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
}

export function dashboardOf(sheet: Sheet): Dashboard {
  return {
    uid: sheet.uid,
    title: sheet.title,
    description: sheet.description,
    tags: [tag],
    schemaVersion: 41,
    version: 1,
    editable: false,
    graphTooltip: 1,
    timezone: sheet.timezone ?? 'browser',
    time: { from: sheet.from, to: 'now' },
    refresh: sheet.refresh,
    templating: { list: sheet.variables },
    annotations: { list: [alerts] },
    links: [otherDashboards, allRunbooks],
    panels: place(sheet.sections),
  };
}

const linkBase = { icon: 'external link', tags: [], asDropdown: false, targetBlank: true } as const;

const otherDashboards: DashboardLink = {
  ...linkBase,
  title: 'ML platform',
  type: 'dashboards',
  tooltip: 'The other dashboards, at the same time and for the same model',
  tags: [tag],
  targetBlank: false,
  includeVars: true,
  keepTime: true,
};

const allRunbooks: DashboardLink = {
  ...linkBase,
  title: 'Runbooks',
  type: 'link',
  icon: 'doc',
  tooltip: 'What to do about each alert',
  url: runbooks,
  includeVars: false,
  keepTime: false,
};

/** What to do when this panel shows something wrong. */
export function runbook(alert: string): DashboardLink {
  return { ...allRunbooks, title: `Runbook: ${alert}`, tooltip: '', url: runbookOf(alert) };
}

export function runbookOf(alert: string): string {
  return `${runbooks}/${alert}.md`;
}

export function toDashboard(uid: string, title: string): DashboardLink {
  return {
    ...otherDashboards,
    title,
    type: 'link',
    icon: 'dashboard',
    tooltip: '',
    tags: [],
    url: `/d/${uid}`,
  };
}

const alerts: Annotation = {
  name: 'Alerts',
  datasource: source,
  enable: true,
  hide: false,
  iconColor: 'red',
  expr: other('ALERTS', { alertstate: 'firing', severity: '=~page|ticket' }),
  step: '60s',
  tagKeys: 'severity',
  titleFormat: '{{alertname}}',
  textFormat: '{{job}} {{model}}',
};

/**
 * Values of a label; all of them are chosen at first.
 * @param all What stands for all of them where series count that the query does not find.
 */
export function choice(
  name: string,
  label: string,
  description: string,
  query: string,
  all?: string,
): Variable {
  return {
    type: 'query',
    name,
    label,
    description,
    datasource: source,
    definition: query,
    query: { qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    // On a change of the time range, too: what was served last week is found last week.
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    ...(all === undefined ? {} : { allValue: all }),
    current: { selected: true, text: ['All'], value: ['$__all'] },
    hide: 0,
    regex: '',
    options: [],
  };
}

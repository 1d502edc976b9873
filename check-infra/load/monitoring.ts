/** Rules and dashboards within what operators and charts take: objects of Grafana, and values of charts of Prometheus. */

import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  type Manifest,
  objectAt,
  textAt,
} from '../../core/kubernetes/index.ts';
import type { ParsedFile, Release } from '../infra.ts';

/** Place, a name by which it is read, and text. */
type Text = [string, string, string];

const ofOperator = 'grafana.integreatly.org/';
const ofGrafana = 'dashboard.grafana.app/';

/** Of one object: `GrafanaDashboard` of the operator holds the text, `Dashboard` of Grafana itself the value. */
export function dashboardTexts({ object, place }: Manifest): Text[] {
  const where = `${place}: ${object.kind}/${object.metadata.name}`;
  if (object.kind === 'GrafanaDashboard' && object.apiVersion.startsWith(ofOperator)) {
    const text = textAt(object, 'spec', 'json');
    return text === '' ? [] : [[`${where}, spec.json`, 'dashboard.json', text]];
  }
  if (object.kind === 'Dashboard' && object.apiVersion.startsWith(ofGrafana)) {
    return [[`${where}, spec`, 'dashboard.json', JSON.stringify(objectAt(object, 'spec'))]];
  }
  return [];
}

/** What holds rules or dashboards that cannot be seen, one line each. */
export function notReadIn(releases: readonly Release[]): string[] {
  const lines = releases.flatMap(({ manifests }) =>
    manifests.flatMap(({ object, place }) => {
      const where = `${place}: ${object.kind}/${object.metadata.name}: not looked at`;
      if (object.kind === 'GrafanaDashboard' && object.apiVersion.startsWith(ofOperator)) {
        return textAt(object, 'spec', 'json') === ''
          ? [`${where}, the dashboard is not in spec.json, but elsewhere`]
          : [];
      }
      return object.kind === 'VMRule' ? [`${where}, its language is more than PromQL`] : [];
    }),
  );
  return [...new Set(lines)];
}

/** Keys under which the charts kube-prometheus-stack and prometheus take rules; what else is named so may be for Loki. */
const keysOfRules = /^(?:additionalPrometheusRules(?:Map)?|serverFiles|prometheusRules?)$/;

/** `additionalPrometheusRulesMap: {web: {groups: […]}}` in the values of a chart, or in those of one that it depends on. */
export function rulesWithin(place: string, text: string, value: JsonObject): ParsedFile[] {
  return Object.entries(value).flatMap(([key, below]) => {
    if (below === undefined) return [];
    if (keysOfRules.test(key)) return groupsBelow(`${place}: ${key}`, text, below);
    return isObject(below) ? rulesWithin(place, text, below) : [];
  });
}

function groupsBelow(place: string, text: string, value: Json): ParsedFile[] {
  if (Array.isArray(value)) {
    return value.flatMap((one: Json) => groupsBelow(`${place}, ${textAt(one, 'name')}`, text, one));
  }
  if (!isObject(value)) return [];
  const own = listAt(value, 'groups').some((group) => listAt(group, 'rules').length > 0);
  if (own) return [{ place, text, value }];
  return Object.entries(value).flatMap(([key, below]) =>
    isObject(below) ? groupsBelow(`${place}.${key}`, text, below) : [],
  );
}

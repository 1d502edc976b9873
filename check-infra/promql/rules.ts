/** The fields of rules: Prometheus refuses a file with one that it does not know, and with it all its alerts. */

import { nearest } from '../../core/gate/index.ts';
import { isObject, type Json, type JsonObject, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { ParsedFile } from '../infra.ts';
import type { Mistake } from './mistake.ts';

/** https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ */
const ofRules = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];
const ofAlerts = ['for', 'keep_firing_for', 'annotations'];
/** Those of VictoriaMetrics, which reads the same files. */
const ofOthers = new Set(['debug', 'update_entries_limit']);
const ofGroups = [
  'name',
  'interval',
  'query_offset',
  'limit',
  'rules',
  'labels',
  'partial_response_strategy',
];

interface PlacedRule {
  readonly place: string;
  readonly mistake: Mistake;
}

export function ruleMistakes({ place, value }: Pick<ParsedFile, 'place' | 'value'>): PlacedRule[] {
  return listAt(value, 'groups')
    .filter(isObject)
    .flatMap((group) => {
      const where = `${place}: group ${textAt(group, 'name')}`;
      return [
        ...misspelled(group).map((mistake) => ({ place: where, mistake })),
        ...listAt(group, 'rules')
          .filter(isObject)
          .flatMap((rule) => mistakesIn(rule).map((mistake) => ({ place: whereIs(where, rule), mistake }))),
      ];
    });
}

export function whereIs(group: string, rule: Json): string {
  const [record, alert] = [textAt(rule, 'record'), textAt(rule, 'alert')];
  return record === '' ? `${group}, alert ${alert}` : `${group}, record ${record}`;
}

/** Groups have fields of their own in Thanos, Mimir and others. */
function misspelled(group: JsonObject): Mistake[] {
  return Object.keys(group).flatMap((key) => {
    const near = ofGroups.includes(key) ? undefined : nearest(key, ofGroups);
    return near === undefined ? [] : [refused(key, `a group has no field ${key}`, `did you mean ${near}?`)];
  });
}

function mistakesIn(rule: JsonObject): Mistake[] {
  const unknown = Object.keys(rule).filter((key) => !ofRules.includes(key) && !ofOthers.has(key));
  const isRecord = 'record' in rule;
  const name = isRecord ? 'record' : 'alert';
  return [
    ...unknown.map((key) => {
      const near = nearest(key, ofRules);
      const mend =
        near === undefined
          ? `a rule has ${ofRules.join(', ')}`
          : `did you mean ${near}? Otherwise take it out`;
      return refused(key, `a rule has no field ${key}`, mend);
    }),
    ...(isEmpty(rule.expr) && !unknown.some((key) => nearest(key, ofRules) === 'expr')
      ? [refused(name, 'the rule has no expression', 'write `expr`, or take the rule out')]
      : []),
    ...(isRecord && 'alert' in rule
      ? [refused('alert', 'the rule has both record and alert', 'make two rules of it')]
      : []),
    ...(isRecord && !('alert' in rule)
      ? ofAlerts
          .filter((key) => !isEmpty(rule[key]))
          .map((key) => refused(key, `a rule that records has no ${key}`, 'take it out: it is for alerts'))
      : []),
    ...(isEmpty(rule.record) && isEmpty(rule.alert) && !unknown.some(isName)
      ? [
          refused(
            'expr',
            'the rule has no name',
            'write `alert`, or `record` where its series are for others',
          ),
        ]
      : []),
  ];
}

function isName(key: string): boolean {
  const near = nearest(key, ofRules);
  return near === 'record' || near === 'alert';
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function refused(part: string, message: string, mend: string): Mistake {
  return {
    name: 'promql-rule-refused',
    part,
    message: `${message}: Prometheus does not take the file, and has none of its rules`,
    mend,
  };
}

/** All expressions of a folder: rules, panels, variables and marks of dashboards, each with its place. */

import { type Json, type JsonObject, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { ParsedFile } from '../infra.ts';
import type { Purpose } from './lint.ts';

export interface Asked {
  /** `rules/model.yml: group model, alert ModelAccuracyDegraded` */
  readonly place: string;
  readonly text: string;
  readonly purpose: Purpose;
  /** False: the source may be of another kind than Prometheus, and the text in its language. */
  readonly isCertain: boolean;
  /** Labels that people are shown of the result, and where they are named. */
  readonly named: readonly { readonly label: string; readonly by: string }[];
}

export interface Record extends Asked {
  readonly record: string;
  /** That the rule adds. */
  readonly labels: readonly string[];
}

export function rulesIn({ place, value }: Pick<ParsedFile, 'place' | 'value'>): (Asked | Record)[] {
  return listAt(value, 'groups').flatMap((group) =>
    listAt(group, 'rules').flatMap((rule): (Asked | Record)[] => {
      const text = exprOf(rule);
      const [record, alert] = [textAt(rule, 'record'), textAt(rule, 'alert')];
      if (text === null) return [];
      const where = `${place}: group ${textAt(group, 'name')}`;
      if (record !== '') {
        const labels = Object.keys(objectOf(rule, 'labels'));
        return [
          {
            place: `${where}, record ${record}`,
            text,
            purpose: 'recorded',
            isCertain: true,
            named: [],
            record,
            labels,
          },
        ];
      }
      return [
        {
          place: `${where}, alert ${alert}`,
          text,
          purpose: 'shown',
          isCertain: true,
          named: templateLabels(rule),
        },
      ];
    }),
  );
}

/** YAML makes a number of `expr: 1`. */
function exprOf(rule: Json): string | null {
  const text = textAt(rule, 'expr');
  return text === '' ? null : text;
}

const labelsInTemplates = /(?:\$labels|\.Labels)\.(\w+)|index\s+(?:\$labels|\.Labels)\s+"([^"]+)"/g;

function templateLabels(rule: Json): { label: string; by: string }[] {
  return ['annotations', 'labels'].flatMap((field) =>
    Object.entries(objectOf(rule, field)).flatMap(([name, text]) =>
      [...String(text).matchAll(labelsInTemplates)].map(([, dotted, indexed]) => ({
        label: dotted ?? indexed ?? '',
        by: `${field === 'labels' ? 'label' : 'annotation'} ${name}`,
      })),
    ),
  );
}

function objectOf(value: Json, key: string): JsonObject {
  const found =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[key] : null;
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as JsonObject) : {};
}

export function expressionsIn({ place, value }: Pick<ParsedFile, 'place' | 'value'>): Asked[] {
  const dashboard = typeof value.dashboard === 'object' && !('panels' in value) ? value.dashboard : value;
  // Rows hold panels when they are folded, and did so always before Grafana 5.
  const outer = [...listAt(dashboard, 'panels'), ...listAt(dashboard, 'rows')];
  const panels = outer.flatMap((panel) => [panel, ...listAt(panel, 'panels')]);
  return [
    ...panels.flatMap((panel) => panelExpressions(place, panel)),
    ...listAt(dashboard, 'templating', 'list').flatMap((variable) => variableExpressions(place, variable)),
    ...listAt(dashboard, 'annotations', 'list').flatMap((annotation): Asked[] => {
      const text = textAt(annotation, 'expr') || textAt(annotation, 'target', 'expr');
      if (text === '' || isElse(annotation)) return [];
      const named = ['titleFormat', 'textFormat'].flatMap((field) =>
        legendLabels(textAt(annotation, field), field),
      );
      return [
        {
          place: `${place}: annotation ${textAt(annotation, 'name')}`,
          text,
          purpose: 'recorded',
          isCertain: isCertain(annotation),
          named,
        },
      ];
    }),
  ];
}

function panelExpressions(place: string, panel: Json): Asked[] {
  return listAt(panel, 'targets').flatMap((target): Asked[] => {
    const text = textAt(target, 'expr');
    if (text === '' || isElse(panel, target)) return [];
    const where = `${place}: panel ${textAt(panel, 'title')}, query ${textAt(target, 'refId')}`;
    return [
      {
        place: where,
        text,
        purpose: 'shown',
        isCertain: isCertain(panel, target),
        named: legendLabels(textAt(target, 'legendFormat'), 'legend'),
      },
    ];
  });
}

function legendLabels(text: string, by: string): { label: string; by: string }[] {
  return [...text.matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)].flatMap(([, label = '']) =>
    label === '__name__' ? [] : [{ label, by }],
  );
}

/** `label_values(metric{…}, label)` asks for a label of a metric; `query_result(…)` for any expression. */
function variableExpressions(place: string, variable: Json): Asked[] {
  if (textAt(variable, 'type') !== 'query' || isElse(variable)) return [];
  const query =
    textAt(variable, 'query') || textAt(variable, 'query', 'query') || textAt(variable, 'definition');
  const where = `${place}: variable ${textAt(variable, 'name')}`;
  const [, of, label] = /^\s*label_values\(\s*(.+?)\s*,\s*(\w+)\s*\)\s*$/s.exec(query) ?? [];
  if (of !== undefined && label !== undefined) {
    return [
      {
        place: where,
        text: of,
        purpose: 'recorded',
        isCertain: isCertain(variable),
        named: [{ label, by: 'variable' }],
      },
    ];
  }
  const [, result] = /^\s*query_result\((.*)\)\s*$/s.exec(query) ?? [];
  return result === undefined
    ? []
    : [{ place: where, text: result, purpose: 'recorded', isCertain: isCertain(variable), named: [] }];
}

/** Null: no word of it; a variable, or the default source. */
function kindOf(value: Json): string | null {
  const type = textAt(value, 'datasource', 'type');
  return type === '' ? null : type;
}

/** Sources of other kinds have other languages. */
function isElse(...values: readonly Json[]): boolean {
  return values.some((value) => kindOf(value) !== null && kindOf(value) !== 'prometheus');
}

function isCertain(...values: readonly Json[]): boolean {
  return values.some((value) => kindOf(value) === 'prometheus');
}

/** All expressions of a folder: rules, panels, variables and marks of dashboards, each with its place. */

import { isObject, type Json, type JsonObject, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { ParsedFile } from '../infra.ts';
import type { Purpose } from './lint.ts';
import { whereIs } from './rules.ts';
import { firstSchemaOf, isSchemaV2 } from './schema-v2.ts';

export interface Asked {
  /** `rules/model.yml: group model, alert ModelAccuracyDegraded` */
  readonly place: string;
  readonly text: string;
  readonly purpose: Purpose;
  /** False: the source may be of another kind than Prometheus, and the text in its language. */
  readonly isCertain: boolean;
  /** Labels that people are shown of the result, and where they are named. */
  readonly named: readonly { readonly label: string; readonly by: string }[];
  /** That the dashboard has; null: it is a rule, and there is no dashboard. */
  readonly variables: readonly string[] | null;
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
      const record = textAt(rule, 'record');
      const where = whereIs(`${place}: group ${textAt(group, 'name')}`, rule);
      if (text === null) return templateQueries(where, rule);
      if (record !== '') {
        const labels = Object.keys(objectOf(rule, 'labels'));
        return [
          {
            place: where,
            text,
            purpose: 'recorded',
            isCertain: true,
            named: [],
            variables: null,
            record,
            labels,
          },
        ];
      }
      return [
        {
          place: where,
          text,
          purpose: 'shown',
          isCertain: true,
          named: templateLabels(rule),
          variables: null,
        },
        ...templateQueries(where, rule),
      ];
    }),
  );
}

/** YAML makes a number of `expr: 1`. */
function exprOf(rule: Json): string | null {
  const value = isObject(rule) ? rule.expr : null;
  const text = typeof value === 'number' ? String(value) : textAt(rule, 'expr');
  return text.trim() === '' ? null : text;
}

/** `{{ with query "up" }}` and `{{ "up" | query }}`; what is put together with printf is not known. */
function templateQueries(place: string, rule: Json): Asked[] {
  return ['annotations', 'labels'].flatMap((field) =>
    Object.entries(objectOf(rule, field)).flatMap(([name, written]) =>
      [...String(written).matchAll(/\{\{.*?\}\}/gs)].flatMap(([action]) => {
        const [, quoted, raw] =
          /\bquery\s+(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/.exec(action) ??
          /(?:\{\{-?|\s|\()(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)\s*\|\s*query\b/.exec(action) ??
          [];
        const text = quoted?.replaceAll(/\\(["\\])/g, '$1') ?? raw;
        const by = `${field === 'labels' ? 'label' : 'annotation'} ${name}`;
        return text === undefined || /\|\s*printf\b/.test(action)
          ? []
          : [
              {
                place: `${place}, ${by}`,
                text,
                purpose: 'recorded' as const,
                isCertain: true,
                named: [],
                variables: null,
              },
            ];
      }),
    ),
  );
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
  const written = isObject(value.dashboard) && !('panels' in value) ? value.dashboard : value;
  const dashboard = isSchemaV2(written) ? firstSchemaOf(written) : written;
  const variables = [...listAt(dashboard, 'templating', 'list'), ...listAt(dashboard, '__inputs')].map(
    (one) => textAt(one, 'name'),
  );
  return questionsIn(place, dashboard).map((question) => ({ ...question, variables }));
}

type Question = Omit<Asked, 'variables'>;

function questionsIn(place: string, dashboard: JsonObject): Question[] {
  // Rows hold panels when they are folded, and did so always before Grafana 5.
  const outer = [...listAt(dashboard, 'panels'), ...listAt(dashboard, 'rows')];
  const panels = outer.flatMap((panel) => [panel, ...listAt(panel, 'panels')]);
  return [
    ...panels.flatMap((panel) => panelExpressions(place, panel)),
    ...listAt(dashboard, 'templating', 'list').flatMap((variable) => variableExpressions(place, variable)),
    ...listAt(dashboard, 'annotations', 'list').flatMap((annotation): Question[] => {
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

function panelExpressions(place: string, panel: Json): Question[] {
  return listAt(panel, 'targets').flatMap((target): Question[] => {
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
function variableExpressions(place: string, variable: Json): Question[] {
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

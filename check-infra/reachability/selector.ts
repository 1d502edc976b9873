/** Label selectors: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */

import { isObject, type Json, listAt, objectAt, textAt } from '../../core/kubernetes/index.ts';

export type Labels = Readonly<Record<string, string>>;

export function labelsOf(value: Json | undefined): Labels {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, label]) =>
      label === null || label === undefined ? [] : [[name, String(label)]],
    ),
  );
}

/** One without any requirement selects everything. */
export function selects(selector: Json | undefined, labels: Labels): boolean {
  const wanted = Object.entries(labelsOf(objectAt(selector, 'matchLabels')));
  return (
    wanted.every(([name, value]) => labelAt(labels, name) === value) &&
    listAt(selector, 'matchExpressions').every((expression) => holds(expression, labels))
  );
}

/** Also of one that is called as what every object has: `constructor`. */
function labelAt(labels: Labels, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

function holds(expression: Json, labels: Labels): boolean {
  const label = labelAt(labels, textAt(expression, 'key'));
  const values = listAt(expression, 'values').map(String);
  switch (textAt(expression, 'operator')) {
    case 'In':
      return label !== undefined && values.includes(label);
    // A label that is not there is not in the set either.
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      return false;
  }
}

/** `app=web, tier in (a, b)`; empty for one that selects everything. */
export function selectorText(selector: Json | undefined): string {
  const labels = Object.entries(labelsOf(objectAt(selector, 'matchLabels'))).map(
    ([name, value]) => `${name}=${value}`,
  );
  const expressions = listAt(selector, 'matchExpressions').map((expression) => {
    const key = textAt(expression, 'key');
    const values = `(${listAt(expression, 'values').map(String).join(', ')})`;
    switch (textAt(expression, 'operator')) {
      case 'In':
        return `${key} in ${values}`;
      case 'NotIn':
        return `${key} notin ${values}`;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return key;
    }
  });
  return [...labels, ...expressions].join(', ');
}

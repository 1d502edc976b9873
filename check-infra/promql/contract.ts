/**
 * The metrics contract: what metrics there are, of which type, with which labels. In a folder that is checked it is a JSON
 * file, `{"metrics": [{"name": …, "type": …, "labels": […]}], "others": ["node_.*"], "targetLabels": ["namespace"]}`. Without
 * one, names that nobody knows are not findings, and types are taken from names (`_total`, `_bucket`).
 */

import { isObject, type Json, listAt, textAt } from '../../core/kubernetes/index.ts';

export interface ContractMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  /** It is pushed, so that it has no `instance`. */
  readonly freshness?: string;
  /** It may have other labels, too. */
  readonly open?: boolean;
}

export interface Contract {
  readonly metrics: readonly ContractMetric[];
  /** Patterns of names that are taken as they are. */
  readonly others: readonly RegExp[];
  /** Labels beside `job` and `instance` that Prometheus gives to targets. */
  readonly targetLabels?: readonly string[];
}

const types: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary']);

/** Null: it is something else. */
export function contractOf(value: Json | undefined): Contract | null {
  const entries = listAt(value, 'metrics');
  const metrics = entries.flatMap((entry): ContractMetric[] => {
    const [name, type] = [textAt(entry, 'name'), textAt(entry, 'type')];
    if (name === '' || !types.has(type) || !isObject(entry)) return [];
    const buckets = listAt(entry, 'buckets').filter((bound) => typeof bound === 'number');
    const freshness = textAt(entry, 'freshness');
    return [
      {
        name,
        type: type as ContractMetric['type'],
        labels: listAt(entry, 'labels').filter((label) => typeof label === 'string'),
        ...(buckets.length === 0 ? {} : { buckets }),
        ...(freshness === '' ? {} : { freshness }),
      },
    ];
  });
  if (metrics.length === 0 || metrics.length !== entries.length) return null;
  const others = listAt(value, 'others').flatMap((pattern) => patternOf(pattern) ?? []);
  const targetLabels = listAt(value, 'targetLabels').filter((label) => typeof label === 'string');
  return { metrics, others, targetLabels };
}

function patternOf(text: Json): RegExp | null {
  if (typeof text !== 'string') return null;
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    return null;
  }
}

/** Pods that a policy's selectors ask for: whoever is admitted by them, though nobody has thought of them. */

import { isObject, type Json, listAt, objectAt, textAt } from '../../core/kubernetes/index.ts';
import { type Cluster, labelsOfNamespace } from './cluster.ts';
import type { Peer, Policy } from './policy.ts';
import { type Labels, labelsOf, selectorText, selects } from './selector.ts';

export interface Example {
  readonly namespace: string;
  /** Of a namespace that is made up for it. */
  readonly namespaceLabels: Labels | null;
  readonly labels: Labels;
}

const nameLabel = 'kubernetes.io/metadata.name';

/**
 * Label sets that a selector takes, with as few labels as it asks for: one for each value of `In`, and for `Exists` one with a value
 * that nobody has. Empty for a selector that takes nothing.
 */
export function labelExamples(selector: Json | undefined): Labels[] {
  const fixed = labelsOf(objectAt(selector, 'matchLabels'));
  const expressions = listAt(selector, 'matchExpressions').filter(isObject);
  const valuesOf = (operator: string): Map<string, string[]> =>
    new Map(
      expressions
        .filter((one) => textAt(one, 'operator') === operator)
        .map((one) => [textAt(one, 'key'), listAt(one, 'values').map(String)]),
    );
  const chosen = [...valuesOf('In')].filter(([key]) => !Object.hasOwn(fixed, key));
  const any = Object.fromEntries([...valuesOf('Exists').keys()].map((key) => [key, 'any-value']));
  const first = Object.fromEntries(
    chosen.flatMap(([key, values]) => values.slice(0, 1).map((one) => [key, one])),
  );
  const usual = { ...any, ...first, ...fixed };
  // One key at a time: all combinations of long lists would be many, and say no more.
  const others = chosen.flatMap(([key, values]) =>
    values.slice(1).map((value) => ({ ...usual, [key]: value })),
  );
  return [usual, ...others].filter((labels) => selects(selector, labels));
}

/** Of the pods that a peer names; none for a block of addresses. */
export function peerExamples(peer: Peer, policy: Policy, { namespaces }: Cluster): Example[] {
  if (peer.is === 'block') return [];
  const spaces: Pick<Example, 'namespace' | 'namespaceLabels'>[] =
    peer.namespaces === undefined
      ? [{ namespace: policy.namespace, namespaceLabels: null }]
      : spacesOf(peer.namespaces, namespaces);
  return spaces.flatMap((space) => labelExamples(peer.pods).map((labels) => ({ ...space, labels })));
}

function spacesOf(
  selector: Json,
  known: Cluster['namespaces'],
): Pick<Example, 'namespace' | 'namespaceLabels'>[] {
  const matching = [...known]
    .filter(([, labels]) => selects(selector, labels))
    .map(([namespace]) => namespace);
  const operators = listAt(selector, 'matchExpressions').map((one) => textAt(one, 'operator'));
  // Labels are how namespaces are named: where a known one has them, others are not thought of. `Exists` and the like are wider.
  const isWide = operators.some((operator) => operator !== 'In');
  const made = labelExamples(selector).flatMap((labels) => {
    const isKnown = [...known.values()].some((own) =>
      Object.entries(labels).every(([key, value]) => own[key] === value),
    );
    if (isKnown && !isWide) return [];
    const namespace =
      labels[nameLabel] ?? `a namespace with ${selectorText({ matchLabels: labels }) || 'other labels'}`;
    if (known.has(namespace)) return [];
    return [{ namespace, namespaceLabels: labelsOfNamespace(namespace, labels) }];
  });
  return [...matching.map((namespace) => ({ namespace, namespaceLabels: null })), ...made];
}

/** Pods that selectors ask for. */

import { expect, test } from 'vitest';
import { labelExamples, peerExamples } from './examples.ts';
import { clusterOf } from './index.ts';

const policy = { name: 'a', namespace: 'ml', pods: undefined, ingress: [], egress: null };
const expression = (operator: string, ...values: string[]) => ({ key: 'app', operator, values });

test.each([
  [{}, [{}]],
  [{ matchLabels: { tier: 'front' } }, [{ tier: 'front' }]],
  [{ matchExpressions: [expression('In', 'a', 'b')] }, [{ app: 'a' }, { app: 'b' }]],
  [{ matchExpressions: [expression('Exists')] }, [{ app: 'any-value' }]],
  [{ matchExpressions: [expression('NotIn', 'a')] }, [{}]],
  [{ matchExpressions: [expression('DoesNotExist')] }, [{}]],
  [{ matchLabels: { app: 'a' }, matchExpressions: [expression('NotIn', 'a')] }, []],
  [{ matchLabels: { app: 'b' }, matchExpressions: [expression('In', 'a', 'b')] }, [{ app: 'b' }]],
])('labels for %j', (selector, labels) => {
  expect(labelExamples(selector)).toEqual(labels);
});

test('namespaces that are known, and one that is made up where none is', () => {
  const cluster = {
    ...clusterOf([]),
    namespaces: new Map([['obs', { team: 'obs', 'kubernetes.io/metadata.name': 'obs' }]]),
  };
  const spaces = (namespaces: Parameters<typeof labelExamples>[0]) =>
    peerExamples({ is: 'pods', namespaces, pods: undefined }, policy, cluster).map(
      ({ namespace }) => namespace,
    );
  expect(spaces(undefined)).toEqual(['ml']);
  expect(spaces({ matchLabels: { team: 'obs' } })).toEqual(['obs']);
  expect(spaces({ matchLabels: { team: 'x' } })).toEqual(['a namespace with team=x']);
  expect(spaces({ matchLabels: { 'kubernetes.io/metadata.name': 'team-x' } })).toEqual(['team-x']);
  expect(spaces({ matchExpressions: [{ key: 'team', operator: 'Exists' }] })).toEqual([
    'obs',
    'a namespace with team=any-value',
  ]);
});

import { expect, test } from 'vitest';
import { inOrder } from './order.ts';

function objects(...names: string[]) {
  return names.map((text) => {
    const [kind = '', name = kind.toLowerCase()] = text.split('/');
    return { object: { apiVersion: 'v1', kind, metadata: { name } } };
  });
}

function sorted(...names: string[]): string[] {
  return inOrder(objects(...names)).map(({ object }) => `${object.kind}/${object.metadata.name}`);
}

test('what others need comes before what runs pods, and traffic last', () => {
  expect(
    sorted(
      'Ingress',
      'Deployment',
      'Service',
      'RoleBinding',
      'ConfigMap',
      'Secret',
      'ServiceAccount',
      'Namespace',
    ),
  ).toEqual([
    'Namespace/namespace',
    'ServiceAccount/serviceaccount',
    'Secret/secret',
    'ConfigMap/configmap',
    'RoleBinding/rolebinding',
    'Service/service',
    'Deployment/deployment',
    'Ingress/ingress',
  ]);
});

test('definitions come before the objects of their kinds, which come after all others', () => {
  expect(sorted('ServiceMonitor', 'Deployment', 'CustomResourceDefinition')).toEqual([
    'CustomResourceDefinition/customresourcedefinition',
    'Deployment/deployment',
    'ServiceMonitor/servicemonitor',
  ]);
});

test('objects of one kind stay as they are written', () => {
  expect(sorted('ConfigMap/z', 'Secret/b', 'ConfigMap/a', 'Secret/a')).toEqual([
    'Secret/b',
    'Secret/a',
    'ConfigMap/z',
    'ConfigMap/a',
  ]);
});

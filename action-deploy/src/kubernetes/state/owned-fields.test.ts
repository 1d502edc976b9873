import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../core/kubernetes/index.ts';
import { appliedBy } from './owned-fields.ts';

/** As an API server of 1.33 gave it: applied here, then scaled and annotated by others. */
const live = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    namespace: 'ml',
    uid: 'u',
    labels: { app: 'web', other: 'x' },
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    finalizers: ['mine', 'theirs'],
    managedFields: [
      {
        manager: 'ml-gates-deploy',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { 'f:app': {} }, 'f:finalizers': { 'v:"mine"': {} } },
          'f:spec': {
            'f:selector': {},
            'f:template': {
              'f:metadata': { 'f:labels': { 'f:app': {} } },
              'f:spec': {
                'f:containers': {
                  'k:{"name":"app"}': {
                    '.': {},
                    'f:args': {},
                    'f:image': {},
                    'f:name': {},
                    'f:ports': {
                      'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
                    },
                  },
                },
                'f:volumes': { 'k:{"name":"tmp"}': { '.': {}, 'f:emptyDir': {}, 'f:name': {} } },
              },
            },
          },
        },
      },
      { manager: 'ml-gates-deploy', operation: 'Update', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
      {
        manager: 'kubectl',
        operation: 'Update',
        subresource: 'scale',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
    ],
  },
  spec: {
    replicas: 3,
    paused: false,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web', injected: 'yes' } },
      spec: {
        restartPolicy: 'Always',
        containers: [
          {
            name: 'app',
            image: 'a',
            args: ['x', 'y'],
            imagePullPolicy: 'Always',
            ports: [
              { containerPort: 80, protocol: 'TCP' },
              { containerPort: 81, protocol: 'TCP' },
            ],
          },
          { name: 'injected', image: 'b' },
        ],
        volumes: [
          { name: 'tmp', emptyDir: {} },
          { name: 'more', emptyDir: {} },
        ],
      },
    },
  },
  status: {},
} as unknown as KubeObject;

test('just what was applied', () => {
  expect(appliedBy(live, 'ml-gates-deploy')).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'ml', labels: { app: 'web' }, finalizers: ['mine'] },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [{ name: 'app', image: 'a', args: ['x', 'y'], ports: [{ containerPort: 80 }] }],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    },
  });
});

test('nothing, by somebody else', () => {
  expect(appliedBy(live, 'argocd')).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'ml' },
  });
});

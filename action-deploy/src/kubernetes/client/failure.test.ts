import { expect, test } from 'vitest';
import type { Connection } from './connection.ts';
import { fixedCredentials } from './credentials.ts';
import { type Asked, answerFailure, connectionFailure } from './failure.ts';
import { LostConnection } from './transport.ts';

const connection: Connection = {
  server: new URL('https://me:pw@prod.example:6443'),
  ca: null,
  insecure: false,
  serverName: null,
  proxy: null,
  credentials: fixedCredentials({ authorization: null, certificate: null }),
  impersonation: {},
  namespace: null,
  shown: 'context prod',
  notices: [],
};
const asked: Asked = { verb: 'patch', resource: 'deployments', group: 'apps', namespace: 'ml', name: 'web' };

/** Messages of Kubernetes 1.33, as its API server gave them. */
test.each<[number, object, string]>([
  [
    403,
    {
      message:
        'deployments.apps "web" is forbidden: User "system:serviceaccount:ml:deployer" cannot patch resource "deployments" in API group "apps" in the namespace "ml"',
    },
    'system:serviceaccount:ml:deployer may not patch deployments.apps in namespace ml (403); add to its Role the rule apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"]',
  ],
  [
    403,
    {
      message:
        'nodes is forbidden: User "octo" cannot list resource "nodes" in API group "" at the cluster scope',
    },
    'octo may not list nodes at the cluster scope (403); add to its ClusterRole the rule apiGroups: [""], resources: ["nodes"], verbs: ["list"]',
  ],
  [
    403,
    {
      message:
        'pods "web" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=1, limited: pods=1',
    },
    'deployments.apps "web" in namespace ml is refused (403): pods "web" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=1, limited: pods=1',
  ],
  [
    400,
    { message: 'admission webhook "policy.example" denied the request: images must be signed' },
    'deployments.apps "web" in namespace ml is refused by the admission webhook policy.example: images must be signed',
  ],
  [
    409,
    {
      message: 'Apply failed with 2 conflicts',
      reason: 'Conflict',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "helm" using apps/v1',
            field: '.spec.replicas',
          },
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "kube-controller-manager" with subresource "scale" using apps/v1',
            field: '.spec.replicas',
          },
        ],
      },
    },
    'deployments.apps "web" in namespace ml has fields that others manage: helm manages spec.replicas; kube-controller-manager (by scale) manages spec.replicas',
  ],
  [
    422,
    {
      message:
        'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      details: {
        causes: [
          { message: 'Invalid value: -1: must be greater than or equal to 0', field: 'spec.replicas' },
        ],
      },
    },
    'deployments.apps "web" in namespace ml is not valid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    400,
    { message: 'failed: strict decoding error: unknown field "spec.replcas", duplicate field "a"' },
    'deployments.apps "web" in namespace ml is not valid: unknown field "spec.replcas", duplicate field "a"',
  ],
  [
    500,
    {
      message:
        'failed to create typed patch object (ml/web; apps/v1, Kind=Deployment): errors:\n  .spec.a: field not declared in schema\n  .spec.b[0].c: field not declared in schema',
    },
    'deployments.apps "web" in namespace ml is not valid: errors: unknown field "spec.a" unknown field "spec.b[0].c"',
  ],
  [
    500,
    {
      message:
        'failed to create typed patch object (ml/web; /v1, Kind=Secret): .data.pin: expected string, got &value.valueUnstructured{Value:12345678}',
    },
    'deployments.apps "web" in namespace ml is not valid: .data.pin: expected string',
  ],
  [
    500,
    {
      message:
        'failed to create typed patch object (ml/web; /v1, Kind=Secret): errors:\n  .data.a: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"b":"swordfish"}}\n  .data.c: expected string, got &value.valueUnstructured{Value:7}',
    },
    'deployments.apps "web" in namespace ml is not valid: errors: .data.a: expected string',
  ],
  [
    401,
    { message: 'Unauthorized' },
    'the cluster at https://prod.example:6443 does not accept the credentials of context prod (401): they are wrong, or have expired',
  ],
])('%d %j', (code, status, message) => {
  const failure = answerFailure(code, JSON.stringify({ kind: 'Status', ...status }), asked, connection);
  expect(failure.message).toBe(message);
  expect(failure.name).toBe('RunError');
});

test('a page of HTML is shown on one line', () => {
  const { message } = answerFailure(502, '<html>\n<h1>Bad Gateway</h1>\n::error::no', asked, connection);
  expect(message).toBe(
    'the API server does not patch deployments.apps "web" in namespace ml (502, after several attempts): <html> <h1>Bad Gateway</h1> ::error::no',
  );
});

test('addresses lose their user', () => {
  const { message } = connectionFailure(new LostConnection('ENOTFOUND', 'getaddrinfo'), connection);
  expect(message).toBe(
    'the API server https://prod.example:6443 (context prod) cannot be reached: its host name is not known',
  );
});

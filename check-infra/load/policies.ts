/** Policies of AWS: those in files, and those that a plan of Terraform makes. */

import { basename } from 'node:path';
import { isObject, type JsonObject, listAt, objectAt, textAt } from '../../core/kubernetes/index.ts';
import type { PolicyKind } from '../iam/index.ts';
import type { PolicyFile } from '../infra.ts';
import type { Read } from './parse.ts';

export interface Policies {
  readonly policies: readonly PolicyFile[];
  /** Places of policies that a plan does not know before it is applied. */
  readonly unknown: readonly string[];
}

export function policiesOf(files: readonly Read[]): Policies {
  const own = files
    .filter(({ is }) => is === 'policy')
    .map(
      ({ path, place, text }): PolicyFile => ({
        place,
        text,
        kind: null,
        // By the name, since nothing in the file tells it: a boundary is written like what it limits.
        isLimit: /boundary|scp|rcp|service-control|resource-control/i.test(basename(path)),
        role: null,
      }),
    );
  const planned = files
    .filter(({ is }) => is === 'plan')
    .map(({ place, value }) => plannedPolicies(place, value ?? {}));
  return {
    policies: [...own, ...planned.flatMap(({ policies }) => policies)],
    unknown: planned.flatMap(({ unknown }) => unknown),
  };
}

/** Where resources of the provider hold a policy as text. */
const attributes: readonly (readonly [type: RegExp, attribute: string, kind: PolicyKind])[] = [
  [/^aws_iam_role$/, 'assume_role_policy', 'trust'],
  [/^aws_iam_(?:role|user|group)?_?policy$/, 'policy', 'identity'],
  [/^aws_organizations_policy$/, 'content', 'identity'],
  [/^aws_kms_key$/, 'policy', 'resource'],
  [
    /^aws_(?:ecr_repository|s3_bucket|sqs_queue|sns_topic|secretsmanager_secret|kms_key)_policy$/,
    'policy',
    'resource',
  ],
  [/^aws_(?:sqs_queue|sns_topic)$/, 'policy', 'resource'],
];

interface Planned {
  readonly address: string;
  readonly type: string;
  readonly values: JsonObject;
}

function plannedPolicies(place: string, plan: JsonObject): Policies {
  const resources = resourcesOf(objectAt(plan, 'planned_values', 'root_module'));
  const unknownOf = new Map(
    listAt(plan, 'resource_changes').map((change) => [
      textAt(change, 'address'),
      objectAt(change, 'change', 'after_unknown'),
    ]),
  );
  const boundaries = new Set(resources.map(({ values }) => textAt(values, 'permissions_boundary')));
  const policies: PolicyFile[] = [];
  const unknown: string[] = [];
  for (const { address, type, values } of resources) {
    for (const [pattern, attribute, kind] of attributes) {
      if (!pattern.test(type)) continue;
      const at = `${place}: ${address}, ${attribute}`;
      const text = textAt(values, attribute);
      if (text !== '') {
        const isLimit = type === 'aws_organizations_policy' || isBoundary(values, boundaries);
        const role = type === 'aws_iam_role' ? textAt(values, 'name') : textAt(values, 'role');
        policies.push({ place: at, text, kind, isLimit, role: role === '' ? null : role });
      } else if (unknownOf.get(address)?.[attribute] === true) unknown.push(at);
    }
    for (const inline of type === 'aws_iam_role' ? listAt(values, 'inline_policy') : []) {
      const text = textAt(inline, 'policy');
      const at = `${place}: ${address}, inline_policy ${textAt(inline, 'name')}`;
      if (text !== '')
        policies.push({ place: at, text, kind: 'identity', isLimit: false, role: textAt(values, 'name') });
    }
  }
  return { policies, unknown };
}

/** `arn:aws:iam::123456789012:policy/path/name` */
function isBoundary(values: JsonObject, boundaries: ReadonlySet<string>): boolean {
  const name = `:policy${textAt(values, 'path') || '/'}${textAt(values, 'name')}`;
  return textAt(values, 'name') !== '' && [...boundaries].some((arn) => arn.endsWith(name));
}

function resourcesOf(module: JsonObject): Planned[] {
  const own = listAt(module, 'resources').map((one) => ({
    address: textAt(one, 'address'),
    type: textAt(one, 'type'),
    values: objectAt(one, 'values'),
  }));
  return [...own, ...listAt(module, 'child_modules').filter(isObject).flatMap(resourcesOf)];
}

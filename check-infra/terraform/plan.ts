/** What a plan of Terraform makes or keeps, as `terraform show -json` tells it. Pure. */

import {
  at,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
} from '../../core/kubernetes/index.ts';

/** A resource as it will be. */
export interface Planned {
  /** `module.ecs.aws_ecs_service.this` */
  readonly address: string;
  /** `aws_ecs_service` */
  readonly type: string;
  /** What is known of it before it is made; what is not set is null. Blocks are lists. */
  readonly values: JsonObject;
  /** Of the same shape, with `true` where a value will only be known when the plan is applied. */
  readonly unknown: Json;
}

export interface PlanProblem {
  readonly address: string;
  readonly message: string;
  /** What to write instead. */
  readonly mend: string;
}

/** A check of a whole plan: what AWS would refuse, or take and not do what somebody thinks that it does. */
export interface PlanCheck {
  readonly name: string;
  /** What it refuses, in one line. */
  readonly refuses: string;
  run(plan: readonly Planned[]): PlanProblem[];
}

/**
 * Without data sources, and without what is taken away.
 *
 * @param document of `terraform show -json PLAN`, https://developer.hashicorp.com/terraform/internals/json-format
 */
export function plannedIn(document: JsonObject): readonly Planned[] {
  return listAt(document, 'resource_changes').flatMap((change): Planned[] => {
    const after = at(change, 'change', 'after');
    if (textAt(change, 'mode') !== 'managed' || !isObject(after)) return [];
    return [
      {
        address: textAt(change, 'address'),
        type: textAt(change, 'type'),
        values: after,
        unknown: at(change, 'change', 'after_unknown') ?? {},
      },
    ];
  });
}

export function ofType(plan: readonly Planned[], ...types: readonly string[]): readonly Planned[] {
  return plan.filter(({ type }) => types.includes(type));
}

/** A block that can stand once; undefined where it does not. */
export function blockIn(values: Json | undefined, ...keys: readonly string[]): JsonObject | undefined {
  let here: Json | undefined = values;
  for (const key of keys) {
    here = listAt(here, key)[0];
    if (!isObject(here)) return undefined;
  }
  return isObject(here) ? here : undefined;
}

/** Of the attribute, as a number: Terraform has some of AWS's numbers as texts. Null: it is not set, or not known. */
export function amountAt(values: Json | undefined, key: string): number | null {
  const value = at(values, key);
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : null;
}

/** Names of a map, those of values among them that are not known yet. Null: not even the names are. */
export function namesIn(values: JsonObject, unknown: Json, key: string): readonly string[] | null {
  if (at(unknown, key) === true) return null;
  const names = [...Object.keys(objectAt(values, key)), ...Object.keys(objectAt(unknown, key))];
  return [...new Set(names)].sort();
}

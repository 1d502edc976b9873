/** Which of ajv's errors speak to the user: of a union that fails, ajv reports every branch and then the union. */

import type { ErrorObject } from 'ajv';
import { reachOf } from './documents.ts';
import { typeOf } from './types-of.ts';
import { isSchema, isSchemaObject, type Json, type Schema } from './walk.ts';

/** An error with those that led to it: of a union, the errors of its branches. */
export interface Told {
  readonly error: ErrorObject;
  /** Each belongs to the branch of this number. */
  readonly causes: readonly { readonly told: Told; readonly branch: number }[];
}

/**
 * The errors that say what is wrong, each once:
 * - of `anyOf` and `oneOf` where no branch holds, the errors of the branch that was meant, if one can be told: the only
 *   one that admits the type of the value (`minimum` for an integer or null), or, of objects, the only one whose
 *   constants fit (`"kind": {"const": "card"}`). Else the union itself speaks, with its branches as causes.
 * - of `if`, the errors of `then` or `else`.
 * - of `contains` and `propertyNames`, the keyword itself.
 */
export function speaking(errors: readonly ErrorObject[]): Told[] {
  const told: Told[] = [];
  for (const error of errors) {
    const branches = branchesOf(error);
    let from = told.length;
    while (from > 0 && branches.some((branch) => isWithin(told[from - 1], branch, error))) from -= 1;
    const causes: { told: Told; branch: number }[] = [];
    let branch = 0;
    for (const each of told.splice(from)) {
      // ajv takes the branches in order: one that refers to the same schema as an earlier one comes later.
      const next = branches.findIndex((own, index) => index >= branch && isWithin(each, own, error));
      branch = next === -1 ? branch : next;
      causes.push({ told: each, branch });
    }
    told.push({ error, causes });
  }
  return told.flatMap(meant);
}

/** The schemas whose errors ajv reports before the error of the keyword that applies them. */
function branchesOf({ keyword, schema, parentSchema, params }: ErrorObject): Schema[] {
  switch (keyword) {
    case 'anyOf':
    case 'oneOf':
      return Array.isArray(schema) ? schema.filter(isSchema) : [];
    case 'contains':
    case 'propertyNames':
      return isSchema(schema) ? [schema] : [];
    case 'if': {
      const clause: unknown = parentSchema?.[String(params.failingKeyword)];
      return isSchema(clause) ? [clause] : [];
    }
    default:
      return [];
  }
}

function isWithin(told: Told | undefined, branch: Schema, union: ErrorObject): boolean {
  if (told === undefined) return false;
  const { error } = told;
  const { instancePath, parentSchema } = error;
  if (instancePath !== union.instancePath && !instancePath.startsWith(`${union.instancePath}/`)) return false;
  // A key is judged where its object is.
  if ((union.keyword === 'propertyNames') !== (error.propertyName !== undefined)) return false;
  // `false` is no object that could be looked up.
  if (!isSchemaObject(parentSchema)) return error.schemaPath.startsWith(`${branchPath(union)}/`);
  return isSchemaObject(branch) && reachOf(branch).has(parentSchema);
}

function branchPath({ keyword, schemaPath, params }: ErrorObject): string {
  return keyword === 'if' ? schemaPath.replace(/if$/, String(params.failingKeyword)) : schemaPath;
}

function meant(told: Told): Told[] {
  const { error, causes } = told;
  if (error.keyword === 'if')
    return causes.length === 0 ? [told] : causes.flatMap((cause) => meant(cause.told));
  const isUnion = error.keyword === 'anyOf' || error.keyword === 'oneOf';
  if (!isUnion || Array.isArray(error.params.passingSchemas)) return [told];
  const branches = [...Map.groupBy(causes, ({ branch }) => branch).values()].map((own) =>
    own.map((cause) => cause.told),
  );
  const ofType = branches.filter((branch) => !branch.some((each) => isOfOtherType(each, error)));
  const fitting =
    ofType.length > 1
      ? ofType.filter((branch) => !branch.some((each) => isOtherConstant(each, error)))
      : ofType;
  const [branch] = fitting;
  return fitting.length === 1 && branch !== undefined ? branch.flatMap(meant) : [told];
}

/** The value itself is of a type that the branch does not take. */
function isOfOtherType({ error, causes }: Told, union: ErrorObject): boolean {
  if (error.instancePath !== union.instancePath) return false;
  const { keyword, params } = error;
  if (keyword === 'type' || keyword === 'false schema') return !isFraction(error);
  const type = typeOf(error.data as Json);
  if (keyword === 'enum') return (params.allowedValues as Json[]).every((value) => typeOf(value) !== type);
  if (keyword === 'const') return typeOf(params.allowedValue as Json) !== type;
  // A union in a union takes none of the types that its branches do not take.
  return causes.length > 0 && causes.every((cause) => isOfOtherType(cause.told, union));
}

/** 3.5 where an integer is wanted is a number nevertheless. */
function isFraction({ data, params }: ErrorObject): boolean {
  return typeof data === 'number' && [params.type].flat().includes('integer');
}

/** A key of the object tells that another branch was meant. */
function isOtherConstant({ error }: Told, union: ErrorObject): boolean {
  const way = error.instancePath.slice(union.instancePath.length);
  return (error.keyword === 'const' || error.keyword === 'enum') && /^\/[^/]+$/.test(way);
}

/**
 * Requests and answers against AWS's own description of a service, as botocore carries it (`service-2.json`): members that
 * the description does not know, wrong types, missing members, values outside an enumeration or a length.
 *
 * It does not know: which combinations of members a service refuses, nor patterns that AWS describes in prose only.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  /** Any JSON. */
  readonly document?: boolean;
}

interface Operation {
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
  readonly errors?: readonly { readonly shape: string }[];
}

interface Description {
  readonly metadata: { readonly targetPrefix: string; readonly jsonVersion: string };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface ServiceModel {
  /** What stands before the operation in `X-Amz-Target`. */
  readonly targetPrefix: string;
  /** `1.0` or `1.1`, as in the content type. */
  readonly jsonVersion: string;
  has(operation: string): boolean;
  requestProblems(operation: string, body: unknown): readonly string[];
  responseProblems(operation: string, body: unknown): readonly string[];
  /** Whether the operation is said to answer with that error. */
  knowsError(operation: string, code: string): boolean;
}

/**
 * Values that the description of a member names in prose while its enumeration lacks them; the service may answer with
 * them. ServiceDeployment.lifecycleStage, botocore 1.44.8.
 */
const enumAdditions: Readonly<Record<string, readonly string[]>> = {
  ServiceDeploymentLifecycleStage: ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
};

/** For a demonstration where botocore is not at hand: every request and answer is taken. */
export function uncheckedModel(targetPrefix: string, jsonVersion: string): ServiceModel {
  return {
    targetPrefix,
    jsonVersion,
    has: () => true,
    requestProblems: () => [],
    responseProblems: () => [],
    knowsError: () => true,
  };
}

/** @param data botocore's folder of service models @param service its folder: `ecs`, `logs`, `cloudwatch` */
export function loadServiceModel(data: string, service: string): ServiceModel {
  const folder = join(data, service);
  const version = readdirSync(folder)
    .filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name))
    .sort()
    .at(-1);
  if (version === undefined) throw new Error(`no service model in ${folder}`);
  const plain = join(folder, version, 'service-2.json');
  const text = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`));
  return serviceModel(JSON.parse(text.toString('utf8')) as Description);
}

export function serviceModel({ metadata, operations, shapes }: Description): ServiceModel {
  const problems = (reference: { readonly shape: string } | undefined, place: string, body: unknown) =>
    reference === undefined ? [] : shapeProblems(shapes, reference.shape, place, body);
  return {
    targetPrefix: metadata.targetPrefix,
    jsonVersion: metadata.jsonVersion,
    has: (operation) => operations[operation] !== undefined,
    requestProblems: (operation, body) => problems(operations[operation]?.input, operation, body),
    responseProblems: (operation, body) =>
      problems(operations[operation]?.output, `answer to ${operation}`, body),
    knowsError: (operation, code) =>
      (operations[operation]?.errors ?? []).some(({ shape }) => shape === code),
  };
}

function shapeProblems(
  shapes: Readonly<Record<string, Shape>>,
  name: string,
  place: string,
  value: unknown,
): readonly string[] {
  const shape = shapes[name];
  if (shape === undefined) return [`${place}: the model lacks the shape ${name}`];
  const below = (reference: { readonly shape: string } | undefined, where: string, part: unknown) =>
    reference === undefined ? [] : shapeProblems(shapes, reference.shape, where, part);
  switch (shape.type) {
    case 'structure': {
      if (shape.document === true) return [];
      if (!isObject(value)) return [`${place} must be an object, is ${kindOf(value)}`];
      const members = shape.members ?? {};
      return [
        ...(shape.required ?? [])
          .filter((member) => value[member] === undefined || value[member] === null)
          .map((member) => `${place}.${member} is required`),
        ...Object.entries(value).flatMap(([member, part]) => {
          // Null is the same as not given: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
          if (part === null || part === undefined) return [];
          const known = members[member];
          return known === undefined
            ? [`${place}.${member} is not known to the service`]
            : below(known, `${place}.${member}`, part);
        }),
      ];
    }
    case 'list':
      if (!Array.isArray(value)) return [`${place} must be a list, is ${kindOf(value)}`];
      return [
        ...lengthProblems(shape, place, value.length, 'elements'),
        ...value.flatMap((part, i) => below(shape.member, `${place}[${i}]`, part)),
      ];
    case 'map':
      if (!isObject(value)) return [`${place} must be a map, is ${kindOf(value)}`];
      return Object.entries(value).flatMap(([key, part]) => [
        ...below(shape.key, `key of ${place}`, key),
        ...below(shape.value, `${place}.${key}`, part),
      ]);
    case 'string':
      return stringProblems(shape, name, place, value);
    case 'integer':
    case 'long':
      if (!Number.isInteger(value)) return [`${place} must be a whole number, is ${kindOf(value)}`];
      return rangeProblems(shape, place, Number(value));
    case 'double':
    case 'float':
      if (typeof value !== 'number') return [`${place} must be a number, is ${kindOf(value)}`];
      return rangeProblems(shape, place, value);
    case 'timestamp':
      // Seconds since 1970, with a fraction: the protocol's own form.
      return typeof value === 'number'
        ? []
        : [`${place} must be a timestamp in seconds, is ${kindOf(value)}`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${place} must be true or false, is ${kindOf(value)}`];
    case 'blob':
      return typeof value === 'string' ? [] : [`${place} must be base64, is ${kindOf(value)}`];
    default:
      return [`${place}: shapes of type ${shape.type} are not known here`];
  }
}

function stringProblems(shape: Shape, name: string, place: string, value: unknown): readonly string[] {
  if (typeof value !== 'string') return [`${place} must be a string, is ${kindOf(value)}`];
  if (shape.enum !== undefined) {
    const allowed = [...shape.enum, ...(enumAdditions[name] ?? [])];
    return allowed.includes(value) ? [] : [`${place} is ${value}; allowed: ${allowed.join(', ')}`];
  }
  const pattern = shape.pattern === undefined ? null : regularExpression(shape.pattern);
  return [
    ...lengthProblems(shape, place, value.length, 'characters'),
    ...(pattern === null || pattern.test(value) ? [] : [`${place} does not match ${shape.pattern}`]),
  ];
}

/** Patterns are written for Java: with classes as `\p{L}`, which need the flag `u`, or with escapes that it forbids. */
function regularExpression(pattern: string): RegExp {
  const whole = `^(?:${pattern})$`;
  try {
    return new RegExp(whole, 'su');
  } catch {
    return new RegExp(whole, 's');
  }
}

function lengthProblems(shape: Shape, place: string, length: number, unit: string): readonly string[] {
  if (shape.min !== undefined && length < shape.min) return [`${place} has fewer than ${shape.min} ${unit}`];
  if (shape.max !== undefined && length > shape.max) return [`${place} has more than ${shape.max} ${unit}`];
  return [];
}

function rangeProblems(shape: Shape, place: string, value: number): readonly string[] {
  if (shape.min !== undefined && value < shape.min) return [`${place} is below ${shape.min}`];
  if (shape.max !== undefined && value > shape.max) return [`${place} is above ${shape.max}`];
  return [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `${typeof value} ${JSON.stringify(value)?.slice(0, 60)}`;
}

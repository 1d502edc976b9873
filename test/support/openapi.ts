/**
 * GitHub's own description of its REST API (`@octokit/openapi`, api.github.com), as far as tests need it:
 * which operation a request is, and whether its parameters, body and answer are valid.
 *
 * Parsing the 13 MB takes 0.4 s, once a process; only the schemas of operations that are used are compiled.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormatsModule from 'ajv-formats';

// The CommonJS default export as TypeScript and Node see it.
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => Ajv;

export type Json = Readonly<Record<string, unknown>>;

export interface Operation {
  /** As in the description, e.g. `issues/create-comment`. */
  readonly id: string;
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly definition: Json;
}

export interface ApiDescription {
  /** Null when GitHub has no such method and path. */
  find(method: string, pathname: string): Operation | null;
  /** What is wrong with a request, empty when nothing is. */
  requestProblems(operation: Operation, query: URLSearchParams, body: unknown): readonly string[];
  /** What is wrong with an answer of ours. */
  responseProblems(operation: Operation, status: number, body: unknown): readonly string[];
  /** An example value of the description, e.g. `issue-comment`: a fresh copy. */
  example(name: string): Record<string, unknown>;
}

let loaded: ApiDescription | null = null;

export function gitHubApi(): ApiDescription {
  loaded ??= load();
  return loaded;
}

function load(): ApiDescription {
  const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
  const document = JSON.parse(readFileSync(file, 'utf8')) as Json;
  const templates = Object.keys(child(document, 'paths')).map((path) => ({
    path,
    segments: path.split('/'),
  }));
  // Literal segments before parameters: `/issues/comments/{id}` before `/issues/{number}/{x}`.
  templates.sort((a, b) => a.segments.filter(isParameter).length - b.segments.filter(isParameter).length);
  const validators = new Map<string, ValidateFunction>();
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false, validateFormats: true });
  addFormats(ajv);
  for (const format of ['int64', 'uri-template']) ajv.addFormat(format, true);

  const validate = (key: string, schema: unknown, closed: boolean, value: unknown): readonly string[] => {
    let validator = validators.get(key);
    if (validator === undefined) {
      validator = ajv.compile(selfContained(document, schema, closed));
      validators.set(key, validator);
    }
    if (validator(value)) return [];
    return (validator.errors ?? []).map(
      (e) => `${key}${e.instancePath}: ${e.message ?? e.keyword} ${JSON.stringify(e.params)}`,
    );
  };

  return {
    find(method, pathname) {
      const segments = pathname.split('/');
      for (const template of templates) {
        const definition = child(child(child(document, 'paths'), template.path), method.toLowerCase());
        if (typeof definition.operationId !== 'string') continue;
        const pathParameters = match(template.segments, segments);
        if (pathParameters !== null) {
          return { id: definition.operationId, path: template.path, pathParameters, definition };
        }
      }
      return null;
    },
    requestProblems(operation, query, body) {
      return [
        ...parameterProblems(document, operation, query, validate),
        ...bodyProblems(operation, body, validate),
      ];
    },
    responseProblems(operation, status, body) {
      const key = `${operation.id} response ${status}`;
      const given = child(operation.definition, 'responses')[String(status)];
      const response = given === undefined ? undefined : resolve(document, given);
      if (response === undefined) {
        // 401, 429 and 5xx are described apart from the operations.
        return status >= 400
          ? validate('basic-error', { $ref: '#/components/schemas/basic-error' }, false, body)
          : [`${key}: not described`];
      }
      const schema = child(child(response, 'content'), 'application/json').schema;
      if (schema === undefined) return body === undefined ? [] : [`${key}: has no body`];
      return validate(key, schema, false, body);
    },
    example(name) {
      const value = child(child(child(document, 'components'), 'examples'), name).value;
      if (value === undefined) throw new Error(`the description has no example ${name}`);
      return structuredClone(value) as Record<string, unknown>;
    },
  };
}

type Validate = (key: string, schema: unknown, closed: boolean, value: unknown) => readonly string[];

function parameterProblems(
  document: Json,
  operation: Operation,
  query: URLSearchParams,
  validate: Validate,
): readonly string[] {
  const parameters = ((operation.definition.parameters ?? []) as unknown[]).map((p) => resolve(document, p));
  const problems: string[] = [];
  for (const parameter of parameters) {
    const name = String(parameter.name);
    const text = parameter.in === 'path' ? operation.pathParameters[name] : query.get(name);
    if (parameter.in !== 'path' && parameter.in !== 'query') continue;
    if (text === null || text === undefined) {
      if (parameter.required === true) problems.push(`${operation.id}: ${name} is missing`);
      continue;
    }
    const schema = resolve(document, parameter.schema);
    const value = /^(integer|number)$/.test(String(schema.type)) && text !== '' ? Number(text) : text;
    problems.push(...validate(`${operation.id} ${parameter.in} ${name}`, schema, true, value));
  }
  const known = new Set(parameters.filter((p) => p.in === 'query').map((p) => String(p.name)));
  for (const name of query.keys()) {
    if (!known.has(name)) problems.push(`${operation.id}: no query parameter ${name}`);
  }
  // Not in the schemas: GitHub answers with 100 when asked for more.
  if (Number(query.get('per_page') ?? 1) > 100) problems.push(`${operation.id}: per_page is above 100`);
  return problems;
}

function bodyProblems(operation: Operation, body: unknown, validate: Validate): readonly string[] {
  const requestBody = child(operation.definition, 'requestBody');
  const schema = child(child(requestBody, 'content'), 'application/json').schema;
  if (body === undefined)
    return requestBody.required === true ? [`${operation.id}: the body is missing`] : [];
  if (schema === undefined) return [`${operation.id}: takes no body`];
  return validate(`${operation.id} body`, schema, true, body);
}

function match(template: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (template.length !== segments.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of template.entries()) {
    const segment = segments[i] ?? '';
    if (isParameter(part)) {
      if (segment === '') return null;
      found[part.slice(1, -1)] = decodeURIComponent(segment);
    } else if (part !== segment) {
      return null;
    }
  }
  return found;
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

/** The schema with every component that it reaches, as JSON Schema that ajv reads. */
function selfContained(document: Json, schema: unknown, closed: boolean): Json {
  const schemas: Record<string, unknown> = {};
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const name = /^#\/components\/schemas\/(.+)$/.exec(String((node as Json).$ref ?? ''))?.[1];
    if (name !== undefined && !(name in schemas)) {
      schemas[name] = true;
      schemas[name] = visit(child(child(document, 'components'), 'schemas')[name]);
    }
    const plain = Object.fromEntries(
      Object.entries(node)
        .filter(([key]) => !IGNORED.has(key))
        .map(([key, value]) => [key, visit(value)]),
    );
    return nullable(closed ? close(plain) : plain);
  };
  const root = visit(schema) as Json;
  return { ...root, components: { schemas } };
}

/** Annotations, and OpenAPI's own keywords, which JSON Schema does not know. */
const IGNORED = new Set(['example', 'examples', 'discriminator', 'xml', 'externalDocs', 'deprecated']);

/** OpenAPI 3.0 writes `nullable: true` where JSON Schema has the type `null`. */
function nullable(schema: Record<string, unknown>): Json {
  if (schema.nullable !== true) return schema;
  const { nullable: _, ...rest } = schema;
  return { anyOf: [rest, { type: 'null' }] };
}

/** GitHub ignores what it does not know in a request; a misspelt property must not pass in a test. */
function close(schema: Record<string, unknown>): Record<string, unknown> {
  const isOpen = 'additionalProperties' in schema || 'allOf' in schema || !('properties' in schema);
  if (isOpen || schema.type !== 'object') return schema;
  return { ...schema, additionalProperties: false };
}

function resolve(document: Json, node: unknown): Json {
  const ref = typeof node === 'object' && node !== null ? (node as Json).$ref : undefined;
  if (typeof ref !== 'string') return (node ?? {}) as Json;
  return ref
    .split('/')
    .slice(1)
    .reduce<Json>((at, key) => child(at, key.replaceAll('~1', '/').replaceAll('~0', '~')), document);
}

function child(node: unknown, key: string): Json {
  const value = typeof node === 'object' && node !== null ? (node as Json)[key] : undefined;
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

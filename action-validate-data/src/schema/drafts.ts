/** The drafts of JSON Schema that are read, and the keywords of each. */

import { nearest } from '../../../core/gate/index.ts';
import { isSchemaObject } from './walk.ts';

export type Draft = '2020-12' | '2019-09' | 'draft-07';

/** Without `#` at the end and without the scheme: both spellings of each are about. */
const drafts: ReadonlyMap<string, Draft> = new Map([
  ['json-schema.org/draft/2020-12/schema', '2020-12'],
  ['json-schema.org/draft/2019-09/schema', '2019-09'],
  ['json-schema.org/draft-07/schema', 'draft-07'],
]);

export const draftUris: Readonly<Record<Draft, string>> = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
};

export type DraftReading =
  | { readonly draft: Draft; readonly note: string | null }
  /** What is wrong with `$schema`, with what is allowed. */
  | { readonly draft: null; readonly problem: string };

/** Which draft a schema is of, by `$schema` at its root. */
export function draftOf(schema: unknown): DraftReading {
  const given = isSchemaObject(schema) ? schema.$schema : undefined;
  if (given === undefined) {
    return { draft: '2020-12', note: 'no `$schema` is given; read as draft 2020-12' };
  }
  const allowed = Object.values(draftUris);
  if (typeof given === 'string') {
    const draft = drafts.get(given.replace(/^https?:\/\//, '').replace(/#$/, ''));
    if (draft !== undefined) return { draft, note: null };
  }
  const near = typeof given === 'string' ? nearest(given, allowed) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return {
    draft: null,
    problem: `\`$schema\` ${JSON.stringify(given)} is no draft that is read here; allowed: ${allowed.join(', ')}${hint}`,
  };
}

const everyDraft = [
  ...['$schema', '$id', '$ref', '$comment', '$defs', 'definitions', 'title', 'description', 'default'],
  ...['examples', 'readOnly', 'writeOnly', 'contentMediaType', 'contentEncoding'],
  ...['type', 'enum', 'const', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'],
  ...['multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
  ...['maxLength', 'minLength', 'pattern', 'format'],
  ...['items', 'maxItems', 'minItems', 'uniqueItems', 'contains'],
  ...['maxProperties', 'minProperties', 'required', 'properties', 'patternProperties'],
  ...['additionalProperties', 'propertyNames', 'dependencies'],
  // ajv's own, of OpenAPI, and those of ajv-formats.
  ...['nullable', 'formatMinimum', 'formatMaximum', 'formatExclusiveMinimum', 'formatExclusiveMaximum'],
];
const since2019 = [
  ...['$anchor', '$vocabulary', '$recursiveRef', '$recursiveAnchor', '$dynamicRef', '$dynamicAnchor'],
  ...['deprecated', 'contentSchema', 'dependentRequired', 'dependentSchemas', 'minContains', 'maxContains'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
];

/** What ajv reads, or passes over in silence because it asserts nothing, in each draft. */
const keywords: Readonly<Record<Draft, ReadonlySet<string>>> = {
  '2020-12': new Set([...everyDraft, ...since2019, 'prefixItems']),
  '2019-09': new Set([...everyDraft, ...since2019, 'additionalItems']),
  'draft-07': new Set([...everyDraft, 'additionalItems']),
};

/** Of OpenAPI and other dialects: they never assert anything, and who writes them knows. */
const harmless = new Set(['example', 'discriminator', 'xml', 'externalDocs', 'deprecated', '$anchor']);

export function isKeyword(draft: Draft, keyword: string): boolean {
  return keywords[draft].has(keyword);
}

export function isHarmless(keyword: string): boolean {
  return harmless.has(keyword) || keyword.startsWith('x-');
}

export function keywordsOf(draft: Draft): ReadonlySet<string> {
  return keywords[draft];
}

/** The drafts that have a keyword which another draft lacks. */
export function draftsWith(keyword: string): readonly Draft[] {
  return (Object.keys(keywords) as Draft[]).filter((draft) => keywords[draft].has(keyword));
}

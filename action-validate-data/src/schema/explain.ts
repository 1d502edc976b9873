/** Why ajv does not compile a schema, in words, with the place in the schema. */

import { nearest, visible } from '../../../core/gate/index.ts';
import { RunError } from '../../../core/inputs/errors.ts';
import { PatternError } from './compile.ts';
import { pointerStep } from './json-places.ts';
import {
  childrenOf,
  everySchema,
  hasInnerIds,
  isSchemaObject,
  pointerOf,
  resolveLocal,
  type Schema,
  valueAt,
} from './walk.ts';

export interface Explanation {
  /** JSON pointer; null: it has no place, or the place is not known. */
  readonly pointer: string | null;
  readonly message: string;
}

export function explain(error: unknown, schema: Schema): Explanation {
  if (error instanceof PatternError) return explainPattern(error, schema);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RunError) return { pointer: null, message };
  const missing = missingReference(error);
  if (missing !== null) return explainReference(missing, schema);
  if (error instanceof RangeError && hasInnerIds(schema)) {
    const why =
      'ajv cannot follow a `$ref` of a part that has an `$id` of its own; leave that `$id` out, and refer from the root';
    return { pointer: null, message: why };
  }
  if (error instanceof RangeError) {
    return { pointer: null, message: 'the schema is nested too deeply, or its references lead in a circle' };
  }
  if (/"nullable" cannot be used without "type"/.test(message)) {
    const why = '`nullable` needs `type` beside it; write "type": ["…", "null"]';
    return {
      pointer: placeOf(schema, (each) => each.nullable !== undefined && each.type === undefined, 'nullable'),
      message: why,
    };
  }
  if (/type: null contradicts nullable/.test(message)) {
    const pointer = placeOf(schema, (each) => each.nullable === false, 'nullable');
    return { pointer, message: '`nullable: false` contradicts the type null' };
  }
  if (/keyword "id", use "\$id"/.test(message)) {
    const pointer = placeOf(schema, (each) => each.id !== undefined, 'id');
    return { pointer, message: '`id` is of draft-04; write `$id`, or leave it out' };
  }
  if (/enum must have non-empty array/.test(message)) {
    const pointer = placeOf(schema, (each) => Array.isArray(each.enum) && each.enum.length === 0, 'enum');
    return { pointer, message: '`enum` names no value, and so nothing would be valid' };
  }
  if (error instanceof URIError) {
    const why =
      'a key of the schema holds half of a surrogate pair, such as "\\ud800", which ajv cannot name';
    return { pointer: null, message: why };
  }
  const twice = /reference "(.*)" resolves to more than one schema/s.exec(message)?.[1];
  if (twice !== undefined) {
    return {
      pointer: null,
      message: `two parts of the schema have the same \`$id\` or \`$anchor\`: ${visible(twice)}`,
    };
  }
  return { pointer: null, message: `the schema cannot be used: ${visible(message, 300)}` };
}

/** The reference as ajv has resolved it. */
function missingReference(error: unknown): string | null {
  if (!(error instanceof Error) || !('missingRef' in error)) return null;
  return typeof error.missingRef === 'string' ? error.missingRef : null;
}

function explainPattern({ source, message }: PatternError, schema: Schema): Explanation {
  const reason = message.replace(/^Invalid regular expression: /, '').replace(/^\/.*\/u?: /s, '');
  let pointer: string | null = placeOf(schema, (each) => each.pattern === source, 'pattern');
  for (const [each, place] of everySchema(schema)) {
    const { patternProperties } = each;
    if (pointer === null && isSchemaObject(patternProperties) && Object.hasOwn(patternProperties, source)) {
      pointer = `${place}/patternProperties${pointerStep(source)}`;
    }
  }
  return { pointer, message: `${visible(source, 80)} is no regular expression: ${visible(reason, 200)}` };
}

function explainReference(missing: string, schema: Schema): Explanation {
  const isMeant = (reference: unknown): reference is string =>
    typeof reference === 'string' && (reference === missing || missing.endsWith(reference));
  let pointer: string | null = null;
  let written = missing;
  for (const [each, place] of everySchema(schema)) {
    for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
      const reference = each[keyword];
      if (pointer !== null || !isMeant(reference)) continue;
      pointer = `${place}/${keyword}`;
      written = reference;
    }
  }
  const quoted = `\`$ref\` ${JSON.stringify(visible(written, 200))}`;
  const isHere = resolveLocal(schema, written) !== null || hasDocument(schema, written);
  if (!written.startsWith('#') && !isHere) {
    return {
      pointer,
      message: `${quoted} is not fetched; put that schema into \`$defs\` of this one, and refer to it there`,
    };
  }
  if (isHere) {
    return {
      pointer,
      message: `${quoted} cannot be followed by ajv; refer to that place by its JSON pointer, as in "#/$defs/age"`,
    };
  }
  const near = nearestTarget(written, targets(schema));
  const hint = near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
  return {
    pointer,
    message: `${quoted} leads to nothing in this schema${hint}${siblings(schema, written, near)}`,
  };
}

/** Whether a part has the `$id` that a reference names. */
function hasDocument(schema: Schema, reference: string): boolean {
  const document = reference.replace(/#.*$/s, '').replace(/^\.?\//, '');
  if (document === '') return false;
  return [...everySchema(schema)].some(
    ([{ $id }]) => typeof $id === 'string' && ($id === document || $id.endsWith(`/${document}`)),
  );
}

/** By the last step, since the steps before are mostly the same; that of a place beside is nearer. */
function nearestTarget(reference: string, all: readonly string[]): string | undefined {
  const lastOf = (target: string): string => target.replace(/^.*[#/]/s, '');
  const parent = reference.slice(0, reference.length - lastOf(reference).length);
  const isBeside = (target: string): boolean => target === parent + lastOf(target);
  const ordered = [...all.filter(isBeside), ...all.filter((target) => !isBeside(target))];
  const near = nearest(lastOf(reference), ordered.map(lastOf));
  return ordered.find((target) => lastOf(target) === near);
}

/** References that would work. */
function targets(schema: Schema): string[] {
  const found: string[] = [];
  for (const [each, pointer] of everySchema(schema)) {
    found.push(...childrenOf(each).map(({ step }) => `#${pointer}${step}`));
    for (const anchor of [each.$anchor, each.$dynamicAnchor]) {
      if (typeof anchor === 'string') found.push(`#${anchor}`);
    }
  }
  return found;
}

/** Where no name is near: what stands beside, as a reader would look it up. */
function siblings(schema: Schema, reference: string, near: string | undefined): string {
  const parent = pointerOf(reference)?.replace(/\/[^/]*$/, '');
  if (near !== undefined || parent === undefined || parent === '') return '';
  const beside = valueAt(schema, parent);
  if (!isSchemaObject(beside)) return '';
  const names = Object.keys(beside);
  const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
  return `; allowed: ${names
    .slice(0, 10)
    .map((name) => visible(`#${parent}/${name}`))
    .join(', ')}${more}`;
}

function placeOf(
  schema: Schema,
  isMeant: (each: Readonly<Record<string, unknown>>) => boolean,
  keyword: string,
): string | null {
  for (const [each, pointer] of everySchema(schema)) if (isMeant(each)) return `${pointer}/${keyword}`;
  return null;
}

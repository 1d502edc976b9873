/** What a schema says that has no effect: not wrong by the standard, and mostly not what its author meant. */

import { nearest, visible } from '../../../core/gate/index.ts';
import { type Draft, draftsWith, isHarmless, isKeyword, keywordsOf } from './drafts.ts';
import { formatNames } from './formats.ts';
import { pointerStep } from './json-places.ts';
import { everySchema, type Schema, type SchemaObject } from './walk.ts';

export interface Notice {
  /** JSON pointer of the keyword. */
  readonly pointer: string;
  /** One sentence, without its place. */
  readonly message: string;
}

const textKeywords = ['pattern', 'minLength', 'maxLength', 'format'];
/** Keywords that say, or may say, of which types a value is. */
const typing = ['type', 'enum', 'const', '$ref', '$dynamicRef', '$recursiveRef', 'allOf', 'anyOf', 'oneOf'];

export function noticesOf(root: Schema, draft: Draft): Notice[] {
  const notices: Notice[] = [];
  if (root === true || (typeof root === 'object' && Object.keys(root).length === 0)) {
    notices.push({ pointer: '', message: 'the schema accepts every row' });
  }
  if (root === false) notices.push({ pointer: '', message: 'the schema rejects every row' });
  for (const [schema, pointer] of everySchema(root)) {
    for (const keyword of Object.keys(schema)) {
      const message = keywordMessage(keyword, draft);
      if (message !== null) notices.push({ pointer: pointer + pointerStep(keyword), message });
    }
    notices.push(...formatNotices(schema, pointer), ...nullableNotices(schema, pointer));
    if (pointer !== '') notices.push(...textNotices(schema, pointer));
  }
  return notices;
}

function keywordMessage(keyword: string, draft: Draft): string | null {
  if (isKeyword(draft, keyword) || isHarmless(keyword)) return null;
  const name = visible(keyword);
  const others = draftsWith(keyword);
  if (others.length > 0) {
    return `\`${name}\` is of ${others.join(' and ')}; in ${draft} it is no keyword, and is ignored`;
  }
  const near = nearest(keyword, keywordsOf(draft));
  return `\`${name}\` is no keyword, and is ignored${near === undefined ? '' : `; did you mean \`${near}\`?`}`;
}

function formatNotices({ format }: SchemaObject, pointer: string): Notice[] {
  if (typeof format !== 'string' || formatNames.includes(format)) return [];
  const near = nearest(format, formatNames);
  const hint = near === undefined ? '' : `; did you mean \`${near}\`?`;
  const message = `the format \`${visible(format)}\` is not known, and is not checked${hint}`;
  return [{ pointer: `${pointer}/format`, message }];
}

/** ajv gives OpenAPI's `nullable` its meaning beside `type`, and refuses it without. */
function nullableNotices({ nullable, type }: SchemaObject, pointer: string): Notice[] {
  if (nullable !== true || type === undefined) return [];
  const types = (Array.isArray(type) ? type : [type]).filter((name) => name !== 'null');
  const instead = JSON.stringify([...types, 'null']);
  const message = `\`nullable\` is of OpenAPI, and read as "type": ${instead}`;
  return [{ pointer: `${pointer}/nullable`, message }];
}

/** Where a column is described, other than under a condition. */
const columnPlace = /^(?:\/allOf\/\d+)*\/(?:properties|patternProperties)\/[^/]*$/;

/** A cell of CSV such as 1234 becomes a number where the schema says nothing of types, and no pattern is asked. */
function textNotices(schema: SchemaObject, pointer: string): Notice[] {
  if (typing.some((keyword) => schema[keyword] !== undefined)) return [];
  const [keyword] = textKeywords.filter((each) => schema[each] !== undefined);
  if (keyword === undefined || !columnPlace.test(pointer)) return [];
  const message = `\`${keyword}\` judges strings only; without "type": "string" a cell such as 1234 is a number, and passes`;
  return [{ pointer: `${pointer}/${keyword}`, message }];
}

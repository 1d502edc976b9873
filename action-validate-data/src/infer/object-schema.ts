/** The schema of objects with their properties: rows, and objects inside them. */

import type { Members } from './members.ts';
import type { Notes } from './notes.ts';
import type { Schema } from './types.ts';
import type { ValueFacts } from './value-facts.ts';
import { type Context, valueSchema } from './value-schema.ts';

/**
 * `properties`, `patternProperties` and `required`. A property is required when no object lacks it; null counts as a
 * value, an empty CSV cell does not.
 */
export function membersSchema(members: Members, path: string, notes: Notes): Schema {
  const context: Context = {
    notes,
    ofObject: (facts, at) => nestedSchema(facts, at, notes),
  };
  const named: [string, Schema][] = [];
  const byPattern: [string, Schema][] = [];
  const required: string[] = [];
  for (const facts of members.facts) {
    const { name } = facts;
    const schema = valueSchema(facts, path === '' ? name : `${path}.${name}`, members.count, context);
    if (isInherited(name)) byPattern.push([`^${name}$`, schema]);
    else named.push([name, schema]);
    if (facts.present === members.count && name !== '__proto__') required.push(name);
  }
  return {
    ...(named.length > 0 ? { properties: Object.fromEntries(named) } : {}),
    ...(byPattern.length > 0 ? { patternProperties: Object.fromEntries(byPattern) } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

function nestedSchema({ members }: ValueFacts, path: string, notes: Notes): Schema {
  return members === null || members.overflow ? {} : membersSchema(members, path, notes);
}

/**
 * `constructor`, `toString`, `__proto__`: every JavaScript object has them, and a validator that asks for the property
 * finds the inherited one. A pattern is tried on the own keys only.
 */
function isInherited(name: string): boolean {
  return name in Object.prototype;
}

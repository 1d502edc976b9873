/** Why something is allowed or not, in sentences: which statement, and which value of which condition. */

import { quote } from '../../core/inputs/index.ts';
import type { ConditionOutcome } from './condition.ts';
import type { Applied, Missed, Role } from './decide.ts';
import { operators } from './operators.ts';
import type { Patterns, Policy, Statement } from './policy.ts';
import type { Request } from './statement.ts';

export function allowedText(by: Applied | null, role: Role): string {
  if (by === null) return 'allowed: the root user of an account may do everything in it';
  return `allowed by ${placeOf(by, role)}${conditionsText(by.conditions)}`;
}

export function deniedText(by: Applied, role: Role): string {
  return `denied by ${placeOf(by, role)}${conditionsText(by.conditions)}; a deny is before every allow`;
}

/** At most three near misses, the nearest first. */
export function missingText(request: Request, role: Role, near: readonly Missed[]): string {
  const begin = `not allowed: nothing in the ${role} allows ${request.action} on ${request.resource}`;
  const shown = near.slice(0, 3).map((missed) => `${placeOf(missed, role)} ${missText(missed, request)}`);
  const more = near.length > shown.length ? [`and ${near.length - shown.length} more do not either`] : [];
  return [begin, ...shown, ...more].join('; ');
}

/** `statement 1 (Deploy) of trust policy` */
function placeOf({ statement, policy }: { statement: Statement; policy: Policy }, role: Role): string {
  return `${statement.name} of ${policy.place === '' ? role : policy.place}`;
}

function conditionsText(conditions: readonly ConditionOutcome[]): string {
  if (conditions.length === 0) return ', which has no condition';
  return `, since ${conditions.map(heldText).join(', and ')}`;
}

function heldText({
  condition: { written, operator, key, values },
  found,
  matched,
}: ConditionOutcome): string {
  if (found === null) return `${key} is missing, for which ${written} holds`;
  const has = `${key} is ${found.map(full).join(', ')}`;
  if (operators[operator].negated) return `${has}, and not ${listed(values)}`;
  return matched === null || (found.length === 1 && found[0] === matched)
    ? has
    : `${has}, as ${full(matched)}`;
}

function missText(missed: Missed, request: Request): string {
  const { statement, part, conditions } = missed;
  switch (part) {
    case 'action':
      return `is for ${patternsText(statement.actions)}`;
    case 'resource':
      return `is for ${statement.resources === null ? 'others' : patternsText(statement.resources)}`;
    case 'principal':
      return `is for other principals than ${callerText(request)}`;
    case 'condition':
      return conditions.map(failedText).join(', and ');
  }
}

function failedText({ condition: { written, key, values }, found }: ConditionOutcome): string {
  const has = found === null ? 'is missing' : `is ${found.map(full).join(', ')}`;
  return `wants ${key} ${written} ${listed(values)}, and it ${has}`;
}

function patternsText({ not, patterns }: Patterns): string {
  return `${not ? 'all but ' : ''}${listed(patterns)}`;
}

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, 4).map(full);
  return texts.length > 4 ? `${shown.join(', ')} and ${texts.length - 4} more` : shown.join(' or ');
}

/** Whole: what is different may stand at the end. */
function full(text: string): string {
  return text.length > 300 ? quote(text) : JSON.stringify(text);
}

function callerText({ caller }: Request): string {
  switch (caller.is) {
    case 'user':
      return caller.arn;
    case 'session':
      return caller.session;
    case 'web-identity':
      return caller.provider;
    case 'service':
      return caller.name;
    case 'root':
      return `the account ${caller.account}`;
    case 'anonymous':
      return 'somebody without credentials';
  }
}

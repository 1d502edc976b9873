/**
 * The condition operators, each by how it compares one value of the request with one of the policy.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

import { BlockList, isIP } from 'node:net';
import { matchesTokens, type Token, withinParts } from './pattern.ts';
import type { PolicyVersion } from './policy.ts';
import { fill, fillText, type RequestContext } from './variables.ts';

export interface Comparison {
  /** Of the request. */
  readonly value: string;
  /** Of the policy, as written. */
  readonly wanted: string;
  readonly version: PolicyVersion;
  readonly context: RequestContext;
}

interface Operator {
  /** None of the policy's values may match, and a missing key is like nothing. */
  readonly negated: boolean;
  matches(comparison: Comparison): boolean;
}

export type OperatorName = keyof typeof operators;

const text = (negated: boolean, fold: (text: string) => string): Operator => ({
  negated,
  matches: ({ value, wanted, version, context }) => {
    const filled = fillText(wanted, version, context);
    return filled !== null && fold(filled) === fold(value);
  },
});

const like = (negated: boolean, read: (tokens: readonly Token[]) => readonly Token[]): Operator => ({
  negated,
  matches: ({ value, wanted, version, context }) => {
    const tokens = fill(wanted, version, context);
    return tokens !== null && matchesTokens(read(tokens), value);
  },
});

const compared = (
  read: (text: string) => number | null,
  holds: (value: number, wanted: number) => boolean,
  negated = false,
): Operator => ({
  negated,
  matches: ({ value, wanted }) => {
    const [left, right] = [read(value), read(wanted)];
    return left !== null && right !== null && holds(left, right);
  },
});

const address = (negated: boolean): Operator => ({
  negated,
  matches: ({ value, wanted }) => isWithin(value, wanted),
});

const same = (one: string): string => one;
const equal = (a: number, b: number): boolean => a === b;
const less = (a: number, b: number): boolean => a < b;
const atMost = (a: number, b: number): boolean => a <= b;
const more = (a: number, b: number): boolean => a > b;
const atLeast = (a: number, b: number): boolean => a >= b;

export const operators = {
  StringEquals: text(false, same),
  StringNotEquals: text(true, same),
  StringEqualsIgnoreCase: text(false, (one) => one.toLowerCase()),
  StringNotEqualsIgnoreCase: text(true, (one) => one.toLowerCase()),
  StringLike: like(false, (tokens) => tokens),
  StringNotLike: like(true, (tokens) => tokens),
  NumericEquals: compared(numberOf, equal),
  NumericNotEquals: compared(numberOf, equal, true),
  NumericLessThan: compared(numberOf, less),
  NumericLessThanEquals: compared(numberOf, atMost),
  NumericGreaterThan: compared(numberOf, more),
  NumericGreaterThanEquals: compared(numberOf, atLeast),
  DateEquals: compared(timeOf, equal),
  DateNotEquals: compared(timeOf, equal, true),
  DateLessThan: compared(timeOf, less),
  DateLessThanEquals: compared(timeOf, atMost),
  DateGreaterThan: compared(timeOf, more),
  DateGreaterThanEquals: compared(timeOf, atLeast),
  Bool: text(false, (one) => one.toLowerCase()),
  BinaryEquals: {
    negated: false,
    matches: ({ value, wanted }) => Buffer.from(value, 'base64').equals(Buffer.from(wanted, 'base64')),
  },
  IpAddress: address(false),
  NotIpAddress: address(true),
  // ArnEquals and ArnLike are the same, and so are their opposites.
  ArnEquals: like(false, withinArn),
  ArnLike: like(false, withinArn),
  ArnNotEquals: like(true, withinArn),
  ArnNotLike: like(true, withinArn),
  /** Decided in condition.ts, since it asks for the key and not for its value. */
  Null: { negated: false, matches: () => false },
} as const satisfies Readonly<Record<string, Operator>>;

export const operatorNames: readonly OperatorName[] = Object.keys(operators).filter(isOperator);

export function isOperator(name: string): name is OperatorName {
  return Object.hasOwn(operators, name);
}

/** Each of the six parts is compared by itself. */
function withinArn(tokens: readonly Token[]): Token[] {
  const parts = withinParts(tokens);
  let part = 0;
  return parts.map((token) => {
    if (token.is !== 'text') return { is: token.is, colons: part >= 5 };
    if (token.text === ':') part += 1;
    return token;
  });
}

function numberOf(written: string): number | null {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(written.trim()) ? Number(written) : null;
}

/** ISO 8601 as W3C has it, or seconds since 1970. Without a zone it is UTC. In milliseconds. */
export function timeOf(written: string): number | null {
  const given = written.trim();
  if (/^\d{5,}(?:\.\d+)?$/.test(given)) return Number(given) * 1000;
  if (
    !/^\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?$/.test(given)
  )
    return null;
  const hasZone = !given.includes('T') || /(?:Z|[+-]\d{2}:?\d{2})$/.test(given.slice(given.indexOf('T')));
  const time = Date.parse(hasZone ? given : `${given}Z`);
  return Number.isNaN(time) ? null : time;
}

/** An address without a length is one address. False for what is none. */
export function isWithin(value: string, wanted: string): boolean {
  const [network = '', length] = wanted.split('/');
  const family = isIP(network);
  const most = family === 6 ? 128 : 32;
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (family === 0 || bits < 0 || bits > most || isIP(value) !== family) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 6 ? 'ipv6' : 'ipv4');
  return list.check(value, family === 6 ? 'ipv6' : 'ipv4');
}

/** The lines of the input `expect`. */

import { InputError, type InputProblem } from '../../../../core/inputs/index.ts';
import type { Comparison, Expect } from '../types.ts';
import { readJsonPath } from './json-path.ts';

const allowed = '`status < 400`, `json($.path) == value` or `body contains text`';
const operatorPattern = /^\s*(==|!=|<=|>=|<|>)\s*/;

type Line = Expect | { readonly message: string; readonly at: number };

/**
 * One expectation a line; empty lines and those that begin with `#` are left out.
 * @throws InputError with every mistake.
 */
export function parseExpect(text: string): Expect[] {
  const problems: InputProblem[] = [];
  const expects: Expect[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const read = readLine(line);
    if ('kind' in read) expects.push(read);
    else
      problems.push({
        input: 'expect',
        message: read.message,
        allowed,
        excerpt: `  ${line}\n  ${' '.repeat(read.at)}^`,
      });
  }
  if (problems.length > 0) throw new InputError(problems);
  return expects;
}

function readLine(line: string): Line {
  if (/^status\b/.test(line)) return readStatus(line);
  if (/^json\s*\(/.test(line)) return readJson(line);
  if (/^body\b/.test(line)) return readBody(line);
  return { message: 'this is no expectation', at: 0 };
}

function readStatus(text: string): Line {
  const operator = readOperator(text, 'status'.length);
  if ('message' in operator) return operator;
  const rest = text.slice(operator.end);
  if (!/^[1-5]\d\d$/.test(rest)) return { message: 'a status is a number from 100 to 599', at: operator.end };
  return { kind: 'status', text, operator: operator.operator, value: Number(rest) };
}

function readJson(text: string): Line {
  const open = text.indexOf('(') + 1;
  const start = open + leadingBlanks(text.slice(open));
  const path = readJsonPath(text, start);
  if (!path.ok) return path;
  const close = path.end + leadingBlanks(text.slice(path.end));
  if (text[close] !== ')') return { message: 'after the path stands `)`', at: close };
  const operator = readOperator(text, close + 1);
  if ('message' in operator) return operator;
  const value = readValue(text.slice(operator.end));
  if (value === undefined) {
    return {
      message: 'a value is a number, true, false, null, or text in quotes',
      at: operator.end,
    };
  }
  if (typeof value !== 'number' && operator.operator !== '==' && operator.operator !== '!=') {
    return { message: `only numbers can be compared with ${operator.operator}`, at: operator.end };
  }
  return { kind: 'json', text, path: path.path, operator: operator.operator, value };
}

function readBody(text: string): Line {
  const match = /^body\s+contains\s+/.exec(text);
  if (match === null) return { message: 'of the body can be said: `body contains text`', at: 'body'.length };
  const rest = text.slice(match[0].length);
  const quoted = unquoted(rest);
  const contains = quoted ?? rest;
  if (contains === '') return { message: 'the text is empty', at: match[0].length };
  return { kind: 'body', text, contains };
}

function readOperator(
  text: string,
  at: number,
): { operator: Comparison; end: number } | { message: string; at: number } {
  const match = operatorPattern.exec(text.slice(at));
  if (match === null) {
    const start = at + leadingBlanks(text.slice(at));
    return { message: 'here stands ==, !=, <, <=, > or >=', at: start };
  }
  return { operator: match[1] as Comparison, end: at + match[0].length };
}

function readValue(text: string): string | number | boolean | null | undefined {
  if (text.startsWith("'") || text.startsWith('"')) return unquoted(text) ?? undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value === null || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Text in double quotes as JSON has it, or in single quotes as it stands; null: it is in neither. */
function unquoted(text: string): string | null {
  if (/^'[^']*'$/.test(text)) return text.slice(1, -1);
  if (!/^".*"$/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function leadingBlanks(text: string): number {
  return text.length - text.trimStart().length;
}

/** `Condition`: operators, each with keys, each with values. */

import { quote } from '../../core/inputs/index.ts';
import { isObject, type Json } from '../../core/kubernetes/index.ts';
import { listOf, suggestion, type Tell } from './elements.ts';
import { isOperator, isWithin, type OperatorName, operatorNames, timeOf } from './operators.ts';
import type { Condition } from './policy.ts';

type Written = Pick<Condition, 'written' | 'operator' | 'set' | 'ifExists'>;

export function parseConditions(value: Json | undefined, tell: Tell): Condition[] {
  if (value === undefined) return [];
  if (!isObject(value)) {
    tell('Condition is an object of operators');
    return [];
  }
  return Object.entries(value).flatMap(([name, keys]) => {
    const written = readOperator(name, tell);
    if (!isObject(keys)) {
      tell(`Condition, ${name} is an object of keys`);
      return [];
    }
    if (Object.keys(keys).length === 0) tell(`Condition, ${name} names no key`);
    return Object.entries(keys).flatMap(([key, given]): Condition[] => {
      const values = valuesOf(given ?? null);
      if (values === null) {
        tell(`Condition, ${name}, ${key} is a text or a list of texts`);
        return [];
      }
      if (written === null) return [];
      for (const one of values) {
        const problem = problemOf(written.operator, one);
        if (problem !== null) tell(`Condition, ${name}, ${key}: ${quote(one)} is ${problem}`);
      }
      return [{ ...written, key, values }];
    });
  });
}

const sets = new Map<string, 'all' | 'any'>([
  ['ForAllValues', 'all'],
  ['ForAnyValue', 'any'],
]);

/** `ForAnyValue:StringLikeIfExists` */
function readOperator(name: string, tell: Tell): Written | null {
  const [, setName, rest = ''] = /^(?:([^:]*):)?(.*)$/s.exec(name) ?? [];
  const ifExists = rest.endsWith('IfExists');
  const operator = ifExists ? rest.slice(0, -'IfExists'.length) : rest;
  const set = setName === undefined ? null : sets.get(setName);
  if (set === undefined) {
    tell(`Condition, ${quote(name)}: before the colon stands ForAllValues or ForAnyValue`);
    return null;
  }
  if (!isOperator(operator)) {
    tell(`Condition, ${quote(name)} is no operator; ${suggestion(operator, operatorNames)}`);
    return null;
  }
  if (operator === 'Null' && (ifExists || set !== null)) {
    tell(`Condition, ${name}: Null asks whether a key is there, and is written alone`);
    return null;
  }
  return { written: name, operator, set, ifExists };
}

/** Numbers and booleans may be written as such. */
function valuesOf(value: Json): readonly string[] | null {
  const list = listOf(value);
  const isPlain = list.every((one) => ['string', 'number', 'boolean'].includes(typeof one));
  return isPlain && list.length > 0 ? list.map(String) : null;
}

/** What such an operator can never be compared with. */
function problemOf(operator: OperatorName, value: string): string | null {
  const hasVariable = value.includes('${');
  if (operator.startsWith('Numeric') && !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value))
    return 'no number';
  if (operator.startsWith('Date') && timeOf(value) === null)
    return 'no time; it is written as 2026-01-31T12:00:00Z, or in seconds since 1970';
  if (/^(?:Bool|Null)$/.test(operator) && !hasVariable && !/^(?:true|false)$/i.test(value))
    return 'neither true nor false';
  if (/IpAddress$/.test(operator) && !isWithin(value.split('/')[0] ?? '', value))
    return 'no address and no range, as 203.0.113.0/24';
  if (operator === 'BinaryEquals' && !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return 'no base64';
  if (/^Arn/.test(operator) && !hasVariable && value !== '*' && !value.startsWith('arn:')) return 'no ARN';
  return null;
}

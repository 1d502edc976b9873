/** The bound of a line, read as thresholds read theirs; its unit says what the query's value is measured in. */

import {
  convert,
  Mistake,
  nearest,
  readCondition,
  type Token,
  tokenize,
  visible,
} from '../../../core/gate/index.ts';
import type { Comparison, MetricDefinition, Unit } from '../../../core/gate/types.ts';

export interface BoundReading {
  readonly operator: Comparison;
  /** In the base unit of Prometheus. */
  readonly value: number;
  /** In canonical spelling: `1%`. */
  readonly text: string;
  readonly unit: Unit;
}

/** Bare numbers go with any query. */
const units: readonly Unit[] = ['number', 'ratio', 'seconds', 'bytes', 'per-second'];
const unitNames = [
  '%',
  'ms',
  's',
  'm',
  'h',
  'd',
  '/s',
  'B',
  'KB',
  'MB',
  'GB',
  'TB',
  'KiB',
  'MiB',
  'GiB',
  'TiB',
];
const boundHelp =
  'a number with its unit at the end of the line: `< 1%`, `<= 200ms`, `> 5`, then a `#` comment';

/**
 * The comparison at `start` and the number behind it. Units are those of Prometheus' base units: a query gives seconds,
 * bytes and ratios, so that `200ms` is held against a value of 0.2, `1%` against 0.01, and `64MB` against 64,000,000;
 * a metric in milliseconds takes a bare number. https://prometheus.io/docs/practices/naming/#base-units
 * @throws Mistake
 */
export function readBound(line: string, start: number, name: string): BoundReading {
  const tokens = tokenize(line, start);
  const unit = unitOf(tokens, name);
  const definition = definitionOf(name, unit);
  try {
    const { condition, confidence } = readCondition(tokens, definition);
    if (confidence !== null) {
      const at = tokens.find(({ text }) => text === 'at');
      throw new Mistake(at?.at ?? start, 'a query’s value has no interval, so `at` has no meaning here');
    }
    if (condition.kind !== 'compare' || condition.bound.kind !== 'number') {
      throw new Mistake(tokens[1]?.at ?? start, 'the bound must be a number', { allowed: boundHelp });
    }
    const { value, text } = condition.bound;
    return { operator: condition.operator, value, text, unit };
  } catch (error) {
    throw error instanceof Mistake ? withOurHelp(error) : error;
  }
}

/** A metric that takes any value, for the readers and reports of thresholds. */
export function definitionOf(name: string, unit: Unit): MetricDefinition {
  return {
    name,
    label: name,
    unit,
    direction: 'neutral',
    definition: 'What a PromQL query of the input `analysis` gives.',
    source: 'https://prometheus.io/docs/prometheus/latest/querying/basics/',
    selector: 'never',
    selectorHelp: null,
    range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  };
}

function unitOf(tokens: readonly Token[], name: string): Unit {
  const number = tokens.findIndex(({ kind }) => kind === 'number');
  const next = tokens[number + 1];
  if (number < 0 || next === undefined || next.kind === 'end') return 'number';
  const isUnit = next.text === '%' || next.text.startsWith('/') || next.kind === 'word';
  if (!isUnit || next.text === 'at' || next.text === 'and') return 'number';
  const text = next.text.replace(/\s/, '');
  const fitting = units.find((unit) => convert('1', text, unit, name).ok);
  if (fitting !== undefined) return fitting;
  const guess = usual(text) ?? nearest(text, unitNames);
  const magnitude = tokens[number]?.text ?? '';
  throw new Mistake(next.at, `unknown unit \`${visible(text)}\``, {
    allowed: `${unitNames.join(', ')} or none`,
    ...(guess === undefined ? {} : { nearest: `${magnitude}${guess}` }),
  });
}

/** `msec` is `ms`: what the reader of thresholds knows of each unit. */
function usual(text: string): string | undefined {
  for (const unit of units) {
    const reading = convert('1', text, unit, '');
    if (!reading.ok && reading.nearest !== undefined) return reading.nearest.slice(1);
  }
  return undefined;
}

/** Thresholds allow more than a query has: a baseline, a confidence level, `between`. */
function withOurHelp(mistake: Mistake): Mistake {
  const { allowed } = mistake.hints;
  if (allowed === undefined || !/baseline|between|at 95%/.test(allowed)) return mistake;
  const { nearest: near } = mistake.hints;
  const help = /^(?:an|unknown) operator/.test(mistake.message)
    ? '`>=`, `>`, `<=`, `<`, `==`, `!=`'
    : boundHelp;
  return new Mistake(
    mistake.at,
    mistake.message.replace('one check stands on each line', 'the bound ends the line'),
    {
      allowed: help,
      ...(near === undefined || /baseline|between/.test(near) ? {} : { nearest: near }),
    },
  );
}

/** Rules bound to the data: every column that they name is there, every expression reads. */

import { contrastFactor, excerpt, nearest, placeOfName, visible } from '../../../core/gate/index.ts';
import type { Check } from '../../../core/gate/types.ts';
import { InputError, type InputProblem } from '../../../core/inputs/errors.ts';
import { redactUrl } from '../../../core/inputs/index.ts';
import { bindExpression } from '../../../core/tables/index.ts';
import { parseSelector, type RuleSelector } from './selectors.ts';

/** What rules are bound to. */
export interface BindContext {
  /** All columns of the data, in order. */
  readonly columns: readonly string[];
  /** Paths of the files as they are shown. */
  readonly shown: readonly string[];
  /** The text of the input that the checks were read from, for carets; absent: their canonical spelling. */
  readonly rules?: string;
}

export type ExpressionSql = (ref: (name: string) => string) => string;

/** A check with what it means. */
export interface BoundRule {
  readonly check: Check;
  readonly selector: RuleSelector;
  /** Columns of the data that it reads. */
  readonly columns: readonly string[];
  /** Of `holds`. */
  readonly expression: ExpressionSql | null;
}

/**
 * Reads the selectors again and holds them against the columns.
 * @throws InputError with every mistake: columns that are not there, expressions that do not read.
 */
export function bindRules(checks: readonly Check[], context: BindContext): BoundRule[] {
  const problems: InputProblem[] = [];
  const bound = checks.map((check): BoundRule => {
    const selector = parseSelector(check.metric, check.selector);
    if (selector.kind === 'holds') {
      const binding = bindExpression(selector.expression, context.columns);
      if ('problem' in binding) {
        const { message, offset, nearest: near } = binding.problem;
        problems.push(problemIn(check, context, { message, offset }, near));
        return { check, selector, columns: [], expression: null };
      }
      const { columns, sql } = binding;
      if (columns.length === 0) {
        problems.push(problemIn(check, context, { message: 'the expression names no column', offset: 0 }));
      }
      return { check, selector, columns, expression: sql };
    }
    const columns = columnsOf(check.metric, selector, context.columns);
    for (const column of columns) {
      if (!context.columns.includes(column)) problems.push(unknownColumn(check, column, context));
    }
    return { check, selector, columns, expression: null };
  });
  if (problems.length > 0) throw new InputError(problems);
  return bound;
}

/** There is no baseline in this gate: a bound over one is a mistake; null where there is none. */
export function refuseBaseline(check: Check, rules?: string): InputProblem | null {
  if (contrastFactor(check.condition) === null) return null;
  const { line } = lineOf(check, rules);
  const withoutComment = line.replace(/\s#[^")]*$/, '');
  return {
    ...heading(check, 'there is no baseline here to compare with'),
    allowed: 'a bound that is a number',
    excerpt: excerptOf(line, Math.max(0, withoutComment.lastIndexOf('baseline'))),
  };
}

/** A mistake in a check, with a caret under `at`, the first such name in its parentheses (or in its line). */
export function problemOf(
  check: Check,
  rules: string | undefined,
  { message, at }: { readonly message: string; readonly at: string },
  hints: { readonly allowed?: string; readonly nearest?: string } = {},
): InputProblem {
  const { line, open } = lineOf(check, rules);
  return { ...heading(check, message), ...hints, excerpt: excerptOf(line, placeOfName(line, open, at)) };
}

/** A mistake at an offset of the selector's text. */
export function problemIn(
  check: Check,
  { rules }: Pick<BindContext, 'rules'>,
  { message, offset }: { readonly message: string; readonly offset: number },
  near?: string,
): InputProblem {
  const { line, open } = lineOf(check, rules);
  const start = open + (/^\s*/.exec(line.slice(open))?.[0].length ?? 0);
  return {
    ...heading(check, message),
    ...(near === undefined ? {} : { nearest: near }),
    excerpt: excerptOf(line, start + offset),
  };
}

/** A URL may stand where a file is meant: its user info is not shown. */
function excerptOf(line: string, offset: number): string {
  return redactUrl(excerpt(line, offset));
}

/** Columns of the data that a rule reads; the whole row where it says so. */
function columnsOf(metric: string, selector: RuleSelector, all: readonly string[]): readonly string[] {
  switch (selector.kind) {
    case 'table':
      return metric === 'duplicate_fraction' ? all : [];
    case 'columns':
      return selector.columns;
    case 'quantile':
    case 'exists':
    case 'matches':
      return [selector.column];
    case 'overlap':
      return selector.columns ?? all;
    case 'holds':
      return [];
  }
}

const mostShown = 20;

/** `age` is not a column of data.csv: with the columns that are, and the nearest one. */
function unknownColumn(check: Check, column: string, { columns, shown, rules }: BindContext): InputProblem {
  const [first = 'the data'] = shown;
  const where = shown.length > 1 ? `any of the ${shown.length} files` : first;
  const near = nearest(column, columns);
  const left = columns.length - mostShown;
  const listed = columns
    .slice(0, mostShown)
    .map((name) => visible(name))
    .join(', ');
  return problemOf(
    check,
    rules,
    { message: `\`${visible(column)}\` is not a column of ${where}${inside(column, columns)}`, at: column },
    {
      allowed: left > 0 ? `${listed} and ${left} more` : listed,
      ...(near === undefined ? {} : { nearest: near }),
    },
  );
}

/** `reading.temp`, where there is a column `reading`. */
function inside(column: string, columns: readonly string[]): string {
  const outer = columns.find((name) => column.startsWith(`${name}.`) || column.startsWith(`${name}[`));
  return outer === undefined ? '' : `; what stands inside \`${visible(outer)}\` is for the schema`;
}

function heading(check: Check, message: string): Pick<InputProblem, 'input' | 'message'> {
  const line = check.place === null ? '' : `line ${check.place.line}: `;
  return { input: check.place?.input ?? 'rules', message: `${line}${message}` };
}

/** The line that the check was read from, and the place behind its opening parenthesis. */
function lineOf(check: Check, rules: string | undefined): { line: string; open: number } {
  const { place } = check;
  const written =
    place === null ? undefined : rules?.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)[place.line - 1];
  const line = written ?? check.id;
  const from = written === undefined || place === null ? 0 : place.column - 1;
  const parenthesis = line.indexOf('(', from);
  return { line, open: check.selector === null || parenthesis < 0 ? from : parenthesis + 1 };
}

/** The grammar of thresholds: one check a line, checked against a catalogue before any work. */

import type { InputProblem } from '../inputs/errors.ts';
import { type ConditionReading, readCondition, renderCondition } from './condition.ts';
import { describeEarlier, findConflicts } from './contradictions.ts';
import { excerpt, visible } from './excerpt.ts';
import { nearest } from './nearest.ts';
import { closingParenthesis, Mistake, tokenize } from './scan.ts';
import type { Check, Condition, MetricCatalogue, MetricDefinition } from './types.ts';

export interface ThresholdOptions {
  /** The input that the text comes from, for messages and places: `thresholds`. */
  readonly input: string;
  /** Of lines without `warn:`; `fail` unless told. */
  readonly severity?: Check['severity'];
  /** The line of the input on which the text begins; 1 unless told. */
  readonly inputLine?: number;
}

export interface ThresholdReading {
  /** In the order of the lines; only those without a problem of their own. */
  readonly checks: Check[];
  /** Every mistake of every line, in the order of the lines. */
  readonly problems: InputProblem[];
}

/**
 * Reads checks, one a line: `[warn:] metric[(selector)] [operator bound | between bound and bound] [at N%] [# comment]`.
 * Blank lines are skipped. Never throws: what is wrong stands in `problems`.
 */
export function parseThresholds(
  text: string,
  catalogue: MetricCatalogue,
  options: ThresholdOptions,
): ThresholdReading {
  const firstLine = options.inputLine ?? 1;
  const checks: Check[] = [];
  const lines: string[] = [];
  const found: { line: number; problem: InputProblem }[] = [];
  const report = (line: number, source: string, mistake: Mistake): void => {
    const message = `line ${line}: ${mistake.message}`;
    const problem = { input: options.input, message, ...mistake.hints, excerpt: excerpt(source, mistake.at) };
    found.push({ line, problem });
  };
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .forEach((source, index) => {
      const line = firstLine + index;
      const mistakes: Mistake[] = [];
      const check = readLine(source, catalogue, options, line, mistakes);
      for (const mistake of mistakes) report(line, source, mistake);
      if (check === null || mistakes.length > 0) return;
      checks.push(check);
      lines.push(source);
    });
  for (const { index, kind, earlier } of findConflicts(checks)) {
    const check = checks[index] as Check;
    const others = describeEarlier(checks, earlier);
    const name = check.id.slice(0, check.id.length - renderCondition(check).length).trim();
    const message =
      kind === 'duplicate'
        ? `\`${visible(check.id, 120)}\` repeats ${others}`
        : `no value of \`${visible(name || check.id, 120)}\` can satisfy both \`${renderCondition(check)}\` and ${others}`;
    const place = check.place ?? { line: firstLine, column: 1 };
    report(place.line, lines[index] ?? '', new Mistake(place.column - 1, message));
  }
  return { checks, problems: found.sort((a, b) => a.line - b.line).map((each) => each.problem) };
}

/** `f1(macro)`: the metric with its selector, as thresholds and the keys of `metrics` spell it. */
export function metricKey(metric: string, selector: string | null): string {
  return selector === null ? metric : `${metric}(${selector})`;
}

/** The canonical spelling of a check; reading it gives the same check. */
export function renderCheck(check: Omit<Check, 'id' | 'place'>): string {
  const warn = check.severity === 'warn' ? 'warn: ' : '';
  const condition = check.condition.kind === 'holds' ? '' : ` ${renderCondition(check)}`;
  return `${warn}${metricKey(check.metric, check.selector)}${condition}`;
}

/** A check that no line stands for: what is held against a metric unless the user says otherwise. */
export function impliedCheck(metric: string, selector: string | null, condition: Condition): Check {
  const check = { metric, selector, condition, confidence: null, severity: 'fail', place: null } as const;
  return { ...check, id: renderCheck(check) };
}

const prefix = /([\p{L}]+)\s*:/uy;
const metricName = /[^\s(<>=!~≥≤≠#:]+/uy;

function readLine(
  source: string,
  catalogue: MetricCatalogue,
  options: ThresholdOptions,
  line: number,
  mistakes: Mistake[],
): Check | null {
  let at = skipBlanks(source, 0);
  if (at === source.length || source[at] === '#') return null;
  const column = at + 1;
  let severity = options.severity ?? 'fail';
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      mistakes.push(error);
      return null;
    }
  };

  prefix.lastIndex = at;
  const prefixed = prefix.exec(source);
  if (prefixed !== null) {
    if (prefixed[1] === 'warn') severity = 'warn';
    else mistakes.push(unknownPrefix(prefixed[1] ?? '', at));
    at = skipBlanks(source, at + prefixed[0].length);
  }

  metricName.lastIndex = at;
  const name = metricName.exec(source)?.[0];
  if (name === undefined) {
    mistakes.push(
      new Mistake(at, 'a check begins with the name of a metric', { allowed: listNames(catalogue) }),
    );
    return null;
  }
  const definition = catalogue.get(name) ?? null;
  if (definition === null) mistakes.push(unknownMetric(name, at, catalogue));
  const nameEnd = at + name.length;
  let selector: string | null = null;
  at = skipBlanks(source, nameEnd);
  if (source[at] === '(') {
    const open = at;
    const close = attempt(() => closingParenthesis(source, open));
    if (close === null) return null;
    if (definition !== null) selector = attempt(() => readSelector(source, open, close, definition));
    at = close + 1;
  } else if (definition?.selector === 'required') {
    const allowed = definition.selectorHelp;
    mistakes.push(
      new Mistake(
        nameEnd,
        `\`${name}\` needs parentheses, as in \`${name}(…)\``,
        allowed === null ? {} : { allowed },
      ),
    );
  }
  // After a word that is no metric, and no operator, more messages would only repeat that the line is no check.
  const condition: ConditionReading | null =
    definition === null && (/^[\d.+-]/.test(name) || !/[<>=!~≥≤≠]|\bbetween\b/u.test(source.slice(at)))
      ? null
      : attempt(() => readCondition(tokenize(source, at), definition));
  if (condition === null || definition === null) return null;
  const check = { metric: definition.name, selector, ...condition, severity };
  return { id: renderCheck(check), ...check, place: { input: options.input, line, column } };
}

function readSelector(source: string, open: number, close: number, definition: MetricDefinition): string {
  const start = skipBlanks(source, open + 1);
  const text = source.slice(start, close).trimEnd();
  const help = definition.selectorHelp === null ? {} : { allowed: definition.selectorHelp };
  if (definition.selector === 'never') {
    throw new Mistake(open, `\`${definition.name}\` takes no parentheses`, { nearest: definition.name });
  }
  if (start >= close) throw new Mistake(open, `the parentheses of \`${definition.name}\` are empty`, help);
  if (definition.readSelector === undefined) return text;
  const reading = definition.readSelector(text);
  if (reading.ok) return reading.canonical;
  const { message, allowed, nearest: near } = reading;
  throw new Mistake(start + Math.min(Math.max(reading.offset, 0), text.length), message, {
    ...(allowed === undefined ? help : { allowed }),
    ...(near === undefined ? {} : { nearest: near }),
  });
}

function unknownMetric(name: string, at: number, catalogue: MetricCatalogue): Mistake {
  if (/^[\d.+-]/.test(name)) {
    return new Mistake(at, 'a check begins with the name of a metric; the number stands on the right', {
      allowed: '`accuracy >= 0.85`',
    });
  }
  const guess = nearest(name, catalogue.keys());
  return new Mistake(
    at,
    `unknown metric \`${visible(name)}\``,
    guess === undefined ? { allowed: listNames(catalogue) } : { nearest: guess },
  );
}

function unknownPrefix(word: string, at: number): Mistake {
  const guess = /^(warning|warns?|wran)$/i.test(word) ? { nearest: 'warn:' } : {};
  return new Mistake(at, `unknown prefix \`${visible(word)}:\``, { allowed: '`warn:` or none', ...guess });
}

function listNames(catalogue: MetricCatalogue): string {
  return [...catalogue.keys()].join(', ');
}

function skipBlanks(source: string, from: number): number {
  let at = from;
  while (at < source.length && /\s/.test(source[at] as string)) at++;
  return at;
}

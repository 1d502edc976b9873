/** The input `analysis`: a name, a PromQL query and a bound, one a line. */

import { excerpt, Mistake, visible } from '../../../core/gate/index.ts';
import type { InputProblem } from '../../../core/inputs/index.ts';
import type { AnalysisLine } from '../config.ts';
import { readBound } from './bound.ts';
import { outline, unknownPrefix, type Word } from './promql.ts';

export interface AnalysisReading {
  /** In the order of the lines; only those without a mistake. */
  readonly lines: readonly AnalysisLine[];
  /** Every mistake of every line. */
  readonly problems: readonly InputProblem[];
}

const lineForm = '`error_rate: sum(rate(errors[5m])) / sum(rate(requests[5m])) < 1%`';
const namePattern = /[\p{L}_][\p{L}\p{N}_.-]*/uy;

/**
 * Reads lines `[warn:] name: query comparison bound [# comment]`. The last comparison outside of braces, brackets,
 * parentheses and strings is the bound's; the query may hold others. Blank lines are skipped. Never throws.
 */
export function parseAnalysis(text: string, input = 'analysis'): AnalysisReading {
  const lines: AnalysisLine[] = [];
  const problems: InputProblem[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .forEach((source, index) => {
      try {
        const line = readLine(source, index + 1, input);
        if (line === null) return;
        refuseConflicts(line, lines);
        lines.push(line);
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        const message = `line ${index + 1}: ${error.message}`;
        problems.push({ input, message, ...error.hints, excerpt: excerpt(source, error.at) });
      }
    });
  return { lines, problems };
}

function readLine(source: string, number: number, input: string): AnalysisLine | null {
  let at = skipBlanks(source, 0);
  if (at === source.length || source[at] === '#') return null;
  const column = at + 1;
  let name = readName(source, at);
  at = name.end;
  const warns = name.text === 'warn';
  if (warns) {
    name = readName(source, skipBlanks(source, at));
    at = name.end;
  } else if (hasName(source, skipBlanks(source, at))) {
    throw unknownPrefix(name);
  }
  at = skipBlanks(source, at);
  const { comparisons, setOperators, end } = outline(source, at);
  const last = comparisons.at(-1);
  if (last === undefined) {
    throw new Mistake(source.slice(0, end).trimEnd().length, 'a comparison with a bound is missing', {
      allowed: 'a bound at the end, as `< 1%`',
    });
  }
  const query = source.slice(at, last.at).trim();
  if (query === '') throw new Mistake(at, 'the query is missing', { allowed: lineForm });
  const bound = readBound(source, last.at, name.text);
  refuseWeaker(setOperators, last);
  const severity = warns ? 'warn' : 'fail';
  return {
    id: `${warns ? 'warn: ' : ''}${name.text}: ${query} ${bound.operator} ${bound.text}`,
    name: name.text,
    query,
    operator: bound.operator,
    bound: bound.value,
    boundText: bound.text,
    unit: bound.unit,
    severity,
    place: { input, line: number, column },
  };
}

/** `a and b < 1` is `a and (b < 1)` to Prometheus; cutting the bound off would ask for something else. */
function refuseWeaker(setOperators: readonly Word[], comparison: Word): void {
  const [first] = setOperators;
  if (first === undefined) return;
  const message = `\`${first.text}\` binds less tightly than \`${comparison.text}\`, so the bound would belong to one side of it`;
  throw new Mistake(first.at, message, { allowed: 'the whole query in parentheses: `name: (a and b) < 1%`' });
}

interface Name extends Word {
  /** Behind its colon. */
  readonly end: number;
}

function readName(source: string, at: number): Name {
  namePattern.lastIndex = at;
  const text = namePattern.exec(source)?.[0];
  if (text === undefined)
    throw new Mistake(at, 'a line begins with a name and a colon', { allowed: lineForm });
  const colon = skipBlanks(source, at + text.length);
  if (source[colon] !== ':') {
    throw new Mistake(at, 'a line begins with a name and a colon', { allowed: lineForm });
  }
  // `job:errors:rate5m` is the name of a series: a name of ours would be cut off it.
  if (colon + 1 < source.length && !/\s/.test(source[colon + 1] ?? '')) {
    throw new Mistake(colon + 1, 'a blank must stand behind the colon of the name', { allowed: lineForm });
  }
  return { text, at, end: colon + 1 };
}

function hasName(source: string, at: number): boolean {
  namePattern.lastIndex = at;
  const text = namePattern.exec(source)?.[0];
  return text !== undefined && /^\s*:\s/.test(source.slice(at + text.length));
}

function refuseConflicts(line: AnalysisLine, earlier: readonly AnalysisLine[]): void {
  const at = (line.place?.column ?? 1) - 1;
  const others = earlier.filter(({ name }) => name === line.name);
  const [first] = others;
  if (first === undefined) return;
  const where = `line ${first.place?.line ?? 1}`;
  const name = visible(line.name);
  if (first.query !== line.query) {
    throw new Mistake(at, `\`${name}\` stands for another query in ${where}`, {
      allowed: 'one name for each query',
    });
  }
  if (first.unit !== line.unit) {
    throw new Mistake(at, `the bound of \`${name}\` has another kind of unit in ${where}`);
  }
  const same = others.find(({ operator, bound }) => operator === line.operator && bound === line.bound);
  if (same !== undefined) throw new Mistake(at, `\`${name}\` repeats line ${same.place?.line ?? 1}`);
}

function skipBlanks(source: string, from: number): number {
  let at = from;
  while (at < source.length && /\s/.test(source[at] ?? '')) at++;
  return at;
}

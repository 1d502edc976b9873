import type { CheckRecord, GateResult } from '../gate/types.ts';
import { escapeTerminal, shorten } from './escape.ts';
import { checkText, formatPercent } from './format.ts';
import { commonLevel } from './markdown.ts';
import { headline, nameLimit, type Standing, sentenceLimit, standingOf, worstFirst } from './verdict.ts';

export interface TerminalOptions {
  /** ANSI colours; off where the output is no terminal or NO_COLOR is set. */
  readonly color?: boolean;
  /** Columns of the terminal. */
  readonly width?: number;
}

/** Longest table that a log shows; worst checks come first. */
const mostRows = 200;

const marks: Readonly<Record<Standing, string>> = {
  failed: '✗',
  inconclusive: '?',
  warning: '!',
  passed: '✓',
};
const colors: Readonly<Record<Standing, number>> = { failed: 31, inconclusive: 33, warning: 33, passed: 32 };

/** The summary as plain lines: verdict, why, an aligned table of checks, the reasons, and the verdict once more. */
export function renderTerminal(result: GateResult<unknown>, options: TerminalOptions = {}): string {
  const width = Math.max(20, options.width ?? 80);
  const paint = (text: string, code: number) =>
    options.color === true ? `\u001b[${code}m${text}\u001b[0m` : text;
  const { verdict, title, reason } = headline(result);
  const code = verdict === 'pass' ? 32 : verdict === 'fail' ? 31 : 33;
  const { checks, notices } = result.predicate.gate;
  const ordered = worstFirst(checks).slice(0, mostRows);
  const left = checks.length - ordered.length;
  const open = ordered.filter((check) => standingOf(check) !== 'passed');
  const verdictLine = paint(escapeTerminal(title), code);
  const lines = [
    verdictLine,
    ...wrap(escapeTerminal(reason), width, ''),
    '',
    ...checkLines(ordered, width, paint),
    ...(left > 0
      ? [`… and ${left.toLocaleString('en-US')} more checks; the result document has them all.`]
      : []),
    ...(open.length > 1 ? ['', ...open.flatMap((check) => reasonLines(check, width, paint))] : []),
    ...(notices.length > 0
      ? [
          '',
          ...notices.slice(0, mostRows).flatMap((notice) => wrap(`note: ${clean(notice)}`, width, '      ')),
        ]
      : []),
    '',
    verdictLine,
  ];
  return `${lines.join('\n')}\n`;
}

type Paint = (text: string, code: number) => string;

function checkLines(checks: readonly CheckRecord[], width: number, paint: Paint): readonly string[] {
  if (checks.length === 0) return [];
  const level = commonLevel(checks);
  const head = [
    '',
    'check',
    'value',
    level === null ? 'interval' : `${formatPercent(level)} interval`,
    'threshold',
  ];
  const withBaseline = checks.some((check) => check.baseline !== null);
  const header = withBaseline ? [...head, 'baseline', 'difference'] : head;
  const rows = checks.map((check) => {
    const text = checkText(check);
    const cells = [marks[standingOf(check)], check.id, text.value, text.interval, text.threshold];
    return (withBaseline ? [...cells, text.baseline, text.difference] : cells).map((cell) => clean(cell, 60));
  });
  const columns = header.map((title, column) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  const total = columns.reduce((sum, column) => sum + column + 2, -2);
  if (total > width) return stacked(checks, width, paint);
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => pad(cell, columns[column] ?? 0, column > 1)).join('  ');
  return [
    paint(line(header).trimEnd(), 2),
    ...rows.map((row, index) => {
      const check = checks[index];
      return check === undefined ? '' : colorMark(line(row).trimEnd(), check, paint);
    }),
  ];
}

/** Two lines a check, for a terminal too narrow for the table. */
function stacked(checks: readonly CheckRecord[], width: number, paint: Paint): readonly string[] {
  return checks.flatMap((check) => {
    const text = checkText(check);
    const numbers = [
      text.value,
      check.interval === null ? '' : `(${text.interval})`,
      text.threshold,
      check.baseline === null ? '' : `baseline ${text.baseline}`,
      check.difference === null ? '' : `difference ${text.difference}`,
    ].filter((part) => part !== '');
    return [
      ...wrap(`${marks[standingOf(check)]} ${clean(check.id)}`, width, '  ').map((line, index) =>
        index === 0 ? colorMark(line, check, paint) : line,
      ),
      ...wrap(`  ${clean(numbers.join(', '))}`, width, '  '),
    ];
  });
}

function colorMark(line: string, check: CheckRecord, paint: Paint): string {
  const standing = standingOf(check);
  return line.replace(marks[standing], (mark) => paint(mark, colors[standing]));
}

function reasonLines(check: CheckRecord, width: number, paint: Paint): readonly string[] {
  const [first = '', ...rest] = wrap(
    `${marks[standingOf(check)]} ${clean(check.id)}: ${clean(check.reason, sentenceLimit)}`,
    width,
    '  ',
  );
  return [colorMark(first, check, paint), ...rest];
}

function clean(text: string, limit: number = nameLimit): string {
  return escapeTerminal(shorten(text, limit));
}

/** Breaks at blanks, and inside of words that are wider than the terminal; later lines begin with `indent`. */
function wrap(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\s)/)) {
    let rest = word;
    while (displayWidth(line + rest.trimEnd()) > width) {
      if (line.trim() !== '' && displayWidth(indent + rest.trimEnd()) <= width) {
        lines.push(line.trimEnd());
        line = indent;
        continue;
      }
      const room = Math.max(1, width - displayWidth(line));
      lines.push(line + rest.slice(0, room));
      line = indent;
      rest = rest.slice(room);
    }
    line += rest;
  }
  lines.push(line.trimEnd());
  // A broken line must not begin with what a runner takes for a command.
  return lines.map(escapeTerminal);
}

function pad(text: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return right ? blanks + text : text + blanks;
}

/** Columns that a terminal uses: two for East Asian wide characters and emoji, none for combining marks. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

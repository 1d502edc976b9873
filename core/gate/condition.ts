/** What follows the metric on a line of thresholds: operator, bound, confidence. */

import { visible } from './excerpt.ts';
import { nearest } from './nearest.ts';
import { comparisons, operatorHelp, unknownOperator } from './operators.ts';
import { percentHint, rangeOf } from './ranges.ts';
import { Mistake, type Token } from './scan.ts';
import type { Bound, Check, Comparison, Condition, MetricDefinition } from './types.ts';
import { convert, levelDigits, percentText, shifted } from './units.ts';

export interface ConditionReading {
  readonly condition: Condition;
  readonly confidence: number | null;
}

/**
 * Reads the tokens after a metric. `definition` is null when the metric is unknown: then only the form is checked.
 * Throws Mistake.
 */
export function readCondition(
  tokens: readonly Token[],
  definition: MetricDefinition | null,
): ConditionReading {
  return new ConditionReader(tokens, definition).read();
}

/** `>= 0.8 at 95%`, `between 20 and 60`; `holds` for a metric that stands alone. */
export function renderCondition(check: Pick<Check, 'condition' | 'confidence'>): string {
  const { condition, confidence } = check;
  const at = confidence === null ? '' : ` at ${percentText(confidence)}`;
  switch (condition.kind) {
    case 'holds':
      return 'holds';
    case 'between':
      return `between ${condition.low.text} and ${condition.high.text}${at}`;
    case 'compare':
      return `${condition.operator} ${condition.bound.text}${at}`;
  }
}

class ConditionReader {
  readonly #tokens: readonly Token[];
  readonly #definition: MetricDefinition | null;
  #index = 0;

  constructor(tokens: readonly Token[], definition: MetricDefinition | null) {
    this.#tokens = tokens;
    this.#definition = definition;
  }

  read(): ConditionReading {
    const condition = this.#condition();
    const confidence = this.#confidence(condition);
    const rest = this.#peek();
    if (rest.kind !== 'end') {
      const afterBaseline = condition.kind === 'compare' && condition.bound.kind === 'baseline';
      throw new Mistake(rest.at, `unexpected \`${visible(rest.text)}\`; one check stands on each line`, {
        allowed: afterBaseline
          ? '`baseline`, `baseline + x`, `baseline - x` or `baseline * x`, then `at 95%` or a `#` comment'
          : '`at 95%` or a `#` comment',
      });
    }
    return { condition, confidence };
  }

  #peek(): Token {
    return (this.#tokens[this.#index] ?? this.#tokens.at(-1)) as Token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#index++;
    return token;
  }

  #condition(): Condition {
    const token = this.#peek();
    const alone = this.#definition?.standsAlone === true;
    if (alone && (token.kind === 'end' || token.text === 'at')) return { kind: 'holds' };
    if (token.kind === 'end') {
      const name = this.#definition?.name;
      throw new Mistake(
        token.at,
        name === undefined ? 'a condition is missing' : `\`${name}\` needs a condition`,
        {
          allowed: operatorHelp,
        },
      );
    }
    if (token.text === 'between') return this.#between();
    if (!comparisons.includes(token.text)) throw unknownOperator(token);
    this.#next();
    return { kind: 'compare', operator: token.text as Comparison, bound: this.#bound() };
  }

  #between(): Condition {
    const word = this.#next();
    const low = this.#bound();
    const and = this.#next();
    if (and.text !== 'and') {
      throw new Mistake(
        and.at,
        and.kind === 'end' ? '`and` is missing' : `\`and\` is expected, not \`${visible(and.text)}\``,
        {
          allowed: '`between 20 and 60`',
        },
      );
    }
    const high = this.#bound();
    if (low.kind === 'number' && high.kind === 'number' && low.value > high.value) {
      throw new Mistake(
        word.at,
        `nothing lies between ${low.text} and ${high.text}: the lower bound comes first`,
        {
          nearest: `between ${high.text} and ${low.text}`,
        },
      );
    }
    if (low.kind === 'baseline' && high.kind === 'baseline') {
      if (low.factor !== high.factor) {
        throw new Mistake(word.at, 'both bounds over the baseline must use the same factor', {
          allowed: 'two lines, one for each bound',
        });
      }
      if (low.offset > high.offset) {
        throw new Mistake(
          word.at,
          `nothing lies between ${low.text} and ${high.text}: the lower bound comes first`,
          {
            nearest: `between ${high.text} and ${low.text}`,
          },
        );
      }
    }
    return { kind: 'between', low, high };
  }

  #bound(): Bound {
    const token = this.#peek();
    if (token.kind === 'word' && token.text === 'baseline') return this.#baseline();
    const [sign, factor] = [this.#tokens[this.#index + 1]?.text, this.#tokens[this.#index + 2]?.text];
    if (token.kind === 'number' && (sign === 'baseline' || (sign === '*' && factor === 'baseline'))) {
      throw new Mistake(token.at, 'a bound over the baseline begins with `baseline`', {
        nearest: `baseline * ${token.text}`,
      });
    }
    const { value, text } = this.#quantity();
    this.#checkRange(token, value, text);
    return { kind: 'number', value, text };
  }

  #baseline(): Bound {
    this.#next();
    const sign = this.#peek();
    if (sign.text === '*' || sign.text === '×' || sign.text === '/' || sign.text === '÷') {
      if (sign.text !== '*') {
        throw new Mistake(sign.at, `\`${sign.text}\` is not allowed here`, {
          allowed: '`+`, `-` and `*`',
          nearest: '*',
        });
      }
      this.#next();
      const at = this.#peek();
      const { magnitude, unit } = this.#number();
      if (unit !== '' && unit !== '%') {
        throw new Mistake(at.at, `a factor of the baseline has no unit \`${unit}\``, {
          allowed: '`baseline * 1.1` or `baseline * 110%`',
        });
      }
      const factor = shifted(magnitude, unit === '%' ? -2 : 0);
      if (!(factor > 0)) throw new Mistake(at.at, 'a factor of the baseline must be above zero');
      return { kind: 'baseline', factor, offset: 0, text: `baseline * ${magnitude}${unit}` };
    }
    if (sign.text !== '+' && sign.text !== '-') {
      refuseMinus(sign);
      return { kind: 'baseline', factor: 1, offset: 0, text: 'baseline' };
    }
    this.#next();
    const at = this.#peek();
    if (at.text === '+' || at.text === '-') {
      throw new Mistake(at.at, 'one sign is enough', { allowed: '`baseline + x` or `baseline - x`' });
    }
    const { value, text } = this.#quantity(`baseline ${sign.text} `);
    const ratio = this.#definition?.unit === 'ratio' && this.#definition.range === undefined;
    if (ratio && value > 1) {
      throw new Mistake(
        at.at,
        `\`${this.#definition?.name}\` is a ratio from 0 to 1, so it cannot differ by ${text}`,
        percentHint(text),
      );
    }
    return {
      kind: 'baseline',
      factor: 1,
      offset: sign.text === '-' ? 0 - value : value,
      text: `baseline ${sign.text} ${text}`,
    };
  }

  /** A number with its unit, converted. `lead` is what stands before it, for hints. */
  #quantity(lead = ''): { value: number; text: string } {
    const start = this.#peek();
    const { magnitude, unit } = this.#number();
    if (this.#definition === null) return { value: Number(magnitude), text: magnitude + unit };
    const { name, unit: target } = this.#definition;
    const quantity = convert(magnitude, unit, target, name);
    if (quantity.ok) return quantity;
    const { message, ok: _, ...hints } = quantity;
    if (unit === '%' && lead !== '' && Number(magnitude) < 100) {
      const factor = shifted(
        String(lead.includes('-') ? 100 - Number(magnitude) : 100 + Number(magnitude)),
        -2,
      );
      throw new Mistake(start.at, message, { nearest: `baseline * ${factor}` });
    }
    throw new Mistake(start.at, message, hints);
  }

  /** A number in canonical spelling (`String(number)`) and its unit as written. */
  #number(): { magnitude: string; unit: string } {
    const first = this.#next();
    refuseMinus(first);
    const negative = first.text === '-';
    const token = negative || first.text === '+' ? this.#next() : first;
    if (token.kind !== 'number') {
      if (token.kind === 'end')
        throw new Mistake(token.at, 'a bound is missing', { allowed: 'a number, or `baseline`' });
      const near = token.kind === 'word' ? nearest(token.text, ['baseline']) : undefined;
      throw new Mistake(token.at, `a bound is expected, not \`${visible(token.text)}\``, {
        allowed: 'a number, `baseline`, `baseline + x`, `baseline - x`, `baseline * x`',
        ...(near === undefined ? {} : { nearest: near }),
      });
    }
    const separators = /[,_'’]/.exec(token.text);
    if (separators !== null) {
      const groups = /^\d{1,3}(?:[,_'’]\d{3})+(?:\.\d+)?$/.test(token.text);
      const plain = token.text.replaceAll(/[,_'’]/g, groups ? '' : '.');
      throw new Mistake(
        token.at,
        `\`${token.text}\` is not a number: decimals take a point, thousands no separator`,
        Number.isNaN(Number(plain)) ? {} : { nearest: plain },
      );
    }
    const value = Number(token.text);
    if (!Number.isFinite(value)) throw new Mistake(token.at, `\`${visible(token.text)}\` is too large`);
    return { magnitude: `${negative && value !== 0 ? '-' : ''}${value}`, unit: this.#unit() };
  }

  #unit(): string {
    const token = this.#peek();
    const isUnit =
      token.text === '%' ||
      (token.kind === 'word' && token.text !== 'and' && token.text !== 'at' && token.text !== 'baseline') ||
      (token.kind === 'symbol' && /^\/\s?[a-z]/.test(token.text));
    if (!isUnit) return '';
    this.#next();
    return token.text.replace(/\s/, '');
  }

  #confidence(condition: Condition): number | null {
    const at = this.#peek();
    if (at.text !== 'at') return null;
    this.#next();
    if (condition.kind === 'holds') {
      throw new Mistake(
        at.at,
        '`at` is for comparisons of a value that has an interval; this one holds or does not',
      );
    }
    if (condition.kind === 'compare' && (condition.operator === '==' || condition.operator === '!=')) {
      throw new Mistake(
        at.at,
        `\`at\` does not go with \`${condition.operator}\`: an interval cannot equal a number`,
        {
          allowed: '`>=`, `>`, `<=`, `<`, `between … and …`',
        },
      );
    }
    const token = this.#peek();
    const help = { allowed: 'from `at 50%` to below 100%, as in `at 95%`' };
    if (token.kind === 'end') throw new Mistake(token.at, '`at` needs a confidence level', help);
    const { magnitude, unit } = this.#number();
    const number = Number(magnitude);
    if (unit !== '%') {
      const guess =
        unit !== ''
          ? undefined
          : number >= 50 && number < 100
            ? magnitude
            : number >= 0.5 && number < 1
              ? String(shifted(magnitude, 2))
              : undefined;
      throw new Mistake(
        token.at,
        'a confidence level is a percentage',
        guess === undefined ? help : { ...help, nearest: `at ${guess}%` },
      );
    }
    if (!(number >= 50 && number < 100)) {
      throw new Mistake(token.at, `no interval has a confidence level of ${magnitude}%`, help);
    }
    return Number(shifted(magnitude, -2).toPrecision(levelDigits));
  }

  /** Bounds that no value, or every value, satisfies. */
  #checkRange(token: Token, value: number, text: string): void {
    const definition = this.#definition;
    const range = definition === null ? undefined : rangeOf(definition);
    if (definition === null || range === undefined) return;
    const [low, high] = range;
    if (value >= low && value <= high) return;
    const span = high === Number.POSITIVE_INFINITY ? `at least ${low}` : `from ${low} to ${high}`;
    throw new Mistake(
      token.at,
      `\`${definition.name}\` is always ${span}, so ${text} decides nothing`,
      definition.unit === 'ratio' ? percentHint(text) : {},
    );
  }
}

function refuseMinus(token: Token): void {
  if (/^[−–—‒﹣－]$/u.test(token.text)) {
    throw new Mistake(token.at, `\`${token.text}\` is not the minus sign of the keyboard`, { nearest: '-' });
  }
}

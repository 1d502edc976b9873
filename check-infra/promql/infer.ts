/** Walks through an expression from within outwards: what each part is, and what is wrong with it. */

import type { Expression, Selector, Span } from './ast.ts';
import { inferAggregation } from './infer-aggregation.ts';
import { inferBinary } from './infer-binary.ts';
import { inferCall } from './infer-call.ts';
import { inferSelector } from './infer-selector.ts';
import type { Knowledge } from './knowledge.ts';
import type { Mistake, MistakeName } from './mistake.ts';
import type { Value } from './value.ts';

export interface Inference {
  readonly knowledge: Knowledge;
  readonly infer: (expression: Expression) => Value;
  readonly report: (name: MistakeName, at: Span, message: string, mend: string) => void;
  readonly textOf: (at: Span) => string;
  /** The same, but for one kind of mistake, which is none here. */
  readonly without: (name: MistakeName) => Inference;
}

export interface Inferred {
  readonly value: Value;
  readonly mistakes: readonly Mistake[];
}

const longestPart = 120;

export function inferExpression(text: string, expression: Expression, knowledge: Knowledge): Inferred {
  const mistakes: Mistake[] = [];
  const textOf = ({ from, to }: Span): string => text.slice(from, to).replaceAll(/\s+/g, ' ');
  const inferenceBut = (quiet: readonly MistakeName[]): Inference => {
    const inference: Inference = {
      knowledge,
      infer: (part) => infer(inference, part),
      report: (name, at, message, mend) => {
        const part = textOf(at);
        const shown = part.length > longestPart ? `${part.slice(0, longestPart - 1)}…` : part;
        const isTold = mistakes.some((one) => one.name === name && one.message === message);
        if (!isTold && !quiet.includes(name)) mistakes.push({ name, part: shown, message, mend });
      },
      textOf,
      without: (name) => inferenceBut([...quiet, name]),
    };
    return inference;
  };
  const value = inferenceBut([]).infer(expression);
  // The percentile says the same, and better.
  const isSaid = mistakes.some(({ name }) => name === 'promql-quantile-without-le');
  return { value, mistakes: mistakes.filter(({ name }) => !isSaid || name !== 'promql-buckets-added') };
}

function infer(inference: Inference, expression: Expression): Value {
  switch (expression.kind) {
    case 'number':
      return { type: 'scalar' };
    case 'string':
      return { type: 'string' };
    case 'variable':
      return { type: 'unknown' };
    case 'selector':
      return inferSelector(inference, expression);
    case 'range':
      return rangeOf(inference, expression.of);
    case 'subquery': {
      const value = inference.infer(expression.of);
      if (value.type === 'vector') return { ...value, type: 'range', computed: true };
      if (value.type === 'scalar' || value.type === 'unknown') return { type: 'unknown' };
      inference.report(
        'promql-type',
        expression,
        'a subquery is of a vector',
        'put an instant vector before `[…:…]`',
      );
      return { type: 'unknown' };
    }
    case 'negation': {
      const value = inference.infer(expression.of);
      if (value.type !== 'range' && value.type !== 'string') {
        return value.type === 'vector' && value.nature === 'counter' ? { ...value, nature: 'plain' } : value;
      }
      inference.report(
        'promql-type',
        expression,
        `a ${value.type} has no minus`,
        'take a vector or a number',
      );
      return { type: 'unknown' };
    }
    case 'aggregation':
      return inferAggregation(inference, expression);
    case 'call':
      return inferCall(inference, expression);
    case 'binary':
      return inferBinary(inference, expression);
  }
}

function rangeOf(inference: Inference, selector: Selector): Value {
  const value = inferSelector(inference, selector);
  return value.type === 'vector' ? { ...value, type: 'range', computed: false } : value;
}

/** PromQL into an expression, by the grammar of Prometheus' own editor. */

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type {
  Aggregation,
  Binary,
  Call,
  Expression,
  Group,
  Grouping,
  Matcher,
  Matching,
  Span,
} from './ast.ts';
import { secondsIn } from './duration.ts';
import { type Plain, withoutVariables } from './variables.ts';

export type Parsed =
  | { readonly expression: Expression }
  /** Where the first thing stands that is not understood. */
  | { readonly error: Span };

export function parsePromql(text: string): Parsed {
  const plain = withoutVariables(text);
  const tree = parser.parse(plain.text);
  let error: Span | null = null;
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError && error === null) error = { from, to };
    },
  });
  const top = tree.topNode.firstChild;
  const whole = { from: 0, to: text.length };
  if (error !== null) {
    // A function, an operator, half an expression: what Grafana puts there is not known.
    return isAtVariable(plain, error) ? { expression: { kind: 'variable', ...whole } } : { error };
  }
  if (top === null) return { error: whole };
  return { expression: new Reader(plain).read(top) };
}

function isAtVariable({ text, variables }: Plain, error: Span): boolean {
  return variables.some(({ from, to }) => {
    if (to >= error.from) return from <= error.to || text.slice(error.to, from).trim() === '';
    return /^[\s()]*$/.test(text.slice(to, error.from));
  });
}

/** Nodes that only say when, or hold together. */
const wrappers = new Set(['ParenExpr', 'OffsetExpr', 'StepInvariantExpr', 'AnchoredExpr', 'SmoothedExpr']);

class Reader {
  private readonly text: string;
  private readonly variables: readonly Span[];
  private readonly durations: readonly Span[];

  constructor({ text, variables, durations }: Plain) {
    this.text = text;
    this.variables = variables;
    this.durations = durations;
  }

  read(node: SyntaxNode): Expression {
    const { name, from, to } = node;
    const first = (): Expression => this.read(expressionsIn(node)[0] ?? node);
    if (wrappers.has(name)) return { ...first(), from, to };
    switch (name) {
      case 'NumberDurationLiteral':
        return { kind: 'number', from, to, value: numberOf(this.textOf(node)) };
      case 'StringLiteral':
        return { kind: 'string', from, to, value: unquoted(this.textOf(node)) };
      case 'VectorSelector':
        return this.selector(node);
      case 'MatrixSelector': {
        const of = first();
        return of.kind === 'selector'
          ? { kind: 'range', from, to, of, seconds: this.secondsOf(node) }
          : { kind: 'variable', from, to };
      }
      case 'SubqueryExpr':
        return { kind: 'subquery', from, to, of: first() };
      case 'UnaryExpr':
        return { kind: 'negation', from, to, of: first() };
      case 'AggregateExpr':
        return this.aggregation(node);
      case 'FunctionCall':
        return this.call(node);
      case 'BinaryExpr':
        return this.binary(node);
      default:
        return { kind: 'variable', from, to };
    }
  }

  private selector(node: SyntaxNode): Expression {
    const { from, to } = node;
    const identifier = node.getChild('Identifier');
    if (identifier !== null && this.isVariable(identifier)) return { kind: 'variable', from, to };
    const all = (
      node.getChild('LabelMatchers') === null ? [] : childrenOf(node.getChild('LabelMatchers'))
    ).flatMap((matcher) => this.matcher(matcher));
    const named = all.find(({ label, operator }) => label === '__name__' && operator === '=');
    const quoted = node.getChild('LabelMatchers')?.getChild('QuotedLabelName') ?? null;
    const name =
      identifier !== null
        ? this.textOf(identifier)
        : (named?.value ?? (quoted === null ? null : unquoted(this.textOf(quoted))));
    return {
      kind: 'selector',
      from,
      to,
      name,
      matchers: all.filter(({ label }) => label !== '__name__'),
      isFiltered: this.isVariable(node),
    };
  }

  /** Of the brackets at the end. */
  private secondsOf(node: SyntaxNode): number | null {
    const isGiven = this.durations.every((span) => span.from >= node.to || span.to <= node.from);
    const text = /\[([^[\]]*)\]\s*$/.exec(this.textOf(node))?.[1];
    return isGiven && text !== undefined ? secondsIn(text) : null;
  }

  private matcher(node: SyntaxNode): Matcher[] {
    if (node.name !== 'UnquotedLabelMatcher' && node.name !== 'QuotedLabelMatcher') return [];
    const [label, operator, value] = childrenOf(node).map((child) => this.textOf(child));
    if (label === undefined || operator === undefined || value === undefined) return [];
    if (childrenOf(node).some((child) => this.isVariable(child))) return [];
    const name = node.name === 'QuotedLabelMatcher' ? unquoted(label) : label;
    return [{ label: name, operator: operator as Matcher['operator'], value: unquoted(value) }];
  }

  private aggregation(node: SyntaxNode): Aggregation {
    const { from, to } = node;
    const args = expressionsIn(node.getChild('FunctionCallBody')).map((child) => this.read(child));
    const modifier = node.getChild('AggregateModifier');
    const grouping: Grouping | null =
      modifier === null
        ? null
        : {
            mode: modifier.getChild('By') === null ? 'without' : 'by',
            labels: this.labels(modifier.getChild('GroupingLabels')),
          };
    const nothing: Expression = { kind: 'variable', from, to };
    const operator = this.textOf(node.getChild('AggregateOp') ?? node).toLowerCase();
    return {
      kind: 'aggregation',
      from,
      to,
      operator,
      parameter: args.length > 1 ? (args[0] ?? null) : null,
      of: args.at(-1) ?? nothing,
      grouping,
    };
  }

  private call(node: SyntaxNode): Call {
    const { from, to } = node;
    const name = this.textOf(node.getChild('FunctionIdentifier') ?? node);
    const args = expressionsIn(node.getChild('FunctionCallBody')).map((child) => this.read(child));
    return { kind: 'call', from, to, name, args };
  }

  private binary(node: SyntaxNode): Binary {
    const { from, to } = node;
    const [left, right] = expressionsIn(node).map((child) => this.read(child));
    const nothing: Expression = { kind: 'variable', from, to };
    const operator = childrenOf(node).find((child) => operators.has(child.name));
    const clause = node.getChild('MatchingModifierClause');
    return {
      kind: 'binary',
      from,
      to,
      operator: operator === undefined ? '' : this.textOf(operator).toLowerCase(),
      left: left ?? nothing,
      right: right ?? nothing,
      bool: node.getChild('BoolModifier') !== null,
      matching: this.matching(clause),
      group: this.group(clause),
    };
  }

  private matching(clause: SyntaxNode | null): Matching | null {
    if (clause === null) return null;
    const mode = clause.getChild('On') === null ? 'ignoring' : 'on';
    return { mode, labels: this.labels(clause.getChild('GroupingLabels')) };
  }

  private group(clause: SyntaxNode | null): Group | null {
    const left = clause?.getChild('GroupLeft') ?? null;
    const side = left ?? clause?.getChild('GroupRight') ?? null;
    if (clause === null || side === null) return null;
    const include = clause.getChildren('GroupingLabels').find(({ from }) => from >= side.to) ?? null;
    return { side: left === null ? 'right' : 'left', include: this.labels(include) };
  }

  private labels(node: SyntaxNode | null): string[] {
    return (node === null ? [] : childrenOf(node)).map((child) => {
      if (this.isVariable(child)) return anyLabel;
      return child.name === 'QuotedLabelName' ? unquoted(this.textOf(child)) : this.textOf(child);
    });
  }

  private isVariable({ from, to }: SyntaxNode): boolean {
    return this.variables.some((span) => span.from < to && span.to > from);
  }

  private textOf({ from, to }: SyntaxNode): string {
    return this.text.slice(from, to);
  }
}

/** In a list of labels: one that a variable of Grafana names. */
export const anyLabel = '$';

const operators = new Set(
  'Add Sub Mul Div Mod Pow Atan2 Eql Neq Gtr Lss Gte Lte And Or Unless TrimUpper TrimLower'.split(' '),
);
const notExpressions = new Set([
  ...operators,
  ...'BoolModifier MatchingModifierClause FillModifier AggregateOp AggregateModifier UnaryOp Offset At'.split(
    ' ',
  ),
  ...'DurationExpr OffsetDurationExpr AtModifierPreprocessors Anchored Smoothed LineComment'.split(' '),
]);

function expressionsIn(node: SyntaxNode | null): SyntaxNode[] {
  return childrenOf(node).filter(({ name }) => !notExpressions.has(name));
}

function childrenOf(node: SyntaxNode | null): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** Durations are numbers, too (`5m` is 300), but none is compared here. */
function numberOf(text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (/^inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  return value;
}

function unquoted(text: string): string {
  const body = text.slice(1, -1);
  return text.startsWith('`') ? body : body.replaceAll(/\\(["'\\])/g, '$1');
}

/** An expression of PromQL as the lint sees it: parentheses, `offset` and `@` are gone, each part knows where it stands. */

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface Selector extends Span {
  readonly kind: 'selector';
  /** Null: chosen by labels alone. */
  readonly name: string | null;
  readonly matchers: readonly Matcher[];
  /** A variable of Grafana stands among the matchers: which others there are is not known. */
  readonly isFiltered: boolean;
}

export interface Grouping {
  readonly mode: 'by' | 'without';
  readonly labels: readonly string[];
}

export interface Matching {
  readonly mode: 'on' | 'ignoring';
  readonly labels: readonly string[];
}

export interface Group {
  readonly side: 'left' | 'right';
  readonly include: readonly string[];
}

export interface Aggregation extends Span {
  readonly kind: 'aggregation';
  readonly operator: string;
  /** Of topk, quantile and their like. */
  readonly parameter: Expression | null;
  readonly of: Expression;
  /** Null: all series become one. */
  readonly grouping: Grouping | null;
}

export interface Call extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
}

export interface Binary extends Span {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
  /** Gives 0 and 1 instead of leaving series out. */
  readonly bool: boolean;
  /** Null: on all labels. */
  readonly matching: Matching | null;
  readonly group: Group | null;
}

export type Expression =
  | Selector
  | Aggregation
  | Call
  | Binary
  | (Span & {
      readonly kind: 'range';
      readonly of: Selector;
      /** Null: a variable of Grafana says it. */
      readonly seconds: number | null;
    })
  | (Span & { readonly kind: 'subquery'; readonly of: Expression })
  | (Span & { readonly kind: 'negation'; readonly of: Expression })
  | (Span & { readonly kind: 'number'; readonly value: number })
  | (Span & { readonly kind: 'string'; readonly value: string })
  /** A variable of Grafana where a metric or a number may stand. */
  | (Span & { readonly kind: 'variable' });

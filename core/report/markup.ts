import { escapeHtml } from './escape.ts';

/** HTML or SVG that is safe to insert: it can only be made by `html`, which escapes all that it is given. */
export class Markup {
  readonly text: string;

  constructor(parts: readonly string[]) {
    this.text = parts.join('');
  }

  toString(): string {
    return this.text;
  }
}

export type MarkupValue = Markup | string | number | false | null | undefined | readonly MarkupValue[];

/**
 * Tagged template: the literal parts are ours, interpolated strings are escaped, `Markup` is inserted as it is.
 * Numbers are counts and coordinates: they get two decimals at most. Values are formatted before.
 */
export function html(literals: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(literals.flatMap((literal, index) => [literal, render(values[index])]));
}

export const noMarkup = new Markup([]);

function render(value: MarkupValue): string {
  if (value instanceof Markup) return value.text;
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  return value.map(render).join('');
}

/** A schema as people lay it out: two blanks a level, short lists on one line. */

import type { Schema, SchemaValue } from './types.ts';

const lineWidth = 100;

/** The text of the file, with its final newline. Keys keep their order. */
export function renderSchema(schema: Schema): string {
  return `${render(schema, '', 0)}\n`;
}

/** @param column where the value begins in its line */
function render(value: SchemaValue, indent: string, column: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (isList(value)) {
    const short = shortList(value);
    if (short !== null && column + short.length < lineWidth) return short;
    return block(
      '[',
      value.map((item) => render(item, inner, inner.length)),
      ']',
      indent,
    );
  }
  const lines = Object.entries(value).map(([key, item]) => {
    const name = `${JSON.stringify(key)}: `;
    return name + render(item, inner, inner.length + name.length);
  });
  return block('{', lines, '}', indent);
}

function isList(value: SchemaValue): value is readonly SchemaValue[] {
  return Array.isArray(value);
}

/** Null when a member is no plain value. */
function shortList(values: readonly SchemaValue[]): string | null {
  const plain = values.every((value) => typeof value !== 'object' || value === null);
  return plain ? `[${values.map((value) => JSON.stringify(value)).join(', ')}]` : null;
}

function block(open: string, lines: readonly string[], close: string, indent: string): string {
  if (lines.length === 0) return open + close;
  return `${open}\n${lines.map((line) => `${indent}  ${line}`).join(',\n')}\n${indent}${close}`;
}

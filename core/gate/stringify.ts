/** JSON for people and diffs: indented, with lists of plain values on one line. */

/**
 * The JSON text of a value. Keys keep their order; keys whose value is undefined are left out. Numbers that JSON
 * cannot hold are refused instead of written as null.
 */
export function stringify(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    if (value.every(isPlain)) return `[${value.map(plain).join(', ')}]`;
    return block(
      '[',
      ']',
      value.map((item) => stringify(item, `${indent}  `)),
      indent,
    );
  }
  if (isPlain(value)) return plain(value);
  const fields = Object.entries(value as object).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return '{}';
  const lines = fields.map(([key, field]) => `${JSON.stringify(key)}: ${stringify(field, `${indent}  `)}`);
  return block('{', '}', lines, indent);
}

function block(open: string, close: string, lines: readonly string[], indent: string): string {
  const inner = `${indent}  `;
  return `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${indent}${close}`;
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

function plain(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}`);
  return text;
}

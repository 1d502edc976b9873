/** Names and texts as SQL writes them; the same in DuckDB and in PostgreSQL. */

/** @throws RangeError for a NUL character, which no name and no text of SQL can hold. */
export function ident(name: string): string {
  refuseNul(name);
  return `"${name.replaceAll('"', '""')}"`;
}

/** @throws RangeError as `ident`. */
export function text(value: string): string {
  refuseNul(value);
  return `'${value.replaceAll("'", "''")}'`;
}

export const idents = (names: readonly string[]): string => names.map(ident).join(', ');

function refuseNul(value: string): void {
  if (value.includes('\0')) throw new RangeError('a NUL character cannot stand in SQL');
}

/** A cell of Parquet by its type: SQL of the JSON value that `readRows` makes of it. */

export type StoredCell =
  | {
      readonly kind: 'number';
      /** The DOUBLE that JavaScript sees, whatever the type. */
      readonly value: string;
      /** Whole by its type. */
      readonly whole: boolean;
    }
  | { readonly kind: 'boolean' }
  | {
      readonly kind: 'text';
      /** The text, where `plain` holds. */
      readonly value: string;
      /** SQL; null: always. */
      readonly plain: string | null;
      /** Length where `plain` does not hold. */
      readonly oddLength: number;
      /** Formats that every plain text has. */
      readonly formats: readonly string[];
    }
  /** A list, struct or map. */
  | { readonly kind: 'array' | 'object' }
  /** A text or something else, by the reader's own words. */
  | { readonly kind: 'unknown' };

const smallIntegers = new Set([
  ...['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'],
]);
const wideIntegers = new Set(['HUGEINT', 'UHUGEINT']);
const instants = new Set([
  ...['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'],
]);

/** @param type DuckDB's. @param ref the cell in SQL */
export function storedCell(type: string, ref: string): StoredCell {
  if (smallIntegers.has(type)) return { kind: 'number', value: asDouble(ref), whole: true };
  if (wideIntegers.has(type)) {
    const held = `${ref} BETWEEN -9007199254740992 AND 9007199254740992`;
    return { kind: 'number', value: doubleWhere(held, ref), whole: true };
  }
  if (type === 'FLOAT' || type === 'DOUBLE') return { kind: 'number', value: asDouble(ref), whole: false };
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
  if (decimal !== null) return decimalCell(type, ref, Number(decimal[1]), Number(decimal[2]));
  if (type === 'BOOLEAN') return { kind: 'boolean' };
  if (/\]$/.test(type)) return { kind: 'array' };
  if (/^(?:STRUCT|MAP)\(/.test(type)) return { kind: 'object' };
  return textCell(type, ref) ?? { kind: 'unknown' };
}

/** `value` as SQL. */
export function sqlDouble(value: number): string {
  return `CAST('${value}' AS DOUBLE)`;
}

/** Not by IN, which the engine makes a join of: that is slower, and rows come out of it in another order. */
export function sqlOneOf(value: string, items: readonly string[]): string {
  return `list_contains([${items.join(', ')}], ${value})`;
}

const asDouble = (ref: string): string => `CAST(${ref} AS DOUBLE)`;

/** The cast of longer digits rounds more than once; the engine's reading of text rounds once, as JavaScript's. */
function doubleWhere(held: string, ref: string): string {
  return `CASE WHEN ${held} THEN ${asDouble(ref)} ELSE ${asDouble(`CAST(${ref} AS VARCHAR)`)} END`;
}

function decimalCell(type: string, ref: string, width: number, scale: number): StoredCell {
  const whole = scale === 0;
  // Up to 15 digits over a power of ten up to 10^22 are one division of doubles.
  if (width <= 15) return { kind: 'number', value: asDouble(ref), whole };
  if (scale > 22) return { kind: 'number', value: asDouble(`CAST(${ref} AS VARCHAR)`), whole };
  const bound = `CAST('${powerOfTen(15 - scale)}' AS ${type})`;
  return { kind: 'number', value: doubleWhere(`${ref} > -${bound} AND ${ref} < ${bound}`, ref), whole };
}

/** Its digits, without an exponent. */
function powerOfTen(exponent: number): string {
  return exponent < 0 ? `0.${'0'.repeat(-exponent - 1)}1` : `1${'0'.repeat(exponent)}`;
}

function textCell(type: string, ref: string): StoredCell | null {
  const text = (value: string, formats: readonly string[] = []): StoredCell => ({
    ...{ kind: 'text', value, plain: null, oddLength: 0, formats },
  });
  if (type === 'VARCHAR' || type === 'JSON') return text(ref);
  if (type.startsWith('ENUM(')) return text(`CAST(${ref} AS VARCHAR)`);
  if (type === 'UUID') return text(`CAST(${ref} AS VARCHAR)`, ['uuid']);
  if (type === 'BLOB') return text(`to_base64(${ref})`);
  if (type === 'DATE') {
    return {
      kind: 'text',
      value: `CAST(${ref} AS VARCHAR)`,
      plain: `${ref} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'`,
      oddLength: '+012345-01-01'.length,
      formats: ['date'],
    };
  }
  if (type === 'TIME' || type === 'TIME_NS' || type === 'TIME WITH TIME ZONE') {
    const written = `CAST(${ref} AS VARCHAR)`;
    return {
      kind: 'text',
      value: type === 'TIME WITH TIME ZONE' ? written : `${written} || 'Z'`,
      // The engine has a 24:00:00.
      plain: `CAST(${ref} AS TIME) < TIME '24:00:00'`,
      oddLength: '24:00:00Z'.length,
      formats: ['time', 'iso-time'],
    };
  }
  if (!instants.has(type)) return null;
  const instant = `TRY_CAST(${ref} AS TIMESTAMP)`;
  const written = `CAST(${type === 'TIMESTAMP_NS' ? ref : instant} AS VARCHAR)`;
  return {
    kind: 'text',
    value: `replace(${written}, ' ', 'T') || 'Z'`,
    plain: `${instant} BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'`,
    oddLength: '+012345-01-01T00:00:00Z'.length,
    formats: ['date-time', 'iso-date-time'],
  };
}

/** A column of Parquet files, described by the engine: what `ColumnAccumulator` says of the same values. */

import type { JsonValue, ParquetFiles } from '../../../../core/tables/index.ts';
import { bins, type DescribedColumn, recurs, steady, topValues } from '../../profile/column.ts';
import { estimateDistinct, registerCount } from '../../profile/distinct.ts';
import { longestFrequent, mostFrequent, mostValues } from '../../profile/frequent.ts';
import type { ColumnProfile } from '../../types.ts';
import { type StoredCell, sqlDouble, storedCell } from './stored-cell.ts';

/** Where a column is stored: in each set of files its type and its identifier. */
export interface StoredColumn {
  readonly kind: StoredCell['kind'];
  readonly type: string;
  readonly places: readonly { readonly from: string; readonly ref: string; readonly type: string }[];
}

/** What the values of a column look like. @throws RunError when the files cannot be read */
export async function describeStored(files: ParquetFiles, column: StoredColumn): Promise<DescribedColumn> {
  const source = sourceOf(column);
  const survey = await surveyOf(files, column, source);
  const described: Described = {
    kind: column.kind,
    survey,
    spread: await spreadOf(files, survey, source),
    counted: await countOf(files, survey, source),
  };
  return {
    finish: (name, rows, declared, violations) => ({
      ...{ name, type: typeOf(described), declared, rows, missing: rows - survey.present },
      ...finish(described),
      violations,
    }),
  };
}

interface Described {
  readonly kind: StoredCell['kind'];
  readonly survey: Survey;
  readonly spread: Spread | null;
  readonly counted: Counted | null;
}

/** FROM item of all values that are there, as `v`: numbers are doubles, others as they are stored. */
function sourceOf({ kind, places }: StoredColumn): string {
  const selects = places.map(({ from, ref, type }) => {
    const cell = storedCell(type, ref);
    // 0 and -0 are one value.
    const value = cell.kind === 'number' ? (cell.whole ? cell.value : `${cell.value} + 0e0`) : ref;
    const whole = kind === 'number' ? `, ${cell.kind === 'number' && cell.whole} AS whole` : '';
    return `SELECT ${value} AS v${whole} FROM ${from} WHERE ${ref} IS NOT NULL`;
  });
  return `(${selects.join(' UNION ALL ')})`;
}

interface Survey {
  readonly present: number;
  /** Estimated; see `Counted`. */
  readonly distinct: number;
  /** Finite numbers; 0 in columns of others. */
  readonly numbers: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly hasWhole: boolean;
  readonly hasFraction: boolean;
  /** In characters; null in columns of others than texts. */
  readonly lengths: { readonly shortest: number; readonly longest: number } | null;
}

/** Bits of a hash, after those that choose the register, whose rank it keeps. */
const rankBits = 40;
const hashes = registerCount * 2 ** rankBits;

/**
 * One group a register of HyperLogLog, as in `distinct.ts`, so that memory does not follow the values. The engine's own
 * estimate has 64 registers, with an error of 13%.
 */
async function surveyOf(files: ParquetFiles, { kind, type }: StoredColumn, source: string): Promise<Survey> {
  const { low, high, finite, whole, fraction } = aggregatesOf(kind, type);
  const rank = `(hash(v) >> ${Math.log2(registerCount)}) & ${2 ** rankBits - 1}`;
  const [row = []] = await files.rows(
    `SELECT sum(n), list(register), list(lowest), min(low), max(high), sum(finite), bool_or(whole), bool_or(fraction)
    FROM (
      SELECT register, max(z & -z) AS lowest, count(*) AS n, ${low} AS low, ${high} AS high, ${finite} AS finite,
        ${whole} AS whole, ${fraction} AS fraction
      FROM (SELECT *, CAST(hash(v) & ${registerCount - 1} AS USMALLINT) AS register, CAST(${rank} AS BIGINT) | ${2 ** rankBits} AS z
        FROM ${source})
      GROUP BY register)`,
  );
  const [present, registers, lowest, minimum, maximum, numbers, hasWhole, hasFraction] = row;
  const isNumber = kind === 'number';
  return {
    present: Number(present ?? 0),
    distinct: estimateDistinct(registersOf(registers, lowest), hashes),
    numbers: isNumber ? Number(numbers ?? 0) : 0,
    ...{ minimum: Number(minimum ?? 0), maximum: Number(maximum ?? 0) },
    ...{ hasWhole: hasWhole === true, hasFraction: hasFraction === true },
    lengths:
      kind === 'text' && present !== null ? { shortest: Number(minimum), longest: Number(maximum) } : null,
  };
}

/** Extremes are of the finite numbers, or of the lengths of texts. */
function aggregatesOf(kind: StoredColumn['kind'], type: string) {
  if (kind === 'text') {
    const length = lengthOf(storedCell(type, 'v'));
    return { low: `min(${length})`, high: `max(${length})`, finite: '0', whole: 'false', fraction: 'false' };
  }
  if (kind !== 'number') return { low: '0', high: '0', finite: '0', whole: 'false', fraction: 'false' };
  const filter = 'FILTER (isfinite(v))';
  const isWhole = '(whole OR (isfinite(v) AND v = trunc(v)))';
  return {
    ...{ low: `min(v) ${filter}`, high: `max(v) ${filter}`, finite: `count(*) ${filter}` },
    ...{ whole: `bool_or(${isWhole})`, fraction: `bool_or(NOT ${isWhole})` },
  };
}

/** The lowest bit that is set, 2^0 to 2^40, tells the rank. */
function registersOf(registers: JsonValue | undefined, lowest: JsonValue | undefined): Uint8Array {
  const ranks = new Uint8Array(registerCount);
  if (!Array.isArray(registers) || !Array.isArray(lowest)) return ranks;
  for (const [index, register] of registers.entries()) {
    ranks[Number(register)] = Math.log2(Number(lowest[index])) + 1;
  }
  return ranks;
}

function lengthOf(cell: StoredCell): string {
  if (cell.kind !== 'text') return '0';
  const length = `length(${cell.value})`;
  return cell.plain === null ? length : `CASE WHEN ${cell.plain} THEN ${length} ELSE ${cell.oddLength} END`;
}

interface Spread {
  readonly mean: number;
  readonly stddev: number;
  /** Null: the numbers span more than a double holds. */
  readonly counts: readonly number[] | null;
}

/** Bits of a number's distance from the minimum, as a part of the range; for squares fewer. */
const distanceBits = 61;
const squareBits = 45;

/**
 * Sums over the distances from the minimum as whole numbers, exact and so the same in whatever order the engine adds.
 * The sums and squares have room for 2^37 rows in 128 bits. Null: there are no two different numbers.
 */
async function spreadOf(files: ParquetFiles, survey: Survey, source: string): Promise<Spread | null> {
  const { numbers, minimum, maximum } = survey;
  if (numbers === 0 || !(minimum < maximum)) return null;
  const span = maximum - minimum;
  const bin = Number.isFinite(span)
    ? `greatest(0, least(${bins - 1}, floor((v - ${sqlDouble(minimum)}) / ${sqlDouble(span)} * ${bins}e0)))`
    : '0';
  // A power of two changes no digit, and keeps the largest doubles from overflowing.
  const scale = span < 2 ** 1000 ? 1 : 2 ** -30;
  const range = maximum * scale - minimum * scale;
  const part = `(v * ${sqlDouble(scale)} - ${sqlDouble(minimum * scale)}) / ${sqlDouble(range)}`;
  const sums = ['sum(d)', 'sum(h)', 'sum(CAST(h AS HUGEINT) * h)'].map((sum) => `CAST(${sum} AS VARCHAR)`);
  const rows = await files.rows(
    `SELECT bin, count(*), ${sums.join(', ')} FROM (
      SELECT bin, d, d >> ${distanceBits - squareBits} AS h FROM (
        SELECT CAST(${bin} AS UTINYINT) AS bin, CAST(${part} * ${sqlDouble(2 ** distanceBits)} AS BIGINT) AS d
        FROM ${source} WHERE isfinite(v)))
    GROUP BY bin`,
  );
  const counts = new Array<number>(bins).fill(0);
  const total = [0n, 0n, 0n];
  for (const [at, count, ...own] of rows) {
    counts[Number(at)] = Number(count);
    for (const [index, sum] of own.entries()) total[index] = (total[index] ?? 0n) + BigInt(String(sum));
  }
  const [distances = 0n, rough = 0n, squares = 0n] = total;
  const mean = minimum + ((Number(distances) / numbers) * 2 ** -distanceBits * range) / scale;
  const deviations = Number(BigInt(numbers) * squares - rough * rough) / numbers / (numbers - 1);
  return {
    mean: Math.min(maximum, Math.max(minimum, mean)),
    stddev: (Math.sqrt(deviations) * 2 ** -squareBits * range) / scale,
    counts: Number.isFinite(span) ? counts : null,
  };
}

interface Counted {
  /** Exact. */
  readonly distinct: number;
  /** All of them, where they are few. */
  readonly values: readonly { readonly value: string; readonly count: number }[] | null;
}

/** Estimated at so many or fewer they are counted one by one: at least the 2,048 that `distinct.ts` counts exactly. */
const fewEnough = 10_000;

/** Null: there are too many different values to count one by one. */
async function countOf(files: ParquetFiles, survey: Survey, source: string): Promise<Counted | null> {
  const { present, distinct } = survey;
  if (present === 0) return { distinct: 0, values: [] };
  if (distinct > fewEnough) return null;
  const rows = await files.rows(
    `SELECT count(*) OVER (), count(*), v FROM ${source} GROUP BY v LIMIT ${mostValues + 1}`,
  );
  const values = rows.map(([, count, value]) => ({ value: shown(value ?? null), count: Number(count) }));
  const isFew = values.length <= mostValues && values.every(({ value }) => value.length <= longestFrequent);
  return { distinct: Number(rows[0]?.[0] ?? 0), values: isFew ? values : null };
}

const shown = (value: JsonValue): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

type Finished = Pick<ColumnProfile, 'distinct' | 'numbers' | 'lengths' | 'histogram' | 'top'>;

function finish({ survey, spread, counted }: Described): Finished {
  const { present, numbers, minimum, maximum, lengths } = survey;
  const distinct = counted?.distinct ?? Math.min(Math.round(survey.distinct), present);
  return {
    distinct: { count: distinct, exact: counted !== null },
    numbers:
      numbers === 0
        ? null
        : {
            ...{ count: numbers, minimum, maximum },
            mean: steady(spread?.mean ?? minimum, minimum),
            stddev: steady(spread?.stddev ?? 0, 0),
          },
    lengths,
    histogram:
      spread === null || spread.counts === null
        ? null
        : { low: minimum, high: maximum, counts: spread.counts, sampled: false },
    top:
      recurs(distinct, present) && counted !== null && counted.values !== null
        ? mostFrequent(counted.values, topValues)
        : null,
  };
}

function typeOf({ kind, survey }: Described): string {
  if (survey.present === 0) return 'empty';
  if (kind === 'number') return survey.hasFraction ? 'number' : 'integer';
  return kind === 'text' ? 'string' : kind;
}

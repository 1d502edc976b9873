/** What the loop says: a line for each step as it ends, and a table of all of them. */

export interface Step {
  /** `training`, `model gate`, … */
  readonly part: string;
  readonly said: string;
  readonly seconds: number;
}

const partWidth = 12;

export function lineOf({ part, said, seconds }: Step): string {
  return `${`${seconds.toFixed(1)} s`.padStart(7)}  ${part.padEnd(partWidth)}  ${said}`;
}

export interface ModelRow {
  readonly version: string;
  readonly trainedOn: number;
  readonly accuracy: number;
  /** Of the champion on the same rows; null: there was none. */
  readonly champion: number | null;
  readonly verdict: string;
  readonly alias: string;
}

/** Every version that was judged. */
export function tableOf(rows: readonly ModelRow[]): string {
  const header = ['version', 'trained on', 'accuracy', 'champion', 'gate', 'alias'];
  const cells = rows.map((row) => [
    row.version,
    `${row.trainedOn.toLocaleString('en')} rows`,
    percent(row.accuracy),
    row.champion === null ? '' : percent(row.champion),
    row.verdict,
    row.alias,
  ]);
  const all = [header, ...cells];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

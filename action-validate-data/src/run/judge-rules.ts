/** The rules over the table: measured and judged, and the rows that break them recorded with their lines. */

import { judge, metricKey } from '../../../core/gate/index.ts';
import type { Judged } from '../../../core/gate/types.ts';
import type { RunContext } from '../../../core/run/index.ts';
import {
  type OpenOptions,
  openTable,
  type ShownFile,
  SqlEngine,
  type Table,
} from '../../../core/tables/index.ts';
import type { Config } from '../inputs.ts';
import { shownColumn, shownValue } from '../pass/cells.ts';
import { fingerprintOf } from '../pass/row-judge.ts';
import type { PassOutcome } from '../pass/run-pass.ts';
import { type BreakingRow, dataCatalogue, measureRules, type RuleMeasurement } from '../rules/index.ts';
import type { LoadedSchema } from '../schema/index.ts';
import type { ViolationSink } from '../violations/sink.ts';
import { groupOf } from './record.ts';
import { nameTime, slowNames, withinTime } from './time-bound.ts';

const confidence = 0.95;
/** Rows whose lines are looked up at a time. */
const located = 50_000;

/** The rules as measured; open until the rows that break them are recorded. */
export class MeasuredRules {
  readonly notes: string[] = [];
  private readonly tables: Table[] = [];
  private engine: SqlEngine | null = null;
  private measured: readonly RuleMeasurement[] = [];

  /** Without rules nothing is opened. @throws InputError, RunError */
  static async measure(
    config: Config,
    files: readonly ShownFile[],
    schema: LoadedSchema | null,
    context: RunContext,
  ): Promise<MeasuredRules> {
    const rules = new MeasuredRules();
    if (config.checks.length === 0) return rules;
    try {
      await rules.open(config, files, schema, context);
      return rules;
    } catch (error) {
      await rules.close();
      throw error;
    }
  }

  judged(): Judged[] {
    return this.measured.map(({ check, measurement, reason }) => {
      const judged = judge(check, measurement, {
        confidence,
        unit: dataCatalogue.get(check.metric)?.unit ?? 'number',
      });
      return reason === null || judged.verdict === 'pass' ? judged : { ...judged, reason };
    });
  }

  /** Writes the rows that break rules into the sink, and marks them in the pass. */
  async record(pass: PassOutcome, sink: ViolationSink): Promise<void> {
    for (const { check, breaking } of this.measured) {
      if (breaking === null) continue;
      const rule = metricKey(check.metric, check.selector);
      let pending: BreakingRow[] = [];
      const flush = async (): Promise<void> => {
        await this.write(pending, rule, check.severity, pass, sink);
        pending = [];
      };
      for await (const row of breaking()) {
        if (pending.length >= located || (pending[0]?.file ?? row.file) !== row.file) await flush();
        pending.push(row);
      }
      await flush();
    }
  }

  async close(): Promise<void> {
    await this.engine?.close();
    for (const table of this.tables) await table.close();
    this.engine = null;
  }

  private async open(
    config: Config,
    files: readonly ShownFile[],
    schema: LoadedSchema | null,
    context: RunContext,
  ): Promise<void> {
    const options: OpenOptions = { format: config.format, csv: config.csv, ragged: 'skip' };
    for (const { path } of files) this.tables.push(await openTable(path, options));
    const columns = [...new Set(this.tables.flatMap((table) => table.columns.map(({ name }) => name)))];
    const engine = await SqlEngine.open({
      reopen: async (table, textColumns) =>
        await openTable(table.path, { ...(this.tables.includes(table) ? options : {}), textColumns }),
    });
    this.engine = engine;
    this.measured = await measureRules(config.checks, {
      engine,
      tables: this.tables,
      shown: files.map(({ shown }) => shown),
      columns,
      workspace: config.workspace,
      confidence,
      clock: context.clock,
      ...withinTime(
        () => ({
          numericBySchema: new Set(columns.filter((column) => isNumeric(schema, column))),
          timesBySchema: new Set(columns.filter((column) => isTime(schema, column))),
        }),
        nameTime,
        slowNames(config.schema?.shown ?? ''),
      ),
      openOther: async (path) => await openTable(path),
      openText: async (file, names) =>
        await openTable((files[file] as ShownFile).path, { ...options, textColumns: names }),
      // What was decided where files disagree belongs into the document, as all that the readers guess.
      log: { ...context.log, notice: (line) => this.notes.push(line) },
      rules: config.rules,
    });
  }

  private async write(
    rows: readonly BreakingRow[],
    rule: string,
    severity: 'fail' | 'warn',
    pass: PassOutcome,
    sink: ViolationSink,
  ): Promise<void> {
    const [first] = rows;
    if (first === undefined) return;
    const { file } = first;
    const places = await this.tables[file]?.locateRows(Float64Array.from(rows, ({ row }) => row));
    const read = pass.files[file];
    const groups = read?.rowGroups ?? null;
    for (const [index, { row, column, value, message }] of rows.entries()) {
      read?.invalid.add(row);
      sink.add(
        {
          file: read?.path ?? '',
          line: places?.lines[index] ?? null,
          row: row + 1,
          ...(groups === null ? {} : { row_group: groupOf(groups, row) }),
          column: column === null ? null : shownColumn(column),
          rule,
          value: shownValue(value),
          message,
          fingerprint: fingerprintOf(rule, column, JSON.stringify([value, message])),
        },
        'rule',
        severity,
        null,
      );
    }
  }
}

/** The words are those of the report: `string (date-time) or null`. */
function isTime(schema: LoadedSchema | null, column: string): boolean {
  return /^string \((?:date|date-time)\)(?: or null)?$/.test(schema?.declaredType(column) ?? '');
}

function isNumeric(schema: LoadedSchema | null, column: string): boolean {
  if (schema === null) return false;
  const types = schema.cellTypes(column);
  return types.number && !types.any && !types.string && !types.boolean;
}

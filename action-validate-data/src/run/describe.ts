/** What the run leaves: the parts of the result document. */

import { metricKey } from '../../../core/gate/index.ts';
import type { Judged, Subject } from '../../../core/gate/types.ts';
import type { Measured } from '../../../core/run/index.ts';
import { subjectOf } from '../../../core/tables/index.ts';
import type { Config } from '../inputs.ts';
import { shownColumn } from '../pass/cells.ts';
import type { PassOutcome } from '../pass/run-pass.ts';
import { type ColumnProfile, type DataDetails, profileLimit } from '../types.ts';
import type { ViolationSink } from '../violations/sink.ts';
import type { JudgedReference } from './judge-reference.ts';
import type { ProvidedSchema } from './provide-schema.ts';
import { nameTime, slowNames, withinTime } from './time-bound.ts';

export interface RunParts {
  readonly config: Config;
  readonly notes: readonly string[];
  readonly subject: readonly Subject[];
  readonly schema: ProvidedSchema;
  readonly pass: PassOutcome;
  readonly sink: ViolationSink;
  readonly ruleNotes: readonly string[];
  readonly judged: readonly Judged[];
  readonly written: DataDetails['written'];
  readonly reference: JudgedReference | null;
}

export async function describe(parts: RunParts): Promise<Measured<DataDetails>> {
  const { schema, judged, notes, pass, ruleNotes } = parts;
  const { file } = schema;
  const details = detailsOf(parts);
  const read = pass.files.flatMap(({ path, notes: own }) => own.map((note) => `${path}: ${note}`));
  return {
    subject: parts.subject,
    configuration: [...(file === null ? [] : [await subjectOf(file)]), ...(parts.reference?.subjects ?? [])],
    judged,
    ...metricsOf(details, pass, judged),
    notices: [
      ...notes,
      ...schema.notes,
      ...ruleNotes,
      ...(parts.reference?.notes ?? []),
      ...leftOut(parts),
      ...summarised(read),
    ],
    details,
  };
}

function detailsOf({ config, schema, pass, sink, written, reference }: RunParts): DataDetails {
  const { loaded, file } = schema;
  const names = [...pass.columns.keys()];
  const { groups, groupsLeft } = sink.read();
  return {
    mode: config.mode,
    drift: reference?.columns ?? null,
    files: pass.files.map(({ path, format, rows, columns, bytes, notes }) => ({
      ...{ path, format, rows, columns, bytes, notes },
    })),
    rows: pass.rows,
    invalidRows: pass.files.reduce((sum, { invalid }) => sum + invalid.size, 0),
    schema:
      loaded === null || file === null
        ? null
        : {
            path: file.shown,
            draft: loaded.draft,
            rejectedRows: pass.files.reduce((sum, { rejectedRows }) => sum + rejectedRows, 0),
          },
    violations: { total: sink.total, groups, groupsLeft },
    columns: withinTime(
      () => names.slice(0, profileLimit).map((name) => profileOf(name, pass, schema, sink)),
      nameTime,
      slowNames(file?.shown ?? ''),
    ),
    columnsLeft: Math.max(0, names.length - profileLimit) + pass.columnsLeft,
    written: { ...written, schema: schema.inferred ? (file?.shown ?? null) : null },
  };
}

function profileOf(
  name: string,
  pass: PassOutcome,
  { loaded }: ProvidedSchema,
  sink: ViolationSink,
): ColumnProfile {
  const column = pass.columns.get(name);
  if (column === undefined) throw new Error(`no column ${name}`);
  const shown = shownColumn(name);
  return column.finish(shown, pass.rows, loaded?.declaredType(name) ?? null, sink.ofColumn(shown));
}

/** By the names that rules use; null with the reason where undefined. */
function metricsOf(
  { rows, columns, columnsLeft, schema }: DataDetails,
  { files }: PassOutcome,
  judged: readonly Judged[],
): Pick<Measured<DataDetails>, 'metrics' | 'undefinedMetrics'> {
  const metrics: Record<string, number | null> = {
    // As the rule of that name counts: without those that are broken.
    row_count: files.reduce((sum, { broken }) => sum - broken.length, rows),
    column_count: columns.length + columnsLeft,
  };
  const undefinedMetrics: Record<string, string> = {};
  if (schema !== null && rows > 0) {
    metrics.invalid_rows = schema.rejectedRows;
    metrics.invalid_fraction = schema.rejectedRows / rows;
  }
  for (const { check, measurement } of judged) {
    const { estimate } = measurement;
    const key = metricKey(check.metric, check.selector);
    metrics[key] = estimate.defined ? estimate.value : null;
    if (!estimate.defined) undefinedMetrics[key] = estimate.reason;
  }
  return { metrics, undefinedMetrics };
}

function leftOut({ sink, written }: RunParts): string[] {
  if (sink.left === 0) return [];
  const [held, left] = [sink.total - sink.left, sink.left].map((count) => count.toLocaleString('en-US'));
  return [`${written.violations} holds the first ${held} violations; ${left} more are counted`];
}

/** The notes of thousands of files would hide all others. */
function summarised(notes: readonly string[]): string[] {
  const most = 20;
  if (notes.length <= most) return [...notes];
  return [...notes.slice(0, most), `${notes.length - most} more notes of files; the details have them all`];
}

/** The data gate: every row before the schema, the table before the rules, every bad value with its line. */

import { driftColumnMetrics } from '../../core/drift/index.ts';
import type { GateResult } from '../../core/gate/types.ts';
import { commonInputs } from '../../core/inputs/index.ts';
import type { Gate, Measured, RunContext } from '../../core/run/index.ts';
import { FileStamps, resolveFiles, subjectsOf, withShownPaths } from '../../core/tables/index.ts';
import { type Config, dataInputs, readConfig } from './inputs.ts';
import { JudgePool } from './pass/pool.ts';
import { runPass } from './pass/run-pass.ts';
import { annotationsOf } from './report/annotations.ts';
import { reportSections } from './report/sections.ts';
import { summaryDetails } from './report/summary.ts';
import { dataCatalogue } from './rules/index.ts';
import { describe } from './run/describe.ts';
import { judgeReference } from './run/judge-reference.ts';
import { judgeRows } from './run/judge-rows.ts';
import { MeasuredRules } from './run/judge-rules.ts';
import { provideSchema } from './run/provide-schema.ts';
import { passRecorder } from './run/record.ts';
import { writeReports } from './run/write-reports.ts';
import type { DataDetails } from './types.ts';
import { ViolationSink } from './violations/sink.ts';

export const dataGate: Gate<Config, DataDetails> = {
  action: 'validate-data',
  title: 'Data gate',
  inputs: [...commonInputs, ...dataInputs],
  catalogue: new Map([
    ...dataCatalogue,
    ...driftColumnMetrics.map((metric) => [metric.name, metric] as const),
  ]),
  besides: ['.violations.jsonl', '.sarif', '.junit.xml', '.schema.json'],
  readConfig,
  measure,
  sections: reportSections,
  summaryDetails,
  annotations: annotationsOf,
  outputs,
};

async function measure(config: Config, context: RunContext): Promise<Measured<DataDetails>> {
  try {
    return await judgeFiles(config, context);
  } catch (error) {
    throw withShownPaths(error, config.workspace);
  }
}

async function judgeFiles(config: Config, context: RunContext): Promise<Measured<DataDetails>> {
  const { files, notes } = await resolveFiles(config.data, {
    workspace: config.workspace,
    format: config.format,
  });
  const stamps = await FileStamps.of(files);
  // They load while the schema is read and the rules are measured.
  await using pool = await JudgePool.forFiles(files);
  const schema = await provideSchema(config, files, context);
  // Before the rows: a column that a rule misspells is known at once.
  const rules = await MeasuredRules.measure(config, files, schema.loaded, context);
  const reference = await judgeReference(config);
  // The digests are taken while threads judge the rows.
  const subjects = subjectsOf(files);
  subjects.catch(() => undefined);
  const sink = new ViolationSink(await context.beside('.violations.jsonl'));
  try {
    const pass = await runPass({
      files,
      format: config.format,
      csv: config.csv,
      schema: schema.loaded,
      schemaText: schema.schemaText,
      onFound: passRecorder(sink, files),
      pool,
    });
    await rules.record(pass, sink);
    sink.flush();
    const subject = await subjects;
    await stamps.requireUnchanged();
    // Rules pass over rows that are broken: without a schema as well, these are not dropped in silence.
    const broken = pass.files.some((file) => file.broken.length > 0);
    const rows = schema.loaded === null && !broken ? [] : [judgeRows(config, pass, sink)];
    const judged = [...rows, ...rules.judged(), ...(reference?.judged ?? [])];
    const written = await writeReports({ judged, sink }, context);
    return await describe({
      config,
      subject,
      notes,
      schema,
      pass,
      sink,
      ruleNotes: rules.notes,
      judged,
      written,
      reference,
    });
  } finally {
    sink.close();
    await rules.close();
  }
}

function outputs(result: GateResult<DataDetails>): Record<string, string> {
  const { rows, invalidRows, written } = result.predicate.gate.details;
  return {
    rows: String(rows),
    'invalid-rows': String(invalidRows),
    'violations-path': written.violations ?? '',
    'sarif-path': written.sarif ?? '',
    'junit-path': written.junit ?? '',
    'schema-path': written.schema ?? '',
  };
}

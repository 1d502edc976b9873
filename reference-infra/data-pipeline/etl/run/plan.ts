/** Everything that can be wrong before any row is moved: columns, SQL, schemas, the sink. All of it is told at once. */

import { loadSchema } from '../../../../action-validate-data/src/schema/index.ts';
import { nearest } from '../../../../core/gate/index.ts';
import { quote, RunError } from '../../../../core/inputs/index.ts';
import type { ShownFile } from '../../../../core/tables/index.ts';
import { type EngineColumn, EngineError } from '../engine/engine.ts';
import { checkQuery } from '../engine/queries.ts';
import { ident } from '../engine/sql.ts';
import { lineageColumns, tableColumns } from '../extract/extract.ts';
import { openSource } from '../extract/open-source.ts';
import type { OpenedSource } from '../extract/types.ts';
import type { Mark } from '../extract/watermark.ts';
import { checkPostgres } from '../load/postgres-sink.ts';
import { storedType } from '../steps/sql-step.ts';
import type { RunContext } from './context.ts';

export interface Plan {
  readonly opened: ReadonlyMap<string, OpenedSource>;
  /** Of the sink, without those that say where a row comes from. */
  readonly columns: readonly EngineColumn[];
  close(): Promise<void>;
}

export interface LastMark {
  readonly value: Mark;
  readonly type: string;
}

/** @throws RunError with all that is wrong, a line each. */
export async function makePlan(
  context: RunContext,
  files: ReadonlyMap<string, readonly ShownFile[]>,
  marks: ReadonlyMap<string, LastMark>,
): Promise<Plan> {
  const { pipeline, engine } = context;
  const problems: string[] = [];
  const opened = new Map<string, OpenedSource>();
  const close = async (): Promise<void> => {
    for (const each of opened.values()) await each.close();
  };
  try {
    await tryEach(problems, pipeline.sources, async (source) => {
      const one = await openSource(
        context,
        source,
        files.get(source.name) ?? [],
        marks.get(source.name) ?? null,
      );
      opened.set(source.name, one);
      await makeEmpty(context, source.name, tableColumns(source, one));
    });
    const columns = new Map<string, readonly EngineColumn[] | null>();
    for (const source of pipeline.sources) {
      const one = opened.get(source.name);
      columns.set(source.name, one === undefined ? null : tableColumns(source, one));
    }
    await tryEach(problems, pipeline.steps, async (step) => {
      // What is said of a step whose input is not known would only repeat what is wrong with that.
      columns.set(step.name, null);
      if (step.kind === 'validate') {
        loadSchema(step.schema.text, step.schema.shown);
        const input = columns.get(step.input) ?? null;
        columns.set(step.name, input);
        if (input !== null) await makeEmpty(context, step.name, input);
        return;
      }
      if ([...columns].some(([name, known]) => known === null && name !== step.name)) return;
      const tables = [...columns.keys()].filter((name) => name !== step.name);
      const checked = await checkQuery(engine, step.sql.text, step.sql.shown, tables);
      if ('problem' in checked) throw new RunError(checked.problem);
      refuseTwins(step.sql.shown, checked.columns);
      const stored = checked.columns.map(({ name, type }) => ({ name, type: storedType(type) }));
      columns.set(step.name, stored);
      await makeEmpty(context, step.name, stored);
    });
    for (const source of pipeline.sources) {
      const { schema } = source;
      if (schema !== null)
        await tryEach(problems, [schema], async ({ text, shown }) => void loadSchema(text, shown));
    }
    const input = columns.get(pipeline.sink.input) ?? null;
    const out = (input ?? []).filter(({ name }) => !lineageColumns.some((own) => own.name === name));
    if (input !== null) await tryEach(problems, [pipeline.sink], () => checkSink(context, out));
    if (problems.length > 0) throw new RunError([...new Set(problems)].join('\n'));
    for (const name of [...pipeline.sources, ...pipeline.steps].map((each) => each.name)) {
      await engine.run(`DROP TABLE ${ident(name)}`);
    }
    return { opened, columns: out, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function tryEach<Item>(
  problems: string[],
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      if (!(error instanceof RunError) && !(error instanceof EngineError)) throw error;
      problems.push(error.message);
    }
  }
}

async function makeEmpty(
  { engine }: RunContext,
  name: string,
  columns: readonly EngineColumn[],
): Promise<void> {
  const defined = columns.map((column) => `${ident(column.name)} ${column.type}`);
  await engine.run(`CREATE TABLE ${ident(name)} (${defined.join(', ')})`);
}

function refuseTwins(shown: string, columns: readonly EngineColumn[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name.toLowerCase())) throw new RunError(`${shown}: two columns are called ${quote(name)}`);
    seen.add(name.toLowerCase());
  }
}

async function checkSink(context: RunContext, columns: readonly EngineColumn[]): Promise<void> {
  const { sink } = context.pipeline;
  const names = columns.map(({ name }) => name);
  const wanted: (readonly [string, string])[] = sink.key.map((name) => ['key', name] as const);
  if (sink.kind === 'parquet')
    wanted.push(...sink.partitionBy.map((name) => ['partition-by', name] as const));
  const problems = wanted
    .filter(([, name]) => !names.includes(name))
    .map(([where, name]) => {
      const near = nearest(name, names);
      const hint = near === undefined ? '' : `; did you mean ${quote(near)}?`;
      return `pipeline.yaml:${sink.line}: sink: ${where} names ${quote(name)}, which is no column of ${sink.input}${hint}`;
    });
  if (sink.kind === 'parquet' && names.every((name) => sink.partitionBy.includes(name)))
    problems.push(
      `pipeline.yaml:${sink.line}: sink: partition-by names all columns, so that files would hold none`,
    );
  if (problems.length > 0) throw new RunError(problems.join('\n'));
  if (sink.kind === 'postgres') await checkPostgres(await context.database(sink.urlVariable), sink, columns);
}

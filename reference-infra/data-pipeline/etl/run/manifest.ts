/** The manifest of a finished run, made from its journal alone: whoever finishes a killed run writes the same. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RunError } from '../../../../core/inputs/index.ts';
import type { Journal } from './journal.ts';
import schema from './manifest.schema.json' with { type: 'json' };
import type { Manifest, OutputRecord, SourceRecord, StepRecord } from './records.ts';

export const manifestName = 'manifest.json';

const validate = new Ajv2020({ allErrors: true }).compile<Manifest>(schema);

/** @throws Error when rows do not add up, which is a defect of ours. */
export function makeManifest(journal: Journal, output: OutputRecord, finishedAt: Date): Manifest {
  const { runId, pipeline, parent, startedAt, versions, inputs } = journal.begin;
  const sources: Omit<SourceRecord, 'kind' | 'file'>[] = [];
  const steps: Omit<StepRecord, 'kind' | 'file'>[] = [];
  for (const record of journal.tables.values()) {
    if (record.table === 'source') {
      const { kind: _kind, file: _file, ...rest } = record;
      sources.push(rest);
    } else {
      const { kind: _kind, file: _file, ...rest } = record;
      steps.push(rest);
    }
  }
  const manifest: Manifest = {
    version: 1,
    runId,
    pipeline,
    parent,
    startedAt,
    finishedAt: finishedAt.toISOString(),
    versions,
    inputs,
    sources,
    steps,
    output,
    outputs: journal.publish?.sink === 'parquet' ? journal.publish.dataset.files : [],
  };
  requireSums(manifest);
  if (!validate(manifest)) throw new Error(`the manifest does not follow its schema: ${said()}`);
  return manifest;
}

/** Null: the run was never finished. @throws RunError for a file that is none of ours. */
export function readManifest(folder: string): Manifest | null {
  const path = join(folder, manifestName);
  if (!existsSync(path)) return null;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new RunError(`${path} is no JSON; it was changed by hand`);
  }
  if (validate(value)) return value;
  throw new RunError(`${path} is no manifest of version 1: ${said()}`);
}

/** Nothing may be lost on the way: what went in is what came out, and what was set aside. */
export function requireSums({ sources, steps }: Manifest): void {
  for (const { name, rows } of sources) {
    if (rows.read === rows.earlier + rows.rejected + rows.out) continue;
    throw new Error(
      `source ${name}: ${rows.read} rows read, but ${rows.earlier} of earlier runs, ${rows.rejected} rejected, ${rows.out} out`,
    );
  }
  for (const { name, table, rows } of steps) {
    if (table === 'sql' || rows.in === rows.out + rows.rejected) continue;
    throw new Error(`step ${name}: ${rows.in} rows in, but ${rows.out} out and ${rows.rejected} rejected`);
  }
}

function said(): string {
  const [first] = validate.errors ?? [];
  return first === undefined ? 'no reason given' : `${first.instancePath || '/'} ${first.message ?? ''}`;
}

/** The machine formats beside the result document, written from the violations file. */

import { relative, sep } from 'node:path';
import type { Judged } from '../../../core/gate/types.ts';
import type { RunContext } from '../../../core/run/index.ts';
import { writeDataJunit } from '../report/junit.ts';
import { readViolations } from '../report/read-violations.ts';
import { writeDataSarif } from '../report/sarif.ts';
import type { DataDetails } from '../types.ts';
import type { ViolationSink } from '../violations/sink.ts';
import { unwritable } from '../violations/unwritable.ts';

export async function writeReports(
  { judged, sink }: { readonly judged: readonly Judged[]; readonly sink: ViolationSink },
  context: RunContext,
): Promise<DataDetails['written']> {
  const shown = (path: string): string => relative(context.workspace, path).split(sep).join('/');
  const sarif = await context.beside('.sarif');
  const junit = await context.beside('.junit.xml');
  const { groups, groupsLeft } = sink.read();
  try {
    await writeDataSarif(
      sarif,
      { groups, judged, total: sink.total, id: context.id },
      readViolations(sink.path),
    );
    await writeDataJunit(junit, { groups, groupsLeft, judged }, readViolations(sink.path));
  } catch (error) {
    throw unwritable(`${shown(sarif)} or ${shown(junit)}`, error);
  }
  return { violations: shown(sink.path), sarif: shown(sarif), junit: shown(junit), schema: null };
}

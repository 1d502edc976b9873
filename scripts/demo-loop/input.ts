/** What the loop's pipeline reads: a copy of the pipeline `cancer`, with patients of months that were made up. */

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diagnosesJsonl, makePatients, measurementsCsv, type Patient, wrongExportCsv } from './patients.ts';

const rowsOfAMonth = 3_000;
const rowsOfAWeek = 800;
/** One cell in as many rows is spoiled by hand, as such files are. */
const spoiledEvery = 600;

const january = new Date('2026-01-01T00:00:00Z');
const february = new Date('2026-02-01T00:00:00Z');
const march = new Date('2026-03-01T00:00:00Z');

const months: Readonly<Record<string, () => Patient[]>> = {
  '2026-01': () =>
    makePatients({ count: rowsOfAMonth, seed: 11, firstId: 0, from: january, newDevice: false }),
  '2026-02': () =>
    makePatients({ count: rowsOfAMonth, seed: 12, firstId: rowsOfAMonth, from: february, newDevice: true }),
};

/** Whom the service is asked about; their diagnoses are known later, and to the loop at once. */
export const wards = {
  usual: (): Patient[] =>
    makePatients({ count: rowsOfAWeek, seed: 21, firstId: 7_000, from: march, newDevice: false }),
  drifted: (): Patient[] =>
    makePatients({ count: rowsOfAWeek, seed: 22, firstId: 8_000, from: march, newDevice: true }),
};

/** Adds the files of a month. */
export function makeInput(folder: string, root: string, month: string): void {
  const source = join(root, 'reference-infra/data-pipeline/pipelines/cancer');
  for (const name of ['pipeline.yaml', 'sql', 'schemas'])
    cpSync(join(source, name), join(folder, name), { recursive: true });
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const patients = months[month]?.() ?? [];
  for (const site of ['north', 'south'] as const) {
    const here = patients.filter((patient) => patient.site === site);
    writeFileSync(join(data, `measurements-${month}-${site}.csv`), spoiled(measurementsCsv(here)));
  }
  const diagnoses = join(data, 'diagnoses.jsonl');
  writeFileSync(diagnoses, diagnosesJsonl(patients), { flag: 'a' });
}

/** A letter in a number. */
function spoiled(csv: string): string {
  return csv
    .split('\n')
    .map((line, index) => (index % spoiledEvery === spoiledEvery / 2 ? line.replace(/,(\d)/, ',x$1') : line))
    .join('\n');
}

/** @returns the file */
export function makeWrongExport(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, wrongExportCsv(months['2026-02']?.() ?? []));
  return file;
}

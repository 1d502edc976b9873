/**
 * What a kill leaves is what lies on the disk at that moment. So one undisturbed run is photographed at each point at which
 * something lasting changes, and from each photograph the run is taken up again: it must end as the undisturbed one.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  datasetRows,
  filesIn,
  mustRun,
  readJson,
  rejectedRows,
  rowSchema,
  run,
  writeFiles,
} from './support.ts';

let place = '';
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'killed-'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const pipeline = `name: orders
sources:
  orders:
    format: csv
    path: data/*.csv
    watermark: taken
    max-rejected: 2
    columns: { taken: TIMESTAMP, amount: DOUBLE }
steps:
  - name: priced
    sql: priced.sql
  - name: checked
    sql: checked.sql
sink:
  format: parquet
  path: out
  mode: upsert
  key: id
  partition-by: country
limits: { threads: 1 }
`;

/** The same by the judge of rows, whose threads take longer to start than all the rest. */
const judged = pipeline.replace('sql: checked.sql', 'validate: row.schema.json\n    max-rejected: 50%');

const first =
  'id,country,amount,taken\n1,DE,10,2026-01-01\n2,FR,x,2026-01-02\n3,FR,30,2026-01-03\n4,DE,-1,2026-01-03\n';
/** One row changed, one late with the highest value of the run before, one new; a country that was not there. */
const second =
  'id,country,amount,taken\n1,PL,11,2026-01-04\n5,FR,50,2026-01-03\n6,PL,60,2026-01-05\n7,PL,-7,2026-01-05\n';

function write(folder: string, yaml: string): void {
  writeFiles(folder, {
    'pipeline.yaml': yaml,
    'checked.sql': 'SELECT * FROM priced WHERE price >= 0',
    'priced.sql': 'SELECT id, country, amount * 2 AS price, taken FROM orders',
    'row.schema.json': rowSchema({ price: { type: 'number', minimum: 0 } }),
    'data/a.csv': first,
  });
}

/** All that must be the same, whatever happened on the way. */
async function outcome(folder: string) {
  const manifest = readJson(join(folder, '.runs/runs/r2/manifest.json')) as {
    sources: { rows: unknown; watermark: unknown }[];
    steps: { rows: unknown }[];
    output: unknown;
    outputs: unknown;
  };
  return {
    rows: await datasetRows(join(folder, 'out')),
    rejected: existsSync(join(folder, '.runs/runs/r2/rejected')) ? rejectedRows(folder, 'r2', 'checked') : [],
    files: filesIn(folder),
    bytes: filesIn(join(folder, 'out')).map((name) => [
      name,
      readFileSync(join(folder, 'out', name), 'base64'),
    ]),
    sources: manifest.sources.map(({ rows, watermark }) => [rows, watermark]),
    steps: manifest.steps.map(({ rows }) => rows),
    output: manifest.output,
    outputs: manifest.outputs,
  };
}

/** What is on the disk, `work/` aside, which each start empties. */
function photograph(folder: string): string {
  const hash = createHash('sha256');
  for (const name of filesIn(folder)) {
    if (!name.includes('/work/')) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

interface Photographed {
  readonly folder: string;
  /** What comes next at each photograph. */
  readonly points: readonly string[];
  readonly photographs: string;
  restore(index: number): void;
}

/** Runs the pipeline twice, the second time with a photograph at each point at which the disk is another one. */
async function photographed(name: string, yaml: string): Promise<Photographed> {
  const folder = join(place, name);
  write(folder, yaml);
  await mustRun(folder, 'r1');
  writeFiles(folder, { 'data/b.csv': second });
  const points: string[] = [];
  let last = '';
  const photographs = join(place, `${name} photographs`);
  await mustRun(folder, 'r2', {
    onPoint: (point) => {
      // Between two points at which the disk is the same a kill leaves the same.
      const now = photograph(folder);
      if (now === last) return;
      last = now;
      cpSync(folder, join(photographs, String(points.length)), { recursive: true });
      points.push(point);
    },
  });
  const restore = (index: number): void => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(photographs, String(index)), folder, { recursive: true });
  };
  return { folder, points, photographs, restore };
}

test('a run that is killed while rows are judged ends as one that was not', async () => {
  const { folder, points, restore } = await photographed('judged', judged);
  const undisturbed = await outcome(folder);
  expect(undisturbed.rejected).toMatchObject([{ file: 'table priced', data: { id: 7, price: -14 } }]);
  const indices = points.flatMap((point, index) => (point.includes('checked') ? [index, index + 1] : []));
  expect(indices.length).toBeGreaterThan(2);
  for (const index of new Set(indices)) {
    restore(index);
    await mustRun(folder, 'r2');
    expect(await outcome(folder), `killed ${points[index]}`).toEqual(undisturbed);
  }
});

test('a run that is killed at any point, once or twice, ends as one that was not', async () => {
  const { folder, points, photographs, restore } = await photographed('all', pipeline);
  const undisturbed = await outcome(folder);
  expect(undisturbed.rows.map(([id, price]) => [id, price])).toEqual([
    ['1', 22],
    ['3', 60],
    ['5', 100],
    ['6', 120],
  ]);
  expect(undisturbed.sources[0]?.[0]).toEqual({ read: 8, earlier: 4, rejected: 0, out: 4 });
  expect(points.length).toBeGreaterThan(20);
  for (const [index, point] of points.entries()) {
    restore(index);
    await mustRun(folder, 'r2');
    expect(await outcome(folder), `killed ${point} (${index})`).toEqual(undisturbed);
  }

  // Killed again while the killed run is finished.
  restore(Math.floor(points.length / 2));
  const again: string[] = [];
  await mustRun(folder, 'r2', {
    onPoint: (point) => {
      cpSync(folder, join(photographs, String(points.length + again.length)), { recursive: true });
      again.push(point);
    },
  });
  for (const index of [0, Math.floor(again.length / 2), again.length - 1]) {
    restore(points.length + index);
    await mustRun(folder, 'r2');
    expect(await outcome(folder), `killed twice, ${again[index]}`).toEqual(undisturbed);
  }

  // Another run comes instead: what was being published is carried to its end, the rest counts as nothing.
  const publishing = points.findIndex((point) => point.includes('_dataset.json'));
  restore(publishing);
  expect(await mustRun(folder, 'r3')).toMatchObject({
    parent: 'r2',
    sources: [{ rows: { earlier: 8, out: 0 } }],
  });
  expect(await datasetRows(join(folder, 'out'))).toEqual(undisturbed.rows);
  restore(points.findIndex((point) => point.includes('priced.parquet')));
  expect(await mustRun(folder, 'r3')).toMatchObject({
    parent: 'r1',
    sources: [{ rows: { earlier: 4, out: 4 } }],
  });
  expect(await datasetRows(join(folder, 'out'))).toEqual(undisturbed.rows);
});

test('a process that is really killed leaves nothing that stays: no lock, no temporary file', async () => {
  const folder = join(place, 'really');
  const temporary = join(place, 'temporary');
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  write(folder, pipeline);
  for (const point of ['after a line of journal.jsonl', 'half way writing _dataset.json']) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-run.ts'), folder, 'r1', point], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    expect(existsSync(join(folder, '.runs/runs/r1/journal.jsonl'))).toBe(true);
  }
  const { code, out } = await run(folder, 'r1');
  expect([code, out]).toEqual([0, expect.stringContaining('run r1 is finished')]);
  expect((await datasetRows(join(folder, 'out'))).map(([id]) => id)).toEqual(['1', '3']);
  expect(filesIn(folder).filter((name) => /part$|work|stage|journal/.test(name))).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
  vi.unstubAllEnvs();
});

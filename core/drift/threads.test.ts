import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RunError } from '../inputs/index.ts';
import { openSide, openSides } from './open-side.ts';
import { Threads } from './threads.ts';

const workspace = mkdtempSync(join(tmpdir(), 'threads-'));
const threads = new Threads(new URL('../../action-drift-check/src/worker.ts', import.meta.url));
afterAll(async () => {
  await threads.close();
  rmSync(workspace, { recursive: true, force: true });
});
const options = { workspace, format: 'auto', csv: {} } as const;

/** Large enough for a thread. */
const rows = 200_000;
const put = (name: string, last: string): string => {
  const lines = Array.from(
    { length: rows },
    (_, row) => `${(row * 7919) % rows},word ${row % 90},${row / 8}`,
  );
  writeFileSync(join(workspace, name), `n,w,x\n${lines.join('\n')}\n${last}`);
  return name;
};

test('files that threads read are those that are read here', async () => {
  const [one, two] = [put('one.csv', '5,last,'), put('two.csv', 'text,"la""st",1')];
  const { reference, current } = await openSides([one], [two], options, threads);
  for (const [side, name] of [
    [reference, one],
    [current, two],
  ] as const) {
    const here = await openSide([name], options, false);
    expect(side.source.rows).toBe(rows + 1);
    expect(side.source.columns).toEqual(here.source.columns);
    for (const [column, { family }] of here.source.columns) {
      const read = family === 'number' ? 'numbers' : 'categories';
      expect(await side.source[read](column)).toEqual(await here.source[read](column));
    }
    await here.close();
    await side.close();
  }
});

test('what a thread cannot read is the error that it is here; the other side is closed', async () => {
  const [good, bad] = [put('good.csv', ''), put('bad.csv', '1,2\n')];
  const here = await openSide([bad], options, false).catch((error: unknown) => error);
  expect(here).toBeInstanceOf(RunError);
  await expect(openSides([good], [bad], options, threads)).rejects.toThrow(here as RunError);
  await expect(openSides([bad], [good], options, threads)).rejects.toThrow(
    /bad\.csv:200002: the row has 2 fields/,
  );
});

import { describe, expect, test } from 'vitest';
import type { Progress } from './load/index.ts';
import { liveLine, progressText, reportProgress } from './progress.ts';

const progress = (more: Partial<Progress> = {}): Progress => ({
  elapsedMs: 12_000,
  planned: 1750,
  due: 600,
  sent: 600,
  done: 598,
  errors: {},
  connections: 4,
  latencyMs: { p50: 4.123456, p99: 9.87654 },
  ...more,
});

test('a line says where the run is, what failed and how fast it is now', () => {
  expect(progressText(progress({ errors: { timeout: 2, reset: 30 } }), 35_000)).toBe(
    '12 s of 35 s: 600 sent, 598 done, 32 errors (reset 30, timeout 2); last second p50 4.12 ms, p99 9.88 ms',
  );
  expect(progressText(progress({ latencyMs: null, elapsedMs: 36_900 }), 35_000)).toBe(
    '35 s of 35 s: 600 sent, 598 done',
  );
});

function logged(live: ReturnType<typeof liveLine> = null) {
  const lines: string[] = [];
  const add = (line: string) => lines.push(line);
  const log = { info: add, notice: add, warning: add, debug: add };
  return { lines, report: reportProgress({ log, live }) };
}

describe('while the run goes on', () => {
  test('a job log has a line every five seconds', () => {
    const { lines, report } = logged();
    const tell = report(0, 1, 20_000);
    for (let elapsedMs = 0; elapsedMs <= 20_000; elapsedMs += 250) tell(progress({ elapsedMs }));
    expect(lines.map((line) => line.split(':')[0])).toEqual([5, 10, 15, 20].map((at) => `${at} s of 20 s`));
  });

  test('lives are counted', () => {
    const { lines, report } = logged();
    report(2, 12, 10_000)(progress({ elapsedMs: 5000 }));
    expect(lines[0]).toMatch(/^life 3 of 12, 5 s of 10 s: /);
  });

  test('a terminal has one line that changes, and is clean afterwards', () => {
    const written: string[] = [];
    const stream = { isTTY: true, columns: 40, write: (text: string) => written.push(text) };
    const live = liveLine(stream, {});
    const { lines, report } = logged(live);
    report(0, 1, 35_000)(progress());
    live?.clear();
    expect(lines).toEqual([]);
    expect(written).toEqual(['\r\u001b[2K12 s of 35 s: 600 sent, 598 done; last ', '\r\u001b[2K']);
  });

  test.each([
    [{ isTTY: false }, {}],
    [{ isTTY: true }, { GITHUB_ACTIONS: 'true' }],
    [{ isTTY: true }, { CI: '1' }],
  ])('%j with %j is no terminal to draw on', (stream, env) => {
    expect(liveLine({ ...stream, write: () => true }, env)).toBeNull();
  });
});

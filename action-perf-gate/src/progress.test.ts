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
  const clock = { ms: 0 };
  return { lines, clock, report: reportProgress({ log, live, now: () => clock.ms }) };
}

describe('while the run goes on', () => {
  test('a job log has a line every five seconds', () => {
    const { lines, report, clock } = logged();
    const tell = report(0, 1, 20_000);
    for (; clock.ms <= 20_000; clock.ms += 250) tell(progress({ elapsedMs: clock.ms }));
    expect(lines.map((line) => line.split(':')[0])).toEqual([5, 10, 15, 20].map((at) => `${at} s of 20 s`));
  });

  test('lives are counted, and those that are shorter are told of as often', () => {
    const { lines, report, clock } = logged();
    for (let life = 0; life < 5; life++) {
      const tell = report(life, 5, 3000);
      for (let elapsedMs = 0; elapsedMs < 3000; elapsedMs += 250, clock.ms += 250)
        tell(progress({ elapsedMs }));
    }
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'life 2 of 5, 2 s of 3 s',
      'life 4 of 5, 1 s of 3 s',
    ]);
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

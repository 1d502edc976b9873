import { expect, test } from 'vitest';
import { Progress } from './progress.ts';

function makeProgress(given: { isTTY?: boolean; plain?: boolean; quiet?: boolean; columns?: number } = {}) {
  let text = '';
  let clock = 0;
  const { isTTY = false, plain = false, quiet = false, columns = 80 } = given;
  const target = { write: (part: string) => (text += part), isTTY, columns };
  const progress = new Progress({ target, now: () => clock, plain, quiet });
  return {
    progress,
    pass: (milliseconds: number) => {
      clock += milliseconds;
    },
    said: () => {
      const now = text;
      text = '';
      return now;
    },
  };
}

test('outside a terminal there is a line every five seconds, and one a step', () => {
  const { progress, pass, said } = makeProgress();
  progress.plan(3);
  progress.begin('source orders');
  pass(4_999);
  progress.add(1_000);
  expect(said()).toBe('');
  pass(1);
  progress.add(9_000);
  expect(said()).toBe('[1/3] source orders: 10,000 rows, 2,000 rows/s\n');
  progress.end('10,000 rows read');
  expect(said()).toBe('[1/3] source orders: 10,000 rows read (5.0 s)\n');
});

test('in a terminal a bar is drawn over, ten times a second at most', () => {
  const { progress, pass, said } = makeProgress({ isTTY: true });
  progress.plan(1);
  progress.begin('sink out', 200);
  said();
  pass(99);
  progress.add(50);
  expect(said()).toBe('');
  pass(1);
  progress.add(50);
  expect(said()).toBe(
    '\r\x1b[2K[1/1] sink out: 100 of 200 rows, 1,000 rows/s \x1b[36m██████████░░░░░░░░░░\x1b[0m',
  );
});

test('what is said stands above the bar, and an error does not stand behind it', () => {
  const { progress, said } = makeProgress({ isTTY: true });
  progress.begin('step a', 10);
  said();
  progress.note('a note');
  expect(said()).toBe('\r\x1b[2Ka note\n');
  progress.begin('step b');
  said();
  progress.clear();
  expect(said()).toBe('\r\x1b[2K');
  progress.clear();
  expect(said()).toBe('');
});

test('a narrow terminal gets no second line', () => {
  const { progress, said } = makeProgress({ isTTY: true, columns: 30 });
  progress.begin('a step with a name that is longer than the terminal', 10);
  expect(said().replaceAll(/\x1b\[[0-9]*[mK]|\r/g, '').length).toBeLessThan(31);
});

test('NO_COLOR, or a dumb terminal, means lines', () => {
  const { progress, pass, said } = makeProgress({ isTTY: true, plain: true });
  progress.begin('step a');
  pass(5_000);
  progress.tick();
  expect(said()).toBe('[1/1] step a: 5 s\n');
});

test('quiet leaves notes', () => {
  const { progress, pass, said } = makeProgress({ isTTY: true, quiet: true });
  progress.begin('step a', 5);
  pass(9_000);
  progress.add(5);
  progress.end('5 rows');
  progress.note('a run was finished');
  expect(said()).toBe('a run was finished\n');
});

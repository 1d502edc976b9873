import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Screen } from './screen.ts';

function written(terminal: object, show: (screen: Screen) => void): string {
  const out = Object.assign(new PassThrough(), terminal);
  show(new Screen(out));
  return out.read()?.toString() ?? '';
}

const show = (screen: Screen): void => {
  screen.live('1 requests/s');
  screen.live('2 requests/s | p95 12 ms');
  screen.line('alert firing');
  screen.line('stopping');
};

test('in a terminal the numbers are written over, and lines stand above them', () => {
  const erase = '\r\u001b[K';
  expect(written({ isTTY: true, columns: 20 }, show)).toBe(
    `${erase}1 requests/s${erase}2 requests/s | p95${' '}${erase}alert firing\nstopping\n`,
  );
});

test('elsewhere each is a line, and nothing is cut', () => {
  expect(written({}, show)).toBe('1 requests/s\n2 requests/s | p95 12 ms\nalert firing\nstopping\n');
});

import { describe, expect, test } from 'vitest';
import { readMemory, writeMemory } from './memory.ts';

const values: readonly unknown[] = [
  { runs: [1, 2], at: '2026-07-01T06:00:00.000Z', less: -1.5 },
  { name: '--> <b>@ada #7 GH-3 --- ---->' },
  { name: 'Größe 🙂 \u202e \ud83d \n "quoted" \\ back' },
  [],
  null,
];

test.each(values)('%j comes back', (value) => {
  const line = writeMemory(value);
  expect(readMemory(line)).toEqual({ kept: true, value });
  expect(readMemory(`first\r\n${line}\r\nlast`)).toEqual({ kept: true, value });
});

test.each(values)('%j is one invisible line of plain characters', (value) => {
  const line = writeMemory(value);
  expect(line).toMatch(/^<!-- [\x20-\x7e]* -->$/);
  const inside = line.slice(4, -3);
  expect(inside).not.toMatch(/--|[<>@#&]/);
});

describe('is lost when', () => {
  const line = writeMemory({ count: 2 });
  test.each([
    ['the line is gone', 'some text'],
    ['a number was changed', line.replace('2', '9')],
    ['the checksum was changed', line.replace(/.{4} -->/, '0000 -->')],
    ['there is no text', ''],
    ['it is no JSON any more', '<!-- ml-gates-memory: {} 0123456789abcdef -->'],
  ])('%s', (_, text) => {
    expect(readMemory(text)).toEqual({ kept: false });
  });

  test('GitHub gives no body at all', () => {
    expect(readMemory(null)).toEqual({ kept: false });
  });
});

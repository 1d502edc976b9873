import { expect, test } from 'vitest';
import { createLog } from './log.ts';

test('a line is one JSON object, and what is less urgent than wanted is left out', () => {
  const lines: string[] = [];
  const log = createLog(
    'warn',
    () => Date.UTC(2026, 10, 20, 6),
    (line) => lines.push(line),
  );
  log('info', 'not told');
  log('warn', 'two\nlines', { question: 'forecast' });
  expect(lines).toEqual([
    `${JSON.stringify({
      level: 'warn',
      time: '2026-11-20T06:00:00.000Z',
      service: 'cost-exporter',
      question: 'forecast',
      message: 'two\nlines',
    })}\n`,
  ]);
});

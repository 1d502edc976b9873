import { expect, test } from 'vitest';
import { readFlags } from './flags.ts';

const values = (...args: string[]) => {
  const flags = readFlags(args);
  return flags.ok ? Object.fromEntries(flags.values) : flags.message;
};

test.each([
  { args: ['--model-path', 'm.onnx'], read: { 'model-path': 'm.onnx' } },
  { args: ['--model-path=m.onnx'], read: { 'model-path': 'm.onnx' } },
  { args: ['--thresholds', 'a >= 1', '--thresholds', 'b < 2'], read: { thresholds: 'a >= 1\nb < 2' } },
  { args: ['--check-run'], read: { 'check-run': 'true' } },
  { args: ['--score-columns=fraud=p'], read: { 'score-columns': 'fraud=p' } },
  { args: ['--positive-class', '-1'], read: { 'positive-class': '-1' } },
  { args: ['--thresholds=a\nb'], read: { thresholds: 'a\nb' } },
  { args: [], read: {} },
])('$args', ({ args, read }) => {
  expect(values(...args)).toEqual(read);
});

test.each([[['model.onnx']], [['-m', 'x']], [['--']]])('%j is refused by name', (args) => {
  expect(values(...args)).toContain(`\`${args[0]}\` is not a flag`);
});

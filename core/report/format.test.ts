import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../test/support/gate-samples.ts';
import { checkText, counted, differenceText, formatPercent, intervalText, valueText } from './format.ts';

describe('checkText', () => {
  it.each([
    [0.84996, 0.85, '0.84996', '≥ 0.85'],
    [0.849999999, 0.85, '0.849999999', '≥ 0.85'],
    [0.91, 0.85, '0.91', '≥ 0.85'],
  ])('%d against %d is shown as %s', (value, threshold, shown, bound) => {
    const text = checkText(check({ id: 'c', value, threshold, interval: null }));
    expect([text.value, text.threshold]).toEqual([shown, bound]);
  });

  it('never shows a value as the threshold that it misses', () =>
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: -1e-3, max: 1e-3, noNaN: true }),
        (threshold, offset) => {
          const value = threshold + offset;
          fc.pre(value !== threshold);
          const text = checkText(check({ id: 'c', value, threshold, interval: null }));
          expect(`≥ ${text.value}`).not.toBe(text.threshold);
        },
      ),
    ));

  it('never shows an end of the interval as the threshold', () => {
    const interval = { level: 0.95, low: 0.849996, high: 0.9, method: 'wilson' };
    expect(checkText(check({ id: 'c', value: 0.88, threshold: 0.85, interval })).interval).toBe(
      '0.849996 to 0.9',
    );
  });

  it('shows a difference apart from what the threshold allows', () => {
    const text = checkText(
      check({
        id: 'accuracy >= baseline - 0.01',
        condition: '>= baseline - 0.01',
        value: 0.889996,
        baseline: 0.9,
        threshold: 0.89,
        difference: { value: -0.010004, interval: null },
        interval: null,
      }),
    );
    expect(text.difference).not.toBe('-0.01');
    expect(Number(text.difference)).toBeLessThan(-0.01);
  });

  it('shows what has no single bound as it was written', () =>
    expect(checkText(check({ id: 'c', threshold: null, condition: 'between 20 and 60' })).threshold).toBe(
      'between 20 and 60',
    ));

  it('shows a dash where there is no number', () => {
    const text = checkText(check({ id: 'c', value: null, interval: null, threshold: null, condition: '' }));
    expect(Object.values(text)).toEqual(['–', '–', '–', '–', '–']);
  });
});

describe('other numbers', () => {
  it('gives differences their sign, and takes the noise of doubles for zero', () => {
    expect(differenceText(0.012, null, 'number', 0.9)).toBe('+0.012');
    expect(differenceText(0.82 - 0.82 + 1.1e-16, null, 'number', 0.82)).toBe('0');
    expect(differenceText(-0.02, { level: 0.95, low: -0.04, high: 0.01, method: 'x' }, 'number', 0.9)).toBe(
      '-0.02 (-0.04 to +0.01)',
    );
  });
  it('writes units, counts and levels', () => {
    expect(valueText(182.4, 'milliseconds')).toBe('182.4 ms');
    expect(valueText(Number.NaN, 'number')).toBe('–');
    expect(intervalText({ level: 0.95, low: 0.1, high: Number.NaN, method: 'x' }, 'number')).toBe('–');
    expect(counted(1, 'check')).toBe('1 check');
    expect(counted(2000, 'check')).toBe('2,000 checks');
    expect(formatPercent(0.999)).toBe('99.9%');
  });
});

import { describe, expect, it } from 'vitest';
import {
  check,
  classification,
  failingBinary,
  hostile,
  huge,
  sampleResult,
  samples,
} from '../../test/support/gate-samples.ts';
import { renderTerminal } from './terminal.ts';

describe('the terminal summary', () => {
  it('begins and ends with the verdict', () => {
    const lines = renderTerminal(failingBinary()).trimEnd().split('\n');
    expect(lines[0]).toBe('Model gate failed: 2 of 5 checks, 1 warning');
    expect(lines.at(-1)).toBe(lines[0]);
  });

  it('aligns the columns', () => {
    const lines = renderTerminal(failingBinary(), { width: 140 }).split('\n');
    const at = lines.findIndex((line) => line.includes('threshold'));
    const end = (lines[at] ?? '').indexOf('threshold') + 'threshold'.length;
    for (const line of lines.slice(at + 1, at + 6)) expect(line.slice(0, end)).toMatch(/[≥≤] [\d.]+$/);
  });

  it('aligns names of wide characters', () => {
    const result = sampleResult(
      [check({ id: '精度 >= 0.85' }), check({ id: 'accuracy >= 0.85' })],
      classification(['a', 'b']),
    );
    const [wide = '', narrow = ''] = renderTerminal(result, { width: 120 })
      .split('\n')
      .filter((line) => line.startsWith('✓'));
    // Two characters of double width: the line is two characters shorter and equally wide.
    expect(narrow.length - wide.length).toBe(2);
  });

  it.each([120, 80, 60, 40])('keeps to %d columns', (width) => {
    for (const make of [failingBinary, samples.regression ?? failingBinary]) {
      for (const line of renderTerminal(make(), { width }).split('\n').slice(1, -2)) {
        expect(line.length).toBeLessThanOrEqual(width);
      }
    }
  });

  it('says why each check did not pass', () => {
    const text = renderTerminal(failingBinary(), { width: 60 }).replace(/\s+/g, ' ');
    for (const { reason, verdict } of failingBinary().predicate.gate.checks) {
      if (verdict !== 'pass') expect(text).toContain(reason);
    }
  });

  it('is plain unless colours are asked for', () => {
    expect(renderTerminal(failingBinary())).not.toContain('\u001b');
    expect(renderTerminal(failingBinary(), { color: true })).toContain('\u001b[31m✗\u001b[0m');
  });

  it.each([20, 33, 80, 120])('gives data no command, at %d columns', (width) => {
    const text = renderTerminal(hostile(), { width });
    expect(text).not.toMatch(/^\s*::/m);
    expect(text).not.toContain('##[');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b]/);
  });

  it('counts the checks that it leaves out', () =>
    expect(renderTerminal(huge())).toContain('… and 4,800 more checks; the result document has them all.'));
});

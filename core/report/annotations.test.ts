import { describe, expect, it } from 'vitest';
import { failingBinary, hostile, huge, passingBinary } from '../../test/support/gate-samples.ts';
import { annotationsOf, workflowCommands } from './annotations.ts';

describe('annotations', () => {
  it('are errors for failed checks, warnings for inconclusive ones and warn lines, notices for remarks', () => {
    expect(annotationsOf(failingBinary()).map(({ level, title }) => [level, title])).toEqual([
      ['error', 'Model gate: recall(malignant) >= 0.85 failed'],
      ['error', 'Model gate: accuracy >= baseline - 0.01 failed'],
      ['warning', 'Model gate: accuracy(region=EU) >= 0.8 at 95% inconclusive'],
      ['warning', 'Model gate: warn: ece <= 0.05 does not hold'],
    ]);
    expect(annotationsOf(passingBinary()).map(({ level }) => level)).toEqual(['notice']);
  });

  it('say the reason', () =>
    expect(annotationsOf(failingBinary())[0]?.message).toBe('0.84996 is below 0.85.'));

  it('become workflow commands as the runner reads them', () =>
    expect(workflowCommands(annotationsOf(failingBinary()), 10)[0]).toBe(
      '::error title=Model gate%3A recall(malignant) >= 0.85 failed::0.84996 is below 0.85.',
    ));

  it('carry file and lines where a finding has a place', () => {
    const place = { file: 'data/a,b.csv', startLine: 7, endLine: 9 };
    expect(workflowCommands([{ level: 'error', title: 't', message: '100%\nbad', place }], 10)).toEqual([
      '::error title=t,file=data/a%2Cb.csv,line=7,endLine=9::100%25↵bad',
    ]);
  });

  it('stop at the maximum of each level and count the rest in a plain line', () => {
    const lines = workflowCommands(annotationsOf(huge()), 10);
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('::notice '))).toHaveLength(10);
    expect(lines.at(-1)).toBe(
      '490 more errors, 390 more notices not annotated (max-annotations: 10); the report has them all.',
    );
  });

  it('write none at a maximum of 0, and still count', () =>
    expect(workflowCommands(annotationsOf(failingBinary()), 0)).toEqual([
      '2 more errors, 2 more warnings not annotated (max-annotations: 0); the report has them all.',
    ]));

  it('are one line each, and only the commands that we wrote', () => {
    for (const line of workflowCommands(annotationsOf(hostile()), 100)) {
      expect(line).toMatch(/^::(?:error|warning|notice) title=[^:,\r\n]*::[^\r\n]*$/);
    }
  });

  it('keep titles within the 255 characters of a check run', () => {
    for (const { title } of annotationsOf(hostile())) expect(title.length).toBeLessThanOrEqual(255);
  });
});

import { describe, expect, it } from 'vitest';
import {
  failingBinary,
  fortyClasses,
  inconclusive,
  regression,
  type SampleResult,
  sampleResult,
  threeClasses,
} from '../../../test/support/gate-samples.ts';
import { decode, readXml } from '../../../test/support/strict-xml.ts';
import { reportSections, summaryDetails } from './sections.ts';

const sections = (result: SampleResult) =>
  new Map(reportSections(result).map(({ title, body }) => [title, readXml(`<div>${body.text}</div>`)]));
const textOf = (result: SampleResult, title: string) => sections(result).get(title)?.text ?? '';
const chartsOf = (result: SampleResult, title: string) =>
  sections(result)
    .get(title)
    ?.elements.filter(({ name }) => name === 'svg').length ?? 0;

describe('the sections of a classifier', () => {
  it('stand in reading order', () =>
    expect(reportSections(failingBinary()).map(({ title }) => title)).toEqual([
      'All metrics',
      'Which classes are confused',
      'At other score thresholds',
      'Can the scores be read as probabilities?',
      'Slices, the worst first',
      'Speed on this machine',
      'Models and data',
    ]));

  it('show candidate, baseline and difference of each metric, and how to read an interval', () => {
    const text = textOf(failingBinary(), 'All metrics');
    expect(text).toContain('Accuracy accuracy0.9120.8871 to 0.93690.934-0.022 (-0.043 to -0.003)');
    expect(text).toContain('95% of such intervals contain');
    expect(text).toContain('the scores of 3 rows do not sum to 1');
  });

  it('draw the confusion matrices and curves of candidate and baseline', () => {
    expect(chartsOf(failingBinary(), 'Which classes are confused')).toBe(2);
    const text = textOf(failingBinary(), 'At other score thresholds');
    expect(text).toContain('candidate, AUC 0.91');
    expect(text).toContain('baseline, AUC 0.87');
    expect(text).toContain('chance');
  });

  it('draw a few classes with their dashed baseline, and of many the worst', () => {
    expect(textOf(threeClasses(), 'At other score thresholds')).toContain(
      'AUC 0.86, baseline, class virginica',
    );
    const many = textOf(fortyClasses(), 'At other score thresholds');
    expect(many).toContain('the 6 of 40 with the lowest AUC');
    expect(many).toContain('category 39');
  });

  it('show the most frequent confusions instead of a matrix of 40 classes', () => {
    const text = textOf(fortyClasses(), 'Which classes are confused');
    const cells = fortyClasses().predicate.gate.details.candidate.evaluation.confusion ?? [];
    const wrong = cells.flatMap((row, actual) => row.filter((_, predicted) => predicted !== actual));
    expect(text).toContain(`20 of ${wrong.filter((count) => count > 0).length} confused pairs`);
    expect(text).toContain(`${Math.max(...wrong)} of `);
    expect(text).toContain('→');
  });

  it('list slices worst first and small ones apart', () => {
    const text = textOf(failingBinary(), 'Slices, the worst first');
    expect(text.indexOf('region=EU')).toBeLessThan(text.indexOf('region=APAC'));
    expect(text).toContain('2 slices too small to judge');
    expect(text).toContain('region=Antarctica: 7 rows');
  });

  it('state what is known of the model', () => {
    const text = textOf(inconclusive(), 'Models and data');
    for (const fact of [
      'models/candidate.onnx',
      'ONNX file',
      'skl2onnx 1.19.1',
      '21',
      '1.235 MB',
      'features: float32 [?, 30]',
    ]) {
      expect(text).toContain(fact);
    }
  });

  it('leave out what is not there', () => {
    const result = failingBinary();
    const { details } = result.predicate.gate;
    const bare = sampleResult(result.predicate.gate.checks, {
      ...details,
      slices: [],
      smallSlices: [],
      speed: null,
      data: null,
      baseline: null,
      candidate: {
        ...details.candidate,
        evaluation: { confusion: null, roc: [], precisionRecall: [], calibration: [], residuals: null },
      },
    });
    expect(reportSections(bare).map(({ title }) => title)).toEqual(['All metrics', 'Models and data']);
  });
});

describe('the sections of a regression model', () => {
  it('show residuals and predictions of candidate and baseline', () => {
    const titles = reportSections(regression()).map(({ title }) => title);
    expect(titles).toContain('How far predictions are off');
    expect(titles).not.toContain('Which classes are confused');
    expect(chartsOf(regression(), 'How far predictions are off')).toBe(4);
  });
});

describe('the details of the job summary', () => {
  it('give slices first, then all metrics', () => {
    const details = summaryDetails(failingBinary());
    expect(details.map(({ title }) => title)).toEqual([
      'Slices, the worst first (4)',
      'Slices too small to judge (2)',
      'All metrics (11)',
      'Model and data',
    ]);
    expect(details[0]?.rows[0]?.map(decode)).toEqual([
      '`region=EU`',
      '60',
      '0.81',
      '0.7094 to 0.9106',
      '0.9',
    ]);
  });
});

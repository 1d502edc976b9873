import { describe, expect, it, test } from 'vitest';
import { serializeResult } from '../../../core/gate/index.ts';
import { renderSummary } from '../../../core/report/index.ts';
import { deployResult, deploySamples } from '../../../test/support/deploy-samples.ts';
import { readXml } from '../../../test/support/strict-xml.ts';
import type { Outcome } from '../types.ts';
import { headAndTail } from './head-and-tail.ts';
import { reportSections } from './sections.ts';
import { summaryDetails } from './summary.ts';

function sampleOf(name: string) {
  const make = deploySamples[name];
  if (make === undefined) throw new Error(`there is no sample ${name}`);
  return make();
}

/** Titles and texts, in reading order. */
function sectionsOf(name: string): ReadonlyMap<string, string> {
  return new Map(
    reportSections(sampleOf(name)).map(({ title, body }) => [title, readXml(`<div>${body.text}</div>`).text]),
  );
}

const summaryOf = (name: string): string => {
  const result = sampleOf(name);
  return renderSummary(result, { details: summaryDetails(result) });
};

describe.each(Object.entries(deploySamples))('the report of %s', (_, make) => {
  const result = make();

  it('is drawn from a valid document', () => expect(() => serializeResult(result)).not.toThrow());

  it('is well-formed, and names nothing that is not there', () => {
    for (const { title, body } of reportSections(result)) {
      const { elements, text } = readXml(`<div>${body.text}</div>`);
      expect(elements.filter(({ name }) => /^(script|img|iframe|h1|style)$/.test(name))).toEqual([]);
      for (const { attributes } of elements) {
        expect(attributes.get('href') ?? 'https://').toMatch(/^https:\/\//);
        expect([...attributes.keys()].filter((name) => name.startsWith('on') || name === 'style')).toEqual(
          [],
        );
      }
      expect(`${title} ${text}`).not.toMatch(/NaN|Infinity|undefined|\bnull\b/);
    }
    const summary = renderSummary(result, { details: summaryDetails(result) });
    expect(summary).not.toMatch(/NaN|Infinity|undefined|\bnull\b/);
    expect(summary.split('\n')[0]).toMatch(/^## (✅|❌|⚠️) Deployment/u);
  });

  it('says first what runs now', () => {
    const [first] = reportSections(result);
    const { left } = result.predicate.gate.details;
    if (left.length < 600) expect(readXml(`<div>${first?.body.text ?? ''}</div>`).text).toContain(left);
    expect(summaryDetails(result)[0]).toMatchObject({ open: true });
  });
});

test.each<[Outcome, string]>([
  ['succeeded', 'Succeeded'],
  ['unchanged', 'Unchanged: it runs already'],
  ['planned', 'Planned: nothing was changed'],
  ['rolled-back', 'Rolled back: the former state runs again'],
  ['rollback-failed', 'Failed, and not rolled back'],
  ['failed', 'Failed'],
  ['timed-out', 'Timed out'],
  ['superseded', 'Superseded: another deployment took its place'],
])('%s is called %s', (outcome, title) => {
  const result = deployResult({ outcome });
  expect(reportSections(result)[0]?.title).toBe(title);
  expect(summaryDetails(result)[0]?.title.replace(/<!-- -->|&#\d+;/g, '')).toContain(title.split(/[:,]/)[0]);
});

test('what decides stands before what explains', () => {
  expect([...sectionsOf('a canary that succeeded').keys()]).toEqual([
    'Succeeded',
    'Timeline: 8:50',
    '6 tasks: 3 of 3 new healthy',
    '2 differences to what ran before',
    'Analysis: 2 rounds',
    'Evidence: 2 of 2 gate results accepted',
    'The image and the rollout',
  ]);
  expect([...sectionsOf('nothing to do').keys()]).toEqual([
    'Unchanged: it runs already',
    'No differences',
    'The image and the rollout',
  ]);
});

describe('a rollout that was rolled back', () => {
  const name = 'a circuit breaker that rolled back';

  it('shows the cause with the last lines of the log, blanks kept', () => {
    const text = sectionsOf(name).get('Rolled back: the former state runs again') ?? '';
    expect(text).toContain('The cause: OutOfMemoryError');
    expect(text).toContain('Last 5 lines of its log');
    expect(text).toContain('\u00a0\u00a0\u00a0\u00a0at Session.run (/app/model/session.js:88:17)');
    expect(text).toContain('deployment failed: service web: (deployment ecs-svc/1847)');
    const summary = summaryOf(name);
    expect(summary).toMatch(/Cause: <strong>OutOfMemoryError<\/strong>/);
    expect(summary).toContain('loading model fraud-v7.onnx (1.9 GB)');
  });

  it('shows when each task lived and died', () => {
    const text = sectionsOf(name).get('Timeline: 2:51') ?? '';
    expect(text).toMatch(/0:48task 9a2eOutOfMemoryError: container app killed/);
    expect(text).toContain('OutOfMemoryError after 0:12');
    expect(text).toContain('the circuit breaker goes back to web:41');
    const units = sectionsOf(name).get('6 tasks: 0 of 3 new healthy') ?? '';
    expect(units).toMatch(/9a2e4410\w+OutOfMemoryError: .*?STOPPEDnew0:360:48/);
    expect(units).toMatch(/a0a0\w+RUNNINGformerbefore–/);
  });

  it('says who went back, and whether it was seen to run', () => {
    expect(sectionsOf(name).get('Rollback')).toContain('Verified, by the platform itself: web:41 runs again');
    const failed = 'pods whose image cannot be pulled, left in between';
    expect(sectionsOf(failed).get('Rollback')).toContain('Not verified, by this action: the former');
    expect(summaryOf(failed)).toContain('Rollback, not verified:');
  });
});

test('a value that is long folds, one that is not there says so', () => {
  const result = sampleOf('a plan');
  const section = reportSections(result).find(
    ({ title }) => title === '5 differences that a rollout would make',
  );
  const { elements, text } = readXml(`<div>${section?.body.text ?? ''}</div>`);
  expect(elements.filter(({ name }) => name === 'details')).toHaveLength(1);
  expect(text).toContain('cpuBefore"256"Afternot there');
  expect(text).toContain('(not shown, changed)');
});

test('an analysis shows each line with its value and reason; one that only warns does not fail', () => {
  const text = sectionsOf('an analysis without an answer').get('Analysis: 1 round') ?? '';
  expect(text).toContain('After 10% of the trafficstops here');
  expect(text).toMatch(/the query gives no data: no series matches it–inconclusive/);
  expect(text).toMatch(/300 ms is not below 200 ms0\.3warning/);
});

test('evidence that does not count stands first, with why', () => {
  const text = sectionsOf('evidence that is missing').get('Evidence: 1 of 3 gate results accepted') ?? '';
  expect(text).toMatch(/perf-gate\.json.*no.*data\*\.json.*no file matches.*validate-model\.json.*yes/s);
});

test('findings stand by severity', () => {
  const text = sectionsOf('a canary that succeeded').get('The image and the rollout') ?? '';
  expect(text).toContain('Scan: 1 high, 3 medium, 12 low, 2 informational (enhanced scan, finished');
  expect(text).toMatch(/CVE-2025-4802https:\/\/security-tracker\S*highglibc 2\.36-9/);
});

test('of many events those that matter stay open, and all are counted', () => {
  const text = sectionsOf('a readiness probe that fails until the deadline').get('Timeline: 30:00') ?? '';
  expect(text).toContain('42 events in all');
  expect(text).toContain('web-7c9d8-aaaaaUnhealthy');
  expect(text.split('42 events in all')[0]).not.toMatch(/0:20Deployment/);
});

test('the job summary stays within a phone’s patience and GitHub’s limit', () => {
  expect(Buffer.byteLength(summaryOf('hostile texts'))).toBeLessThan(400_000);
  expect(Buffer.byteLength(summaryOf('a canary that succeeded'))).toBeLessThan(12_000);
});

test('a long timeline keeps its beginning and its end', () => {
  const items = Array.from({ length: 700 }, (_, index) => index);
  const kept = headAndTail(items, 300);
  expect(kept).toHaveLength(300);
  expect([kept[0], kept[99], kept[100], kept[299]]).toEqual([0, 99, 500, 699]);
  expect(headAndTail([1, 2], 300)).toEqual([1, 2]);
});

test('a time that is none does not stretch the timeline', () => {
  const result = deployResult({
    timeline: [
      { at: '2026-05-04T09:00:07Z', kind: 'step', subject: '', text: 'a' },
      { at: 'GH-2', kind: 'failure', subject: '', text: 'b' },
      { at: '2026-05-04T09:00:17Z', kind: 'step', subject: '', text: 'c' },
    ],
  });
  expect(reportSections(result)[1]?.title).toBe('Timeline: 0:10');
});

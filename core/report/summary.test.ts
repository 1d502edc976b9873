import { describe, expect, it } from 'vitest';
import { reportSections, summaryDetails } from '../../action-validate-model/src/report/sections.ts';
import {
  check,
  classification,
  failingBinary,
  hostile,
  huge,
  inconclusive,
  passingBinary,
  sampleResult,
  samples,
} from '../../test/support/gate-samples.ts';
import { decode } from '../../test/support/strict-xml.ts';
import { renderComment } from './comment.ts';
import { renderPage } from './html.ts';
import { renderSummary, summaryLimit } from './summary.ts';
import { renderTerminal } from './terminal.ts';

/** Markdown as read on the page, near enough to look for sentences. */
const read = (markdown: string) => decode(markdown.replaceAll('<!-- -->', ''));
const summary = (result: ReturnType<typeof failingBinary>, limit?: number) =>
  renderSummary(result, { details: summaryDetails(result), ...(limit === undefined ? {} : { limit }) });

describe('the job summary', () => {
  it.each([
    [passingBinary, '## ✅ Model gate passed: 3 checks'],
    [failingBinary, '## ❌ Model gate failed: 2 of 5 checks, 1 warning'],
    [inconclusive, '## ⚠️ Model gate inconclusive: 2 of 2 checks'],
  ])('begins with the verdict (%#)', (make, first) => expect(summary(make()).split('\n')[0]).toBe(first));

  it('says why in the next sentence, by the worst check', () =>
    expect(read(summary(failingBinary()).split('\n')[2] ?? '')).toBe(
      'recall(malignant) >= 0.85: 0.84996 is below 0.85.',
    ));

  it('says which check passed by the least', () =>
    expect(read(summary(passingBinary()).split('\n')[2] ?? '')).toContain(
      // 0.9631 is 6.6% above 0.9, 0.912 is 6.8% above 0.85.
      'Closest to its threshold: roc_auc >= 0.9: 0.9631 is at least 0.9.',
    ));

  it('has each check in the table with value, interval, threshold, baseline, difference and verdict', () =>
    expect(read(summary(failingBinary()))).toContain(
      '| `accuracy >= baseline - 0.01` | 0.912 | 0.8848 to 0.9352 | ≥ 0.924 | 0.934 | -0.022 (-0.043 to -0.003) | ❌ failed |',
    ));

  it('gives the reason of each check, slices, metrics, facts and what was judged', () => {
    const result = failingBinary();
    const text = read(summary(result));
    for (const { reason } of result.predicate.gate.checks) expect(text).toContain(reason);
    expect(text).toContain('| `region=EU` | 60 | 0.81 |');
    expect(text).toContain('| `region=Antarctica` | 7 |');
    expect(text).toContain('| `balanced_accuracy` | 0.897 |');
    expect(text).toContain('the scores of 3 rows do not sum to 1');
    expect(text).toContain('| `model.onnx` | judged | `9f86d081884c7d65');
  });

  it('is a table whose rows all have as many cells as its heading', () => {
    for (const make of Object.values(samples)) {
      let cells = 0;
      for (const line of summary(make()).split('\n')) {
        if (!line.startsWith('| ')) cells = 0;
        else if (cells === 0) cells = line.split('|').length;
        else expect(line.split('|')).toHaveLength(cells);
      }
    }
  });

  it('holds no Markdown or HTML of the data', () => {
    const text = summary(hostile())
      .replace(/`[^`\n]*`/g, '')
      .replaceAll('<!-- -->', '');
    const tags = new Set(text.match(/<[^>]*>/g));
    expect([...tags].toSorted()).toEqual([
      '</code>',
      '</details>',
      '</summary>',
      '<br>',
      '<code>',
      '<details>',
      '<summary>',
    ]);
    expect(text).not.toMatch(/\]\(|!\[|```|https?:\/\/|^::|@\w/m);
    expect(text.match(/^#/gm)).toHaveLength(1);
  });

  it('stays below 1 MiB with 5,000 checks, and counts what it leaves out', () => {
    const text = summary(huge());
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(summaryLimit);
    expect(text.split('\n')[0]).toBe('## ❌ Model gate failed: 500 of 5,000 checks');
    expect(text.match(/^\| `recall\(class number .*failed \|$/gm)).toHaveLength(500);
  });

  it('of many checks shows what did not pass, and folds the rest', () => {
    const [open = '', ...folded] = read(summary(huge())).split('<details>');
    expect(open.match(/✅ passed/g)).toBeNull();
    expect(open).toContain('… and 4,500 more checks (4,500 passed)');
    expect(folded.join('')).toContain('4,500 checks passed');
    expect(read(summary(failingBinary())).split('<details>')[0]).toContain('✅ passed');
  });

  it.each([60_000, 1_000, 400])('degrades to %d bytes, the verdict last of all', (limit) => {
    const text = summary(huge(), limit);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
    expect(text.split('\n')[0]).toBe('## ❌ Model gate failed: 500 of 5,000 checks');
    expect(read(text)).toMatch(
      /[\d,]+ (?:more )?checks \((?:[\d,]+ failed, )?[\d,]+ passed\); the result document has them all\./,
    );
  });
});

describe('every report', () => {
  it.each(Object.entries(samples))('of %s puts the verdict first and says why', (_, make) => {
    const result = make();
    const title = /Model gate .*(?:passed|failed|inconclusive)/;
    expect(read(summary(result).split('\n')[0] ?? '')).toMatch(title);
    expect(read(renderComment(result).split('\n')[0] ?? '')).toMatch(title);
    expect(renderTerminal(result).split('\n')[0]).toMatch(title);
    expect(renderPage(result, reportSections(result))).toMatch(
      /<body><main><header><div class="verdict [a-z-]+"><h1>/,
    );
  });

  it('of a run without checks says so', () => {
    const result = sampleResult([], classification(['a', 'b']));
    expect(summary(result)).toMatch(/^## ✅ Model gate passed\n\nNo checks were asked for\./);
    expect(renderPage(result, [])).toContain('No checks were asked for.');
    expect(renderTerminal(result)).toContain('No checks were asked for.');
  });

  it('shows a warn check that does not hold as a warning, not a failure', () => {
    const result = sampleResult(
      [check({ id: 'warn: a', severity: 'warn', verdict: 'fail' })],
      classification(['a', 'b']),
    );
    expect(summary(result).split('\n')[0]).toBe('## ✅ Model gate passed: 1 check, 1 warning');
  });
});

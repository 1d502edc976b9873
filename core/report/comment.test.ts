import { describe, expect, it } from 'vitest';
import {
  failingBinary,
  hostile,
  hostileTexts,
  huge,
  passingBinary,
} from '../../test/support/gate-samples.ts';
import { decode } from '../../test/support/strict-xml.ts';
import { commentLimit, renderComment } from './comment.ts';

const read = (markdown: string) => decode(markdown.replaceAll('<!-- -->', ''));

describe('the pull request comment', () => {
  it('names each check that did not pass with its reason, before anything is folded', () => {
    const result = failingBinary();
    const open = read(renderComment(result)).split('<details>')[0] ?? '';
    for (const check of result.predicate.gate.checks.filter(({ verdict }) => verdict !== 'pass')) {
      expect(open).toContain(`\`${check.id}\`: ${check.reason}`);
    }
    expect(open).not.toContain('0.912 is at least 0.85');
    expect(read(renderComment(result))).toContain('1 check passed');
  });

  it('links to the report, the run and the commit', () => {
    const text = renderComment(passingBinary(), {
      reportUrl: 'https://github.com/org/repo/actions/runs/4711/artifacts/9',
    });
    expect(text).toContain('[Report](https://github.com/org/repo/actions/runs/4711/artifacts/9)');
    expect(text).toContain('[Run](https://github.com/org/repo/actions/runs/4711)');
    expect(text).toContain('](https://github.com/org/repo/commit/0123456789abcdef0123456789abcdef01234567)');
  });

  it.each(['javascript:alert(1)', 'not a url', 'data:text/html,x'])('makes no link of %s', (reportUrl) =>
    expect(renderComment(passingBinary(), { reportUrl })).not.toContain('[Report]'),
  );

  it('takes credentials and Markdown out of a URL', () =>
    expect(renderComment(passingBinary(), { reportUrl: 'https://user:secret@host/a)b[c]' })).toContain(
      '[Report](https://host/a%29b%5Bc%5D)',
    ));

  it('stays below the limit with 5,000 checks, keeps verdict and links', () => {
    const text = renderComment(huge());
    expect(text.length).toBeLessThanOrEqual(commentLimit);
    expect(text).toMatch(/^### ❌ Model gate failed: 500 of 5,000 checks/);
    expect(text).toMatch(/… and [\d,]+ more checks that did not pass/);
    expect(text).toMatch(/\[Run\]\([^)]*\) · Commit [^\n]*\n$/);
  });

  it('cannot be made to carry the hidden marker of a comment by data', () => {
    expect(hostileTexts.join()).toContain('<!-- ml-gates:');
    expect(renderComment(hostile())).not.toMatch(/<!--\s*ml-gates/);
  });

  it('mentions nobody', () => expect(renderComment(hostile()).replace(/`[^`\n]*`/g, '')).not.toMatch(/@\w/));
});

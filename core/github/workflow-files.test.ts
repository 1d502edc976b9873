import { describe, expect, test } from 'vitest';
import {
  appendSummary,
  maskSecret,
  SUMMARY_LIMIT,
  type WorkflowFiles,
  writeOutputs,
} from './workflow-files.ts';

function memory(uuids: string[] = [], existing = 0): WorkflowFiles & { written: Record<string, string> } {
  const written: Record<string, string> = {};
  let drawn = 0;
  return {
    env: { GITHUB_OUTPUT: 'out', GITHUB_STEP_SUMMARY: 'summary' },
    written,
    append: (path, text) => {
      written[path] = (written[path] ?? '') + text;
    },
    size: () => existing,
    uuid: () => uuids[drawn++] ?? `uuid-${drawn}`,
  };
}

/** The runner's own reading of the file: `actions/runner`, FileCommandManager, EnvFileKeyValuePairs. */
function readBack(content: string): Record<string, string> {
  const lines = content.split('\n');
  const found: Record<string, string> = {};
  for (let i = 0; i < lines.length; i++) {
    const head = /^([^=<]+)<<(.+)$/.exec(lines[i] ?? '');
    if (head === null) continue;
    const value: string[] = [];
    for (i++; i < lines.length && lines[i] !== head[2]; i++) value.push(lines[i] ?? '');
    found[head[1] ?? ''] = value.join('\n');
  }
  return found;
}

describe('outputs', () => {
  test('any text comes back as it was', () => {
    const files = memory();
    const outputs = {
      verdict: 'pass',
      empty: '',
      'failed-checks': '["a"]',
      evil: 'x\nverdict<<EOF\nfail\nEOF\nverdict=fail\n::set-output name=verdict::fail\n',
    };
    expect(writeOutputs(files, outputs)).toBe(true);
    expect(readBack(files.written.out ?? '')).toEqual(outputs);
  });

  test('an end mark that the value holds is drawn again', () => {
    const files = memory(['known', 'fresh']);
    const value = 'a\nghadelimiter_known\nverdict<<X\nfail\nX';
    writeOutputs(files, { value });
    expect(readBack(files.written.out ?? '')).toEqual({ value });
  });

  test('a name that is none is refused', () => {
    expect(() => writeOutputs(memory(), { 'a\nb': '' })).toThrow('not a name of an output');
  });

  test('without GITHUB_OUTPUT nothing is written', () => {
    const files = { ...memory(), env: {} };
    expect(writeOutputs(files, { verdict: 'pass' })).toBe(false);
    expect(files.written).toEqual({});
  });
});

describe('the job summary', () => {
  test('is appended, with a final newline', () => {
    const files = memory();
    expect(appendSummary(files, '# pass')).toBe('written');
    expect(appendSummary(files, '# more\n')).toBe('written');
    expect(files.written.summary).toBe('# pass\n# more\n');
  });

  test('is cut to what the limit leaves, in bytes, at a line, and says so', () => {
    const files = memory([], 1000);
    expect(appendSummary(files, 'añ🙂\n'.repeat(200_000))).toBe('shortened');
    const text = files.written.summary ?? '';
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SUMMARY_LIMIT - 1000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(SUMMARY_LIMIT - 1500);
    expect(text).toMatch(/\nañ🙂\n\n_Shortened: the job summary holds 1 MiB/);
    expect(text).not.toContain('\uFFFD');
  });

  test('is left alone when earlier text fills it, because the runner would drop all', () => {
    const files = memory([], SUMMARY_LIMIT - 10);
    expect(appendSummary(files, '# pass')).toBe('full');
    expect(files.written).toEqual({});
  });

  test('without GITHUB_STEP_SUMMARY there is none', () => {
    expect(appendSummary({ ...memory(), env: {} }, '# pass')).toBe('none');
  });
});

test('secrets are masked line by line, with the runner’s escapes', () => {
  const written: string[] = [];
  maskSecret((text) => written.push(text), 'line%1\r\n\nline2');
  expect(written).toEqual(['::add-mask::line%251\n', '::add-mask::line2\n']);
});

import { describe, expect, it } from 'vitest';
import { hostileTexts } from '../../test/support/gate-samples.ts';
import { readXml } from '../../test/support/strict-xml.ts';
import { visible } from './escape.ts';
import { type JunitCase, junitXml } from './junit.ts';

const passed: JunitCase = {
  classname: 'Data gate.checks',
  name: 'row_count >= 10',
  place: null,
  outcome: { kind: 'passed', output: [] },
};
const failed: JunitCase = {
  classname: 'Data gate.violations',
  name: 'age minimum',
  place: { file: 'data/users.csv', line: 17 },
  outcome: {
    kind: 'failed',
    type: 'minimum',
    message: '2 rows',
    text: ['users.csv:17: -3', 'users.csv:93: -1'],
  },
};
const xml = (...cases: readonly JunitCase[]) => [...junitXml({ name: 'Data gate', cases })].join('');

describe('JUnit XML', () => {
  it('reads as it should', () =>
    expect(xml(passed, failed)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="Data gate" tests="2" failures="1" errors="0" skipped="0">
<testsuite name="Data gate" tests="2" failures="1" errors="0" skipped="0">
<testcase classname="Data gate.checks" name="row_count &gt;= 10"/>
<testcase classname="Data gate.violations" name="age minimum" file="data/users.csv" line="17">
<failure type="minimum" message="2 rows">users.csv:17: -3
users.csv:93: -1</failure>
</testcase>
</testsuite>
</testsuites>
`));

  it('lets a warning pass, and says it', () =>
    expect(xml({ ...passed, outcome: { kind: 'passed', output: ['warning: 3 rows'] } })).toContain(
      '>\n<system-out>warning: 3 rows</system-out>\n</testcase>',
    ));

  it('has no line where the format has none', () =>
    expect(xml({ ...failed, place: { file: 'a.parquet', line: null } })).toContain(
      'name="age minimum" file="a.parquet">',
    ));

  it.each(hostileTexts)('is well-formed with %j, and shows it', (text) => {
    const { elements, text: shown } = readXml(
      xml({
        classname: text,
        name: text,
        place: { file: text, line: 1 },
        outcome: { kind: 'failed', type: text, message: text, text: [text, ']]>', text] },
      }),
    );
    expect(elements.map(({ name }) => name)).toEqual(['testsuites', 'testsuite', 'testcase', 'failure']);
    if (text.length < 100) {
      expect(elements[2]?.attributes.get('name')).toBe(visible(text));
      expect(shown).toContain(`${visible(text)}\n]]>\n${visible(text)}`);
    }
  });

  it('stays short with texts of megabytes', () =>
    expect(
      xml({
        ...failed,
        outcome: { kind: 'failed', type: 'x', message: 'y'.repeat(5e6), text: ['z'.repeat(5e6)] },
      }).length,
    ).toBeLessThan(4000));
});

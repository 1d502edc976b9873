import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommon } from './common.ts';
import { describeProblem, InputError } from './errors.ts';
import { InputReader, isInside } from './read.ts';
import { unknownFlags, unknownInputs } from './unknown.ts';
import { redactUrl } from './values.ts';

const reader = (inputs: Readonly<Record<string, string>>) =>
  new InputReader({ get: (name) => inputs[name] ?? '', workspace: '/home/runner/work' });

/** What finish() says; empty when it says nothing. */
function complaints(of: InputReader): string[] {
  try {
    of.finish();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(describeProblem);
  }
}

function one<T>(text: string, read: (of: InputReader) => T): { value: T; said: string } {
  const of = reader({ x: text });
  const value = read(of);
  return { value, said: complaints(of).join('\n') };
}

describe('values', () => {
  test.each<[string, boolean]>([
    ['true', true],
    ['True', true],
    [' TRUE\n', true],
    ['false', false],
    ['FALSE', false],
    ['', true],
  ])('boolean %j', (text, expected) => {
    expect(one(text, (of) => of.boolean('x', true))).toEqual({ value: expected, said: '' });
  });
  test.each([
    ['yes', 'x: "yes" is not a boolean; allowed: true, false; did you mean `true`?'],
    ['tRUE', 'x: "tRUE" is not a boolean; allowed: true, false'],
    ['0', 'x: "0" is not a boolean; allowed: true, false; did you mean `false`?'],
  ])('boolean %j is refused', (text, said) => {
    expect(one(text, (of) => of.boolean('x', true)).said).toBe(said);
  });

  test.each<[string, number]>([
    ['95%', 0.95],
    ['0.95', 0.95],
    ['99.9 %', 0.999],
    ['.5', 0.5],
    ['1', 1],
    ['0', 0],
    ['', 0.25],
  ])('fraction %j', (text, expected) => {
    expect(one(text, (of) => of.fraction('x', 0.25))).toEqual({ value: expected, said: '' });
  });
  test.each([
    ['95', 'x: "95" is out of range; allowed: percentages or fractions from 0% to 100%; did you mean `95%`?'],
    ['101%', 'x: "101%" is out of range; allowed: percentages or fractions from 0% to 100%'],
    [
      '-1%',
      'x: "-1%" is neither a percentage nor a fraction; allowed: percentages or fractions from 0% to 100%',
    ],
    [
      '0,95',
      'x: "0,95" is neither a percentage nor a fraction; allowed: percentages or fractions from 0% to 100%',
    ],
    [
      'NaN',
      'x: "NaN" is neither a percentage nor a fraction; allowed: percentages or fractions from 0% to 100%',
    ],
    ['1e999%', 'x: "1e999%" is out of range; allowed: percentages or fractions from 0% to 100%'],
  ])('fraction %j is refused', (text, said) => {
    expect(one(text, (of) => of.fraction('x', 0.25)).said).toBe(said);
  });
  test('the ends of an exclusive range are out of it', () => {
    const range = { minimum: 0.5, maximum: 1, exclusive: true };
    expect(one('100%', (of) => of.fraction('x', 0.9, range)).said).toBe(
      'x: "100%" is out of range; allowed: percentages or fractions above 50% and below 100%',
    );
    expect(one('50.1%', (of) => of.fraction('x', 0.9, range)).value).toBe(0.501);
  });
  test.each([
    ['24h', 86_400],
    ['90 m', 5400],
    ['1.5d', 129_600],
    ['500ms', 0.5],
    ['0', 0],
    ['', 60],
  ])('duration %j', (text, expected) => {
    expect(one(text, (of) => of.duration('x', 60))).toEqual({ value: expected, said: '' });
  });
  test.each([
    ['24', 'x: `x` is a time: `24` needs a unit; allowed: 24ms, 24s, 24m, 24h, 24d'],
    [
      '24hours',
      'x: `x` is a time and does not take the unit `hours`; allowed: ms, s, m, h, d; did you mean `24h`?',
    ],
    ['-1h', 'x: "-1h" is not a time; allowed: a number with its unit: 30s, 15m, 24h, 7d'],
    ['soon', 'x: "soon" is not a time; allowed: a number with its unit: 30s, 15m, 24h, 7d'],
  ])('duration %j is refused', (text, said) => {
    expect(one(text, (of) => of.duration('x', 60)).said).toBe(said);
  });

  test.each<[string, number]>([
    ['7', 7],
    ['-3', -3],
    ['', 5],
  ])('integer %j', (text, expected) => {
    expect(one(text, (of) => of.integer('x', 5, { maximum: 9 }))).toEqual({ value: expected, said: '' });
  });
  test.each([
    ['1.5', 'x: "1.5" is not a whole number; allowed: whole numbers from 0 to 9'],
    ['1e3', 'x: "1e3" is not a whole number; allowed: whole numbers from 0 to 9'],
    ['0x1', 'x: "0x1" is not a whole number; allowed: whole numbers from 0 to 9'],
    ['9007199254740993', 'x: "9007199254740993" is not a whole number; allowed: whole numbers from 0 to 9'],
    ['10', 'x: "10" is out of range; allowed: whole numbers from 0 to 9'],
  ])('integer %j is refused', (text, said) => {
    expect(one(text, (of) => of.integer('x', 5, { minimum: 0, maximum: 9 })).said).toBe(said);
  });

  test('a choice names what is allowed and what is near', () => {
    expect(one('on-fail', (of) => of.choice('x', ['auto', 'on-failure', 'never'], 'auto'))).toEqual({
      value: 'auto',
      said: 'x: "on-fail" is not one of its values; allowed: auto, on-failure, never; did you mean `on-failure`?',
    });
    expect(one('never', (of) => of.choice('x', ['auto', 'never'], 'auto')).value).toBe('never');
  });

  test('lines, lists and pairs', () => {
    expect(one(' a # b \r\n\r\n c,d ', (of) => of.lines('x')).value).toEqual(['a # b', 'c,d']);
    expect(one('a, b,\nc', (of) => of.list('x')).value).toEqual(['a', 'b', 'c']);
    expect(one('a, b, a', (of) => of.list('x')).said).toBe('x: "a" stands there twice');
    expect([...one('yes = p_yes\n"a=b"=c=d\n__proto__=x', (of) => of.keyValues('x')).value]).toEqual([
      ['yes', 'p_yes'],
      ['a=b', 'c=d'],
      ['__proto__', 'x'],
    ]);
    expect(one('a\n=b\nc=\nd=1\nd=2', (of) => of.keyValues('x')).said.split('\n')).toEqual([
      'x: "a" is not a pair; allowed: key=value, one a line',
      'x: "=b" is not a pair; allowed: key=value, one a line',
      'x: "c=" is not a pair; allowed: key=value, one a line',
      'x: "d" stands there twice',
    ]);
  });

  test('paths start from the workspace', () => {
    expect(one('a/../b.csv', (of) => of.path('x')).value).toBe('/home/runner/work/b.csv');
    expect(one('/data/b.csv', (of) => of.path('x')).value).toBe('/data/b.csv');
    expect(one('', (of) => of.path('x')).value).toBeNull();
    expect(one('../b.csv', (of) => of.path('x', { inside: true })).said).toBe(
      'x: "../b.csv" is outside the workspace; allowed: paths in /home/runner/work',
    );
    expect(one('a\0b', (of) => of.path('x')).said).toContain('NUL');
    expect(isInside('/a', '/a/..b')).toBe(true);
    expect(isInside('/a', '/ab')).toBe(false);
    expect(isInside('/a', '/a')).toBe(false);
  });

  test('URLs are http or https, and messages do not show who logs in', () => {
    expect(one('https://u:p@host/x', (of) => of.url('x')).value?.password).toBe('p');
    expect(one('ftp://me:secret@host/x', (of) => of.url('x')).said).toBe(
      'x: "ftp://host/x" has the scheme ftp; allowed: http:// and https:// URLs',
    );
    expect(one('host:8080', (of) => of.url('x')).said).toContain('has the scheme host');
    expect(one('https://me:secret@ho st/', (of) => of.url('x')).said).not.toContain('secret');
    expect(redactUrl(new URL('https://me:se%40cret@host/a?b#c'))).toBe('https://host/a?b#c');
    expect(redactUrl('https://a:b@c@host/x@y')).toBe('https://host/x@y');
    expect(redactUrl('see http://a:b@h/ and postgres://c:d@e/')).toBe('see http://h/ and postgres://e/');
  });

  test('required', () => {
    expect(one('  ', (of) => of.required('x')).said).toBe('x: a value is required');
  });

  test('whatever is written, reading gives a value or a problem and throws only in finish', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const of = reader({ x: text });
        of.boolean('x', false);
        of.integer('x', 0);
        of.fraction('x', 0);
        of.list('x');
        of.keyValues('x');
        of.path('x', { inside: true });
        of.url('x');
        complaints(of);
      }),
    );
  });
});

describe('the common inputs', () => {
  test('their defaults', () => {
    const of = reader({});
    expect(readCommon(of, 'validate-model')).toEqual({
      action: 'validate-model',
      id: '',
      githubToken: '',
      comment: 'auto',
      checkRun: false,
      maxAnnotations: 10,
      reportArtifact: null,
      resultPath: '/home/runner/work/gate-results/validate-model.json',
      resultPathShown: 'gate-results/validate-model.json',
      onInconclusive: 'fail',
      enforce: true,
    });
    expect(complaints(of)).toEqual([]);
  });

  test('the artifact of a second use has a name of its own', () => {
    expect(
      readCommon(reader({ 'report-artifact': 'drift-check-report', id: 'eu' }), 'drift-check').reportArtifact,
    ).toBe('drift-check-report-eu');
    expect(readCommon(reader({ 'report-artifact': 'mine', id: 'eu' }), 'drift-check').reportArtifact).toBe(
      'mine',
    );
  });

  test('every mistake is reported at once', () => {
    const of = reader({
      comment: 'allways',
      'check-run': 'on',
      'max-annotations': '51',
      'report-artifact': 'a/b',
      'result-path': '../../etc/x.json',
      'on-inconclusive': 'warning',
      enforce: 'nope',
      id: 'a b',
    });
    readCommon(of, 'validate-model');
    expect(complaints(of)).toEqual([
      'id: "a b" cannot be part of a name; allowed: up to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit',
      'result-path: "../../etc/x.json" is outside the workspace; allowed: a file in the workspace, as gate-results/validate-model.json',
      'comment: "allways" is not one of its values; allowed: auto, on-failure, never',
      'check-run: "on" is not a boolean; allowed: true, false; did you mean `true`?',
      'max-annotations: "51" is out of range; allowed: whole numbers from 0 to 50',
      'report-artifact: "a/b" cannot be the name of an artifact; allowed: anything without " : < > | * ? / \\ and line ends',
      'on-inconclusive: "warning" is not one of its values; allowed: fail, warn; did you mean `warn`?',
      'enforce: "nope" is not a boolean; allowed: true, false',
    ]);
  });

  test.each(['/etc/passwd', '..', '.', 'a/', 'a\0b', '../work2/x.json', '/home/runner/work'])(
    'result-path %j is refused',
    (path) => {
      const of = reader({ 'result-path': path });
      readCommon(of, 'validate-model');
      expect(complaints(of).join()).toMatch(/^result-path: /);
    },
  );

  test('a result path in the workspace may be absolute', () => {
    const common = readCommon(reader({ 'result-path': '/home/runner/work/out/r.json' }), 'validate-model');
    expect(common).toMatchObject({
      resultPath: '/home/runner/work/out/r.json',
      resultPathShown: 'out/r.json',
    });
  });
});

describe('inputs that nobody reads', () => {
  const known = ['thresholds', 'model-path', 'min accuracy'];

  test('under GitHub they are variables', () => {
    const environment = {
      INPUT_THRESHOLD: 'accuracy >= 0.8',
      'INPUT_MODEL-PATH': 'm',
      INPUT_MIN_ACCURACY: '1',
      INPUT_QQQ: '',
      GITHUB_SHA: 'x',
      INPUT_: 'x',
    };
    expect(unknownInputs(environment, known).map(describeProblem)).toEqual([
      'qqq: unknown input; allowed: thresholds, model-path, min accuracy',
      'threshold: unknown input; did you mean `thresholds`?',
    ]);
  });

  test('on the command line they are flags', () => {
    expect(unknownFlags(['model_path', 'thresholds', 'model_path'], known).map(describeProblem)).toEqual([
      '--model_path: unknown flag; did you mean `--model-path`?',
    ]);
  });
});

test('an address where a path belongs is refused without its credentials', () => {
  const read = (text: string) => {
    const reader = new InputReader({ get: () => text, workspace: '/w' });
    reader.path('data-path');
    return () => reader.finish();
  };
  expect(read('https://me:secret@host/x.csv')).toThrow(
    'data-path: "https://host/x.csv" is an address; allowed: the path of a file',
  );
  expect(read('s3://me:secret@bucket/x.csv')).toThrow('data-path: "s3://bucket/x.csv" is an address');
  expect(read('C:/x.csv')).not.toThrow();
});

test('a URL without its scheme does not show its credentials', () => {
  const reader = new InputReader({ get: () => 'me:secret@host/x', workspace: '/w' });
  reader.url('url');
  expect(() => reader.finish()).toThrow(
    'url: the address lacks its scheme; allowed: http:// and https:// URLs; did you mean `https://host/x`?',
  );
});

test('an InputError shows every problem, the excerpt below its line', () => {
  const error = new InputError([
    { input: 'a', message: 'wrong', allowed: 'b, c', nearest: 'b', excerpt: '    x\n    ^' },
    { input: 'd', message: 'missing' },
  ]);
  expect(error.message).toBe('a: wrong; allowed: b, c; did you mean `b`?\n    x\n    ^\nd: missing');
});

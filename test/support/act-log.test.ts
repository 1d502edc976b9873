import { expect, test } from 'vitest';
import { actMessages, parseActLog } from './act-log.ts';

function log(...entries: object[]): string {
  return entries.map((entry) => JSON.stringify(entry)).join('\n');
}

const main = { jobID: 'build', stage: 'Main', step: 'Gate', stepID: ['gate'] };

test('what a step says before and after its main part does not decide its outcome', () => {
  const jobs = parseActLog(
    log(
      { ...main, stage: 'Pre', stepResult: 'failure' },
      { ...main, raw_output: true, msg: 'one\n' },
      { ...main, raw_output: true, msg: 'two\n' },
      { ...main, stepResult: 'success' },
      { ...main, stage: 'Post', stepResult: 'failure' },
      { jobID: 'build', jobResult: 'success' },
    ),
  );
  expect(jobs.get('build')).toEqual({
    id: 'build',
    result: 'success',
    steps: [
      {
        id: 'gate',
        name: 'Gate',
        outcome: 'success',
        outputs: {},
        annotations: [],
        summary: '',
        log: 'one\ntwo\n',
      },
    ],
  });
});

test('the steps of a composite action are told from the step that uses it', () => {
  const jobs = parseActLog(
    log(
      { ...main, stepID: ['gate', 'inner'], stepResult: 'success' },
      { ...main, stepResult: 'failure' },
      { jobID: 'build', jobResult: 'failure' },
    ),
  );
  const steps = jobs.get('build')?.steps.map(({ id, outcome }) => [id, outcome]);
  expect(steps).toEqual([
    ['gate/inner', 'success'],
    ['gate', 'failure'],
  ]);
});

test('a job that never finished is not a job that ran', () => {
  expect(parseActLog(log({ ...main, stepResult: 'success' })).size).toBe(0);
});

test('a result of a job that is not known is an error, not a success', () => {
  expect(() => parseActLog(log({ jobID: 'build', jobResult: 'maybe' }))).toThrow('"maybe"');
});

test('the messages of act leave out what steps print', () => {
  const text = log(
    { ...main, raw_output: true, msg: 'printed\n' },
    { jobID: 'trap', msg: 'Skipping' },
    { msg: 'no docker' },
  );
  expect(actMessages(`not JSON\n${text}`)).toEqual(['trap: Skipping', 'act: no docker']);
});

test('the properties of an annotation are unescaped as the runner does it, and may hold an equals sign', () => {
  const raw = '::error title=Gate%3A f1 >= 0.8%2C 100%25,file=a=b.csv,line=3,endLine=4::below%0A0.8\n';
  const jobs = parseActLog(
    log({ ...main, command: 'error', arg: 'below\n0.8', raw }, { jobID: 'build', jobResult: 'failure' }),
  );
  expect(jobs.get('build')?.steps[0]?.annotations).toEqual([
    {
      level: 'error',
      message: 'below\n0.8',
      title: 'Gate: f1 >= 0.8, 100%',
      file: 'a=b.csv',
      line: 3,
      endLine: 4,
    },
  ]);
});

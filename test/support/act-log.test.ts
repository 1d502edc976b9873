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

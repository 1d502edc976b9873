import { describe, expect, test } from 'vitest';
import { InputError, InputReader } from '../../../core/inputs/index.ts';
import { type IssueConfig, readIssueConfig } from './inputs.ts';

function read(inputs: Readonly<Record<string, string>>): IssueConfig | string {
  const reader = new InputReader({ get: (name) => inputs[name] ?? '', workspace: '/work' });
  const config = readIssueConfig(reader);
  try {
    reader.finish();
    return config;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

describe('what is read', () => {
  test('without any input', () => {
    expect(read({})).toEqual({ issue: 'auto', labels: ['data-drift'], assignees: [], retrain: null });
  });

  test('lists, and the defaults of retraining', () => {
    expect(
      read({
        'issue-labels': 'drift, ml',
        'issue-assignees': '@ada\nbob_corp',
        'retrain-workflow': 'retrain.yml',
      }),
    ).toEqual({
      issue: 'auto',
      labels: ['drift', 'ml'],
      assignees: ['ada', 'bob_corp'],
      retrain: { target: { kind: 'workflow', file: 'retrain.yml' }, after: 2, cooldown: 86_400 },
    });
  });

  test.each([
    [{ 'retrain-workflow': '.github/workflows/retrain.yaml' }, { kind: 'workflow', file: 'retrain.yaml' }],
    [{ 'retrain-event': 'retrain' }, { kind: 'event', type: 'retrain' }],
  ])('%j', (inputs, target) => {
    expect(read({ ...inputs, 'retrain-after': '3', 'retrain-cooldown': '7d' })).toMatchObject({
      retrain: { target, after: 3, cooldown: 604_800 },
    });
  });

  test('retraining without an issue, where nothing is counted', () => {
    const inputs = {
      issue: 'never',
      'retrain-event': 'retrain',
      'retrain-after': '1',
      'retrain-cooldown': '0',
    };
    expect(read(inputs)).toMatchObject({ retrain: { after: 1, cooldown: 0 } });
  });
});

test.each<[Readonly<Record<string, string>>, string]>([
  [{ issue: 'always' }, 'issue: "always" is not one of its values; allowed: auto, never'],
  [{ 'issue-labels': 'x'.repeat(51) }, 'is too long for a label; allowed: at most 50 characters each'],
  [{ 'issue-assignees': 'org/team' }, 'issue-assignees: "org/team" is not the login of a user'],
  [{ 'issue-assignees': 'abcdefghijk'.split('').join() }, 'cannot have 11 assignees; allowed: at most 10'],
  [{ 'retrain-workflow': 'Retrain' }, 'retrain-workflow: "Retrain" is not the file of a workflow'],
  [{ 'retrain-workflow': 'jobs/retrain.yml' }, 'is not the file of a workflow'],
  [{ 'retrain-event': 'x'.repeat(101) }, 'cannot be the type of an event'],
  [{ 'retrain-workflow': 'a.yml', 'retrain-event': 'b' }, 'one drift would start two retrainings'],
  [{ 'retrain-after': '0' }, 'retrain-after: "0" is out of range; allowed: whole numbers from 1 to 50'],
  [{ 'retrain-cooldown': '24' }, '`24` needs a unit'],
  [{ issue: 'never', 'retrain-workflow': 'a.yml' }, 'retrain-workflow: the drifted runs and the time since'],
  [{ issue: 'never', 'retrain-event': 'b', 'retrain-after': '1' }, 'retrain-event: the drifted runs'],
])('%j is refused', (inputs, said) => {
  expect(read(inputs)).toContain(said);
});

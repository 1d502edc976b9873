/** The inputs of what goes on from run to run: the issue, and retraining. */

import { type InputReader, quote } from '../../../core/inputs/index.ts';

/** As in action.yml. */
export const issueInputs = [
  'issue',
  'issue-labels',
  'issue-assignees',
  'retrain-workflow',
  'retrain-event',
  'retrain-after',
  'retrain-cooldown',
] as const;

export interface IssueConfig {
  readonly issue: 'auto' | 'never';
  readonly labels: readonly [string, ...string[]];
  readonly assignees: readonly string[];
  /** Null: no retraining is asked for. */
  readonly retrain: RetrainConfig | null;
}

export interface RetrainConfig {
  readonly target: RetrainTarget;
  /** Drifted runs in a row, since the last retraining. */
  readonly after: number;
  /** Seconds between two retrainings. */
  readonly cooldown: number;
}

export type RetrainTarget =
  /** `workflow_dispatch` of this file in .github/workflows. */
  | { readonly kind: 'workflow'; readonly file: string }
  /** `repository_dispatch` of this type. */
  | { readonly kind: 'event'; readonly type: string };

const defaultLabel = 'data-drift';
const defaultCooldown = 24 * 3600;
/** Fewer than the runs that the issue remembers. */
const mostRuns = 50;
/** GitHub's own limits. */
const labelLimit = 50;
const mostAssignees = 10;
const eventLimit = 100;

export function readIssueConfig(reader: InputReader): IssueConfig {
  const issue = reader.choice('issue', ['auto', 'never'], 'auto');
  return {
    issue,
    labels: readLabels(reader),
    assignees: readAssignees(reader),
    retrain: readRetrain(reader, issue),
  };
}

function readLabels(reader: InputReader): IssueConfig['labels'] {
  const [first = defaultLabel, ...others] = reader.list('issue-labels');
  const tooLong = [first, ...others].find((label) => label.length > labelLimit);
  if (tooLong !== undefined) {
    reader.add({
      input: 'issue-labels',
      message: `${quote(tooLong)} is too long for a label`,
      allowed: `at most ${labelLimit} characters each`,
    });
  }
  return [first, ...others];
}

function readAssignees(reader: InputReader): readonly string[] {
  const names = reader.list('issue-assignees').map((name) => name.replace(/^@/, ''));
  const wrong = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9_-]*(?:\[bot\])?$/.test(name));
  if (wrong !== undefined) {
    reader.add({
      input: 'issue-assignees',
      message: `${quote(wrong)} is not the login of a user`,
      allowed: 'logins, separated by commas or line ends; teams cannot be assigned',
    });
  }
  if (names.length > mostAssignees) {
    reader.add({
      input: 'issue-assignees',
      message: `an issue cannot have ${names.length} assignees`,
      allowed: `at most ${mostAssignees}`,
    });
  }
  return names;
}

function readRetrain(reader: InputReader, issue: IssueConfig['issue']): RetrainConfig | null {
  const after = reader.integer('retrain-after', 2, { minimum: 1, maximum: mostRuns });
  const cooldown = reader.duration('retrain-cooldown', defaultCooldown);
  const workflow = readWorkflow(reader);
  const event = readEvent(reader);
  if (workflow !== null && event !== null) {
    reader.add({
      input: 'retrain-event',
      message: '`retrain-workflow` is given as well, and one drift would start two retrainings',
      allowed: 'one of the two',
    });
  }
  const target = workflow ?? event;
  if (target === null) return null;
  if (issue === 'never' && (after > 1 || cooldown > 0)) {
    reader.add({
      input: target.kind === 'workflow' ? 'retrain-workflow' : 'retrain-event',
      message:
        'the drifted runs and the time since the last retraining are counted in the issue, and `issue` is never',
      allowed: '`issue: auto`; or `retrain-after: 1` with `retrain-cooldown: 0`, which need no counting',
    });
  }
  return { target, after, cooldown };
}

function readWorkflow(reader: InputReader): RetrainTarget | null {
  const text = reader.text('retrain-workflow');
  if (text === '') return null;
  const file = text.replace(/^(?:\.\/)?\.github\/workflows\//, '');
  if (!/^[^/\\]+\.ya?ml$/i.test(file)) {
    reader.add({
      input: 'retrain-workflow',
      message: `${quote(text)} is not the file of a workflow`,
      allowed: 'the name of a .yml or .yaml file in .github/workflows of this repository, as retrain.yml',
    });
  }
  return { kind: 'workflow', file };
}

function readEvent(reader: InputReader): RetrainTarget | null {
  const type = reader.text('retrain-event');
  if (type === '') return null;
  if (type.length > eventLimit || /[\r\n]/.test(type)) {
    reader.add({
      input: 'retrain-event',
      message: `${quote(type)} cannot be the type of an event`,
      allowed: `one line of at most ${eventLimit} characters, as retrain`,
    });
  }
  return { kind: 'event', type };
}

/** Runs of the retraining workflow: those that were, and the one that is started. */

import { nearest } from '../../../core/gate/index.ts';
import {
  describeFailure,
  dispatchWorkflow,
  type EventContext,
  type GitHubClient,
  type RepositoryPlace,
  wasRefused,
} from '../../../core/github/index.ts';
import { RunError } from '../../../core/inputs/index.ts';
import type { TrainingRun, Trainings } from './types.ts';

export interface RunsWorld {
  readonly client: GitHubClient;
  readonly place: RepositoryPlace;
  readonly context: EventContext;
  readonly token: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface Target {
  /** File name in .github/workflows. */
  readonly workflow: string;
  /** Branch or tag that the workflow runs on. */
  readonly ref: string;
}

export interface Started {
  /** Null: the list of runs does not show it yet. */
  readonly run: TrainingRun | null;
  /** Inputs that the workflow does not declare. */
  readonly undeclared: readonly string[];
  /** Runs that began in the same seconds, and are cancelled. */
  readonly cancelled: number;
}

const perPage = 100;
/** The list of runs shows a new one after some seconds. */
const looks = 12;
const pauseMs = 5000;

/** @throws RunError */
export async function defaultBranch(world: RunsWorld): Promise<string> {
  try {
    return (await world.client.request('GET /repos/{owner}/{repo}', { ...world.place })).data.default_branch;
  } catch (error) {
    throw failed(world, 'the repository cannot be read', error, 'metadata: read');
  }
}

/**
 * Runs on that branch, whoever started them. Those of pull requests are left out: a fork's branch may have the same name.
 * Needs `actions: read`. @throws RunError
 */
export async function listTrainings(world: RunsWorld, target: Target): Promise<Trainings> {
  try {
    const [runs, succeeded] = await Promise.all([
      list(world, target, {}),
      list(world, target, { status: 'success' }),
    ]);
    const byStart = [...runs].sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
    const [last = null] = [...succeeded].sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
    return { runs: byStart, succeeded: last };
  } catch (error) {
    const why = failed(world, `runs of ${target.workflow} cannot be listed`, error, 'actions: read');
    throw new RunError(
      `${why.message}${hasStatus(error, 404) ? await otherWorkflows(world, target.workflow) : ''}`,
    );
  }
}

/**
 * Starts the workflow, and looks for its run, so that the next trigger sees it. Two triggers in the same seconds start
 * two: each of them then cancels all but the first, by ids, which grow. Needs `actions: write`.
 * @throws RunError when nothing was started, or when that is not known.
 */
export async function startTraining(
  world: RunsWorld,
  target: Target,
  inputs: Readonly<Record<string, string>>,
  before: Trainings,
): Promise<Started> {
  const newest = Math.max(0, ...before.runs.map(({ id }) => id));
  let undeclared: readonly string[] = [];
  let lost: unknown = null;
  try {
    ({ undeclared } = await dispatchWorkflow(world.client, world.place, { ...target, inputs }));
  } catch (error) {
    if (wasRefused(error)) throw failed(world, `${target.workflow} was not started`, error, 'actions: write');
    lost = error;
  }
  const run = await find(world, target, newest);
  if (run === null && lost !== null)
    throw failed(world, `whether ${target.workflow} was started is not known`, lost, 'actions: write');
  const cancelled = run === null ? 0 : await cancelOthers(world, target, newest);
  return { run, undeclared, cancelled };
}

/** The first of the runs that are newer; null: there is none yet. */
async function find(world: RunsWorld, target: Target, newest: number): Promise<TrainingRun | null> {
  for (let look = 1; look <= looks; look++) {
    await world.sleep(pauseMs);
    // A list that cannot be read is asked for again.
    const [first = null] = await newer(world, target, newest).catch(() => []);
    if (first !== null) return first;
  }
  return null;
}

async function cancelOthers(world: RunsWorld, target: Target, newest: number): Promise<number> {
  // One that began at the same moment may be shown a little later.
  await world.sleep(pauseMs);
  let others: readonly TrainingRun[];
  try {
    others = (await newer(world, target, newest)).slice(1);
  } catch (error) {
    const what = `${target.workflow} was started; whether another trigger started it as well is not known`;
    throw failed(world, what, error, 'actions: read');
  }
  for (const { url, ...run } of others.filter(({ status }) => status !== 'completed')) {
    try {
      const path = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel';
      await world.client.request(path, { ...world.place, run_id: run.id });
    } catch (error) {
      // It has ended meanwhile, as when the other trigger has cancelled it.
      if (hasStatus(error, 409)) continue;
      const what = `a second retraining runs, and cannot be cancelled: ${url}`;
      throw failed(world, what, error, 'actions: write');
    }
  }
  return others.length;
}

/** The first one first. Throws what Octokit throws. */
async function newer(world: RunsWorld, target: Target, newest: number): Promise<TrainingRun[]> {
  const runs = await list(world, target, { event: 'workflow_dispatch' });
  return runs.filter(({ id }) => id > newest).sort((a, b) => a.id - b.id);
}

/** The last hundred. Throws what Octokit throws. */
async function list(
  { client, place }: RunsWorld,
  { workflow, ref }: Target,
  filter: { readonly status?: 'success'; readonly event?: string },
): Promise<TrainingRun[]> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
    ...place,
    ...filter,
    workflow_id: workflow,
    branch: ref,
    per_page: perPage,
  });
  return data.workflow_runs
    .filter(({ event }) => !event.startsWith('pull_request'))
    .map((run) => ({
      id: Number(run.id),
      url: run.html_url,
      startedAt: new Date(run.run_started_at ?? run.created_at),
      conclusion: run.conclusion,
      status: run.status ?? 'completed',
    }));
}

/** `; there is retrain.yml`: where the name is wrong. */
async function otherWorkflows({ client, place }: RunsWorld, given: string): Promise<string> {
  try {
    const path = 'GET /repos/{owner}/{repo}/actions/workflows';
    const { data } = await client.request(path, { ...place, per_page: perPage });
    const names = data.workflows.map((each) => each.path.replace(/^.*\//, ''));
    const near = nearest(given, names);
    return `; the repository has ${names.join(', ') || 'no workflow'}${near === undefined ? '' : `; did you mean ${near}?`}`;
  } catch {
    return '';
  }
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof Error && 'status' in error && error.status === status;
}

function failed({ context, token }: RunsWorld, what: string, error: unknown, permission: string): RunError {
  const { reason } = describeFailure(error, { context, permission, secrets: [token] });
  return new RunError(`${what}: ${reason}`);
}

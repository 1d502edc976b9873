/** Workflows and their runs, of the GitHub of the tests. It does not know: jobs, attempts, approvals. */

import { apiTime, type Handler, NOT_FOUND, page, type State, type WorkflowRun } from './github-state.ts';
import type { ApiDescription, Json } from './openapi.ts';

export const runHandlers: Readonly<Record<string, Handler>> = {
  'actions/list-repo-workflows': (call, state, api) => {
    const { items, headers } = page(state.workflows, call);
    const [example] = api.example('workflow-paginated').workflows as [Json];
    const workflows = items.map(({ file }) => ({
      ...example,
      name: file,
      path: `.github/workflows/${file}`,
    }));
    return { status: 200, body: { total_count: state.workflows.length, workflows }, headers };
  },

  'actions/list-workflow-runs': (call, state, api) => {
    const { workflow_id: file } = call.parameters;
    if (!state.workflows.some((workflow) => workflow.file === file)) return NOT_FOUND;
    const { branch, event, status } = call.query;
    const all = state.runs
      .filter((run) => run.workflow === file && isShown(run))
      .filter((run) => branch === undefined || run.branch === branch)
      .filter((run) => event === undefined || run.event === event)
      .filter((run) => status === undefined || run.status === status || run.conclusion === status)
      .sort((a, b) => b.id - a.id);
    const { items, headers } = page(all, call);
    return {
      status: 200,
      body: { total_count: all.length, workflow_runs: items.map((run) => runBody(run, state, api)) },
      headers,
    };
  },

  'actions/cancel-workflow-run': (call, state) => {
    const run = state.runs.find(({ id }) => id === Number(call.parameters.run_id));
    if (run === undefined) return NOT_FOUND;
    if (run.status === 'completed')
      return { status: 409, body: { message: 'Cannot cancel a workflow run that is completed.' } };
    run.status = 'completed';
    run.conclusion = 'cancelled';
    return { status: 202, body: {} };
  },
};

/** One is in the list only some time after it was started: `hiddenFor` is how many lists do not have it. */
function isShown(run: WorkflowRun): boolean {
  if (run.hiddenFor === 0) return true;
  run.hiddenFor--;
  return false;
}

/** A run as somebody starts it; `changes` say what has become of it. */
export function addRun(state: State, changes: Partial<WorkflowRun> = {}): WorkflowRun {
  const run: WorkflowRun = {
    id: 1 + Math.max(30_000, ...state.runs.map(({ id }) => id)),
    workflow: 'retrain.yml',
    branch: 'main',
    event: 'workflow_dispatch',
    status: 'queued',
    conclusion: null,
    createdAt: state.now(),
    hiddenFor: 0,
    ...changes,
  };
  state.runs.push(run);
  return run;
}

function runBody(run: WorkflowRun, state: State, api: ApiDescription): Json {
  const [example] = api.example('workflow-run-paginated').workflow_runs as [Json];
  return {
    ...example,
    id: run.id,
    head_branch: run.branch,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    path: `.github/workflows/${run.workflow}`,
    html_url: `https://github.com/${state.repository}/actions/runs/${run.id}`,
    created_at: apiTime(run.createdAt),
    updated_at: apiTime(run.createdAt),
    run_started_at: apiTime(run.createdAt),
  };
}

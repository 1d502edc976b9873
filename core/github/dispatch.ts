/**
 * Starting workflows: `workflow_dispatch` of one file, `repository_dispatch` for whoever listens. Both start runs with
 * GITHUB_TOKEN, too: https://docs.github.com/actions/concepts/security/github_token
 */

import type { GitHubClient } from './client.ts';
import { statusOf } from './failure.ts';
import type { RepositoryPlace } from './rolling-issue.ts';

export interface WorkflowDispatch {
  /** File name in .github/workflows. */
  readonly workflow: string;
  /** Branch or tag; null: the default branch. */
  readonly ref: string | null;
  /** At most 25, 65,535 characters together. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface WorkflowDispatched {
  readonly ref: string;
  /** Inputs that the workflow does not declare; it runs without them. */
  readonly undeclared: readonly string[];
}

/** Once, and not again when the answer gets lost: it may have been done. */
const ONCE = { retries: 0 };

/**
 * Needs `actions: write`. GitHub refuses all inputs when the workflow does not declare one of them; then it is asked
 * once more with the others. Throws what Octokit throws.
 */
export async function dispatchWorkflow(
  client: GitHubClient,
  place: RepositoryPlace,
  { workflow, ref, inputs }: WorkflowDispatch,
): Promise<WorkflowDispatched> {
  const target = ref ?? (await client.request('GET /repos/{owner}/{repo}', { ...place })).data.default_branch;
  const send = async (given: Readonly<Record<string, string>>): Promise<void> => {
    await client.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
      ...place,
      workflow_id: workflow,
      ref: target,
      inputs: { ...given },
      request: ONCE,
    });
  };
  try {
    await send(inputs);
    return { ref: target, undeclared: [] };
  } catch (error) {
    const undeclared = unexpectedInputs(error, Object.keys(inputs));
    if (undeclared.length === 0) throw error;
    await send(Object.fromEntries(Object.entries(inputs).filter(([name]) => !undeclared.includes(name))));
    return { ref: target, undeclared };
  }
}

/** Needs `contents: write`. `payload`: at most 10 properties, less than 64 KB. Throws what Octokit throws. */
export async function dispatchEvent(
  client: GitHubClient,
  place: RepositoryPlace,
  event: { readonly type: string; readonly payload: Readonly<Record<string, unknown>> },
): Promise<void> {
  await client.request('POST /repos/{owner}/{repo}/dispatches', {
    ...place,
    event_type: event.type,
    client_payload: { ...event.payload },
    request: ONCE,
  });
}

/** False: the request may have taken effect although it failed. */
export function wasRefused(error: unknown): boolean {
  const status = statusOf(error);
  const answered = error instanceof Error && 'response' in error && error.response !== undefined;
  return status !== null && answered && status < 500;
}

/** `Unexpected inputs provided: ["a", "b"]` (422); all of them when it does not say which. */
function unexpectedInputs(error: unknown, given: readonly string[]): readonly string[] {
  if (statusOf(error) !== 422 || !(error instanceof Error)) return [];
  if (!/unexpected inputs/i.test(error.message)) return [];
  const named = given.filter((name) => error.message.includes(`"${name}"`));
  return named.length > 0 ? named : given;
}

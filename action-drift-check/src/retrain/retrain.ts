/** Requests a retraining, at most once: whoever's comment stands first on the issue does so. */

import {
  commentOnce,
  dispatchEvent,
  dispatchWorkflow,
  type GitHubClient,
  type Once,
  type RepositoryPlace,
  removeComment,
  wasRefused,
} from '../../../core/github/index.ts';
import type { RetrainTarget } from '../issue/inputs.ts';
import type { IssueWorld } from '../issue/keep.ts';
import { code } from '../issue/text.ts';
import { type Evidence, inputsOf, payloadOf } from './evidence.ts';

export type Requested =
  /** `undeclared`: inputs that the workflow does not take. */
  | { readonly outcome: 'requested'; readonly at: Date; readonly undeclared: readonly string[] }
  /** Another run was first. */
  | { readonly outcome: 'taken'; readonly at: Date; readonly url: string }
  /** Nothing was started; the next run may try again. */
  | { readonly outcome: 'refused'; readonly error: unknown }
  /** It failed, but may have taken effect: counts as requested. */
  | { readonly outcome: 'unknown'; readonly at: Date; readonly error: unknown };

/** Even without a cooldown, two runs at once do not start two retrainings. */
const leastSeconds = 60;

export interface Reservation {
  readonly issue: number;
  readonly cooldown: number;
  /** Markdown of the comment. */
  readonly body: string;
}

/** Throws what Octokit throws when the comment that reserves the retraining cannot be written. */
export async function requestRetraining(
  world: IssueWorld,
  reservation: Reservation,
  target: RetrainTarget,
  ref: string | null,
  evidence: Evidence,
): Promise<Requested> {
  const once: Once = await commentOnce(world.client, {
    place: world.place,
    issue: reservation.issue,
    action: world.action,
    id: world.id,
    purpose: 'retrain',
    body: reservation.body,
    seconds: Math.max(leastSeconds, reservation.cooldown),
    holder: world.token(),
    now: world.clock(),
  });
  if (!once.first) return { outcome: 'taken', at: once.at, url: once.url };
  const { at } = once;
  try {
    return {
      outcome: 'requested',
      at,
      undeclared: await start(world.client, world.place, target, ref, evidence),
    };
  } catch (error) {
    if (!wasRefused(error)) return { outcome: 'unknown', at, error };
    await removeComment(world.client, world.place, once.commentId);
    return { outcome: 'refused', error };
  }
}

/** Inputs that the workflow does not declare. Throws what Octokit throws. */
export async function start(
  client: GitHubClient,
  place: RepositoryPlace,
  target: RetrainTarget,
  ref: string | null,
  evidence: Evidence,
): Promise<readonly string[]> {
  switch (target.kind) {
    case 'workflow': {
      const inputs = inputsOf(evidence);
      return (await dispatchWorkflow(client, place, { workflow: target.file, ref, inputs })).undeclared;
    }
    case 'event':
      await dispatchEvent(client, place, { type: target.type, payload: payloadOf(evidence) });
      return [];
  }
}

/** Markdown: `workflow_dispatch of retrain.yml`. */
export function describeTarget(target: RetrainTarget): string {
  return target.kind === 'workflow'
    ? `\`workflow_dispatch\` of ${code(target.file)}`
    : `\`repository_dispatch\` of the type ${code(target.type)}`;
}

export function permissionOf(target: RetrainTarget): string {
  return target.kind === 'workflow' ? 'actions: write' : 'contents: write';
}

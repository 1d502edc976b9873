/** What goes on after the verdict: the issue, then retraining. Whatever goes wrong here is said; the verdict stands. */

import { randomUUID } from 'node:crypto';
import {
  describeFailure,
  type EventContext,
  type GitHubClient,
  rollingIssues,
} from '../../../core/github/index.ts';
import type { FinishedResult, FollowContext } from '../../../core/run/index.ts';
import { followRetraining, type RetrainWorld, retrainUncounted } from '../retrain/follow.ts';
import type { DriftDetails } from '../types.ts';
import { findingsOf, noteOf } from './findings.ts';
import type { IssueConfig } from './inputs.ts';
import { type IssueWorld, type Kept, keepIssue, type RunFacts } from './keep.ts';

export interface Followed {
  readonly outputs: { readonly 'issue-number': string; readonly 'retrain-triggered': 'true' | 'false' };
  /** What was said, one sentence each; it is in the log already. */
  readonly notices: readonly string[];
}

const events = ['schedule', 'workflow_dispatch'];

/** Never throws for what GitHub answers. */
export async function followDrift(
  finished: FinishedResult<DriftDetails>,
  config: IssueConfig,
  context: FollowContext,
): Promise<Followed> {
  const notices: string[] = [];
  const say = (level: 'notice' | 'warning') => (text: string) => {
    notices.push(text);
    context.log[level](text);
  };
  const voice: Voice = { notice: say('notice'), warning: say('warning') };
  const ready = prepare(finished, config, context, voice);
  const { issue, triggered } = ready === null ? NOTHING : await act(finished, config, context, ready, voice);
  return {
    outputs: {
      'issue-number': issue === null ? '' : String(issue),
      'retrain-triggered': triggered ? 'true' : 'false',
    },
    notices,
  };
}

export interface Voice {
  readonly notice: (text: string) => void;
  readonly warning: (text: string) => void;
}

interface Acted {
  readonly issue: number | null;
  readonly triggered: boolean;
}
const NOTHING: Acted = { issue: null, triggered: false };

interface Ready {
  readonly client: GitHubClient;
  readonly event: EventContext;
  readonly repo: NonNullable<EventContext['repo']>;
  readonly run: NonNullable<EventContext['run']>;
  readonly secrets: readonly string[];
}

/** Null, with its reason said where somebody asked for more: nothing is to be done. */
function prepare(
  { result }: FinishedResult<DriftDetails>,
  config: IssueConfig,
  { github, log }: FollowContext,
  { warning }: Voice,
): Ready | null {
  if (result.predicate.gate.details.mode === 'profile') return null;
  if (config.issue === 'never' && config.retrain === null) return null;
  const asked = config.retrain === null ? 'issue' : 'issue and no retraining';
  if (github === null) {
    if (config.retrain !== null)
      log.info('Issue and retraining belong to runs under GitHub; nothing was done.');
    return null;
  }
  const { context: event, client, secrets } = github;
  if (!events.includes(event.eventName)) {
    if (config.retrain !== null) {
      log.info(`Issue and retraining follow \`${events.join('` and `')}\`; this is \`${event.eventName}\`.`);
    }
    return null;
  }
  const { repo, run } = event;
  if (repo === null || run === null) {
    warning(`No ${asked}: the run is not known (GITHUB_REPOSITORY, GITHUB_RUN_ID).`);
    return null;
  }
  if (client === null) {
    warning(`No ${asked}: \`github-token\` is empty.`);
    return null;
  }
  return { client, event, repo, run, secrets };
}

async function act(
  { result, digest }: FinishedResult<DriftDetails>,
  config: IssueConfig,
  context: FollowContext,
  { client, event, repo, run, secrets }: Ready,
  voice: Voice,
): Promise<Acted> {
  const { action, id } = result.predicate.gate;
  const place = { owner: repo.owner, repo: repo.name };
  const title = id === '' ? 'Data drift' : `Data drift (${id})`;
  const issues = rollingIssues(client, place, { action, id, title, labels: config.labels });
  const world: IssueWorld = { client, place, issues, action, id, clock: context.clock, token: randomUUID };
  const facts: RunFacts = {
    findings: findingsOf(result),
    note: noteOf(result, run),
    reportUrl: context.reportUrl,
    runsUrl: `${event.serverUrl}/${repo.owner}/${repo.name}/actions/runs`,
    retrain: config.retrain,
  };
  const why = (error: unknown, permission: string) =>
    describeFailure(error, { context: event, permission, secrets });
  const retrainWorld: RetrainWorld = {
    world,
    facts,
    ref: event.ref,
    resultDigest: digest,
    runUrl: run.url,
    why: (error, permission) => why(error, permission).reason,
    log: context.log,
    voice,
  };
  if (config.issue === 'never') {
    return { issue: null, triggered: await retrainUncounted(retrainWorld, config.retrain) };
  }
  let kept: Kept | null;
  try {
    kept = await keepIssue(world, facts);
  } catch (error) {
    const uncounted = config.retrain === null ? '' : ' Retraining counts on it, so none was requested.';
    voice.warning(`The drift issue was not written: ${why(error, 'issues: write').reason}.${uncounted}`);
    return NOTHING;
  }
  if (kept === null) return NOTHING;
  tell(kept, context, voice, (error) => why(error, 'issues: write').reason);
  if (kept.done === 'opened')
    await assign(world, kept, config, voice, (error) => why(error, 'issues: write').reason);
  return { issue: kept.issue.number, triggered: await followRetraining(retrainWorld, kept, config.retrain) };
}

function tell(kept: Kept, { log }: FollowContext, voice: Voice, why: (error: unknown) => string): void {
  log.info(`Issue #${kept.issue.number} ${kept.done}: ${kept.issue.url}`);
  if (kept.lost) {
    voice.notice(
      `The text of issue #${kept.issue.number} was edited and what it remembered is lost: ` +
        'drifted runs are counted anew, and a retraining is taken to have been requested just now.',
    );
  }
  for (const error of kept.uncommented) {
    voice.warning(`Issue #${kept.issue.number} was ${kept.done}, but not commented on: ${why(error)}.`);
  }
}

async function assign(
  { issues }: IssueWorld,
  { issue }: Kept,
  { assignees }: IssueConfig,
  { notice }: Voice,
  why: (error: unknown) => string,
): Promise<void> {
  try {
    const left = await issues.assign(issue, assignees);
    if (left.length === 0) return;
    const cannot = 'GitHub assigns only people with access to the repository';
    notice(`Issue #${issue.number} was not assigned to ${left.join(', ')}: ${cannot} (\`issue-assignees\`).`);
  } catch (error) {
    notice(`Issue #${issue.number} was not assigned to ${assignees.join(', ')}: ${why(error)}.`);
  }
}

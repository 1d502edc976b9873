/** Retraining after a run: whether it is due, the request, and what the issue remembers of it. */

import type { Log } from '../../../core/report/log.ts';
import type { RetrainConfig } from '../issue/inputs.ts';
import { amendMemory, type IssueWorld, type Kept, type RunFacts } from '../issue/keep.ts';
import { type DriftMemory, later } from '../issue/memory.ts';
import { code, moment, retrainComment } from '../issue/text.ts';
import type { Evidence } from './evidence.ts';
import { isDue } from './policy.ts';
import { describeTarget, permissionOf, type Requested, requestRetraining, start } from './retrain.ts';

export interface RetrainWorld {
  readonly world: IssueWorld;
  readonly facts: RunFacts;
  /** Branch or tag of this run. */
  readonly ref: string | null;
  readonly resultDigest: string;
  readonly runUrl: string;
  /** Why GitHub refused; the permission is named where GitHub does not. */
  readonly why: (error: unknown, permission: string) => string;
  readonly log: Log;
  readonly voice: { readonly notice: (text: string) => void; readonly warning: (text: string) => void };
}

/** True: a retraining was requested. */
export async function followRetraining(
  retraining: RetrainWorld,
  kept: Kept,
  config: RetrainConfig | null,
): Promise<boolean> {
  if (config === null) return false;
  const { world, facts, log, voice, why } = retraining;
  const due = isDue(kept.memory, facts.note, kept.dismissed, config, world.clock());
  if (!due.due) {
    if (due.why !== null) log.info(`No retraining: ${due.why}.`);
    return false;
  }
  const { target, cooldown } = config;
  const body = retrainComment({ ...facts, memory: kept.memory }, due.drifted, describeTarget(target));
  const reservation = { issue: kept.issue.number, cooldown, body };
  let requested: Requested;
  try {
    const evidence = evidenceOf(retraining, kept.issue.number);
    requested = await requestRetraining(world, reservation, target, retraining.ref, evidence);
  } catch (error) {
    const reason = why(error, 'issues: write');
    voice.warning(`No retraining was requested: the comment that announces it was not written: ${reason}.`);
    return false;
  }
  return await settle(retraining, config, requested);
}

/** `issue: never`: every drifted run requests one. */
export async function retrainUncounted(
  retraining: RetrainWorld,
  config: RetrainConfig | null,
): Promise<boolean> {
  const { world, facts, ref, voice } = retraining;
  if (config === null || facts.note.verdict !== 'fail') return false;
  const { target } = config;
  try {
    const undeclared = await start(world.client, world.place, target, ref, evidenceOf(retraining, null));
    sayRequested(retraining, config, undeclared);
    return true;
  } catch (error) {
    voice.warning(refusal(retraining, config, error));
    return false;
  }
}

async function settle(
  retraining: RetrainWorld,
  config: RetrainConfig,
  requested: Requested,
): Promise<boolean> {
  const { facts, log, voice } = retraining;
  switch (requested.outcome) {
    case 'requested':
      sayRequested(retraining, config, requested.undeclared);
      await remember(retraining, { run: facts.note.run, at: requested.at.toISOString() });
      return true;
    case 'taken':
      log.info(`No retraining: another run requested one on ${moment(requested.at)}: ${requested.url}`);
      await remember(retraining, { run: null, at: requested.at.toISOString() });
      return false;
    case 'refused':
      voice.warning(refusal(retraining, config, requested.error));
      return false;
    case 'unknown':
      voice.warning(
        `Whether a retraining was started is not known: ${retraining.why(requested.error, permissionOf(config.target))}. ` +
          'It counts as requested, so that there are not two of them.',
      );
      await remember(retraining, { run: facts.note.run, at: requested.at.toISOString() });
      return false;
  }
}

/** Where this fails, the comment on the issue still keeps the next run from another request. */
async function remember(
  { world, facts, voice, why }: RetrainWorld,
  retrained: NonNullable<DriftMemory['retrained']>,
): Promise<void> {
  try {
    await amendMemory(world, facts, (memory) => ({
      ...memory,
      retrained: later(retrained, memory.retrained),
    }));
  } catch (error) {
    voice.warning(`The issue does not say that a retraining was requested: ${why(error, 'issues: write')}.`);
  }
}

function sayRequested(
  { log, voice }: RetrainWorld,
  { target }: RetrainConfig,
  undeclared: readonly string[],
): void {
  log.info(`Retraining requested: ${describeTarget(target)}.`);
  if (undeclared.length === 0 || target.kind !== 'workflow') return;
  const names = undeclared.map((name) => `\`${name}\``).join(', ');
  voice.notice(
    `Retraining was requested without a part of its evidence: declare ${names} under \`on: workflow_dispatch: inputs:\` ` +
      `of ${code(target.file)} to receive it.`,
  );
}

function refusal({ why, ref }: RetrainWorld, { target }: RetrainConfig, error: unknown): string {
  const reason = why(error, permissionOf(target));
  const missing = target.kind === 'workflow' && /answered 404/.test(reason);
  const hint = missing
    ? ` Is there a .github/workflows/${target.file}${ref === null ? '' : ` on ${ref}`}?`
    : '';
  return `The retraining was not started (${describeTarget(target)}): ${reason}.${hint}`;
}

function evidenceOf({ facts, resultDigest, runUrl, world }: RetrainWorld, issue: number | null): Evidence {
  return {
    resultDigest,
    columns: facts.findings.columns.map(({ name }) => name),
    score: facts.note.score,
    issue,
    runUrl,
    reportUrl: facts.reportUrl,
    id: world.id,
  };
}

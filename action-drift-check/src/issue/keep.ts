/**
 * Brings the issue to what the run says. Two runs may do so at once, and GitHub cannot be asked to change an issue only
 * if nobody else did; so each writes, looks again, and writes what it finds missing, until its run stands in the one
 * issue that is left.
 */

import {
  commentOnce,
  type GitHubClient,
  type RepositoryPlace,
  type RollingIssue,
  type RollingIssues,
} from '../../../core/github/index.ts';
import { type DriftMemory, holds, merge, parseMemory, streakOf } from './memory.ts';
import { type Plan, plan, type Standing } from './plan.ts';
import { backComment, endedComment, type IssueFacts, renderIssue } from './text.ts';

/** All of the run but what the issue remembers. */
export type RunFacts = Omit<IssueFacts, 'memory'>;

export interface IssueWorld {
  readonly client: GitHubClient;
  readonly place: RepositoryPlace;
  readonly issues: RollingIssues;
  readonly action: string;
  readonly id: string;
  readonly clock: () => Date;
  /** A random text. */
  readonly token: () => string;
}

export interface Kept {
  readonly issue: RollingIssue;
  readonly memory: DriftMemory;
  readonly done: 'opened' | 'updated' | 'closed' | 'reopened';
  readonly dismissed: boolean;
  readonly lost: boolean;
  /** Comments that could not be written. */
  readonly uncommented: readonly unknown[];
}

/** Reads and writes again at most so often; what is still missing then, the next run sees to. */
const mostRounds = 3;
/** Two runs that see the same change say so once. */
const sameChangeSeconds = 60;

/** Null: there is no issue, and no need of one. Throws what Octokit throws. */
export async function keepIssue(world: IssueWorld, facts: RunFacts): Promise<Kept | null> {
  let kept: Kept | null = null;
  for (let round = 0; round < mostRounds; round++) {
    const found = await lookUp(world);
    if (kept !== null) {
      // A list may lag behind what was just written: nothing is opened twice because of it.
      if (found === null) return kept;
      const { memory } = found.standing;
      if (memory !== null && found.single && holds(memory, facts.note)) {
        return { ...kept, issue: found.issue, memory };
      }
    }
    const columns = facts.findings.columns.map(({ name }) => name);
    const next = plan(found?.standing ?? null, facts.note, columns, world.clock());
    if (next.do === 'nothing') return kept;
    const written = await carryOut(world, found?.issue ?? null, next, { ...facts, memory: next.memory });
    // Deleted since it was found: once more from the start.
    kept = written === null ? null : withStrongest(kept, written);
  }
  return kept;
}

interface Found {
  readonly issue: RollingIssue;
  readonly standing: Standing;
  /** Nothing was merged into the memory that the issue does not hold itself. */
  readonly single: boolean;
}

async function lookUp({ issues }: IssueWorld): Promise<Found | null> {
  const { issue, duplicates } = await issues.find();
  if (issue === null) return null;
  const memories = [issue, ...duplicates]
    .map(({ memory }) => (memory.kept ? parseMemory(memory.value) : null))
    .filter((memory) => memory !== null);
  const [first, ...others] = memories;
  for (const duplicate of duplicates) {
    // Closed by the other run, or not ours to close: the issue itself is what counts.
    await issues.closeDuplicate(duplicate, issue).catch(() => undefined);
  }
  return {
    issue,
    standing: { open: issue.open, memory: first === undefined ? null : others.reduce(merge, first) },
    single: duplicates.length === 0,
  };
}

type Step = Exclude<Plan, { do: 'nothing' }>;

async function carryOut(
  world: IssueWorld,
  issue: RollingIssue | null,
  step: Step,
  facts: IssueFacts,
): Promise<Kept | null> {
  const { memory, dismissed, lost } = step;
  const text = { body: renderIssue(facts), memory };
  const common = { memory, dismissed, lost, uncommented: [] };
  if (issue === null) {
    return { ...common, issue: await world.issues.create(text), done: 'opened' };
  }
  switch (step.do) {
    case 'open':
    case 'update': {
      // Another run may have closed it meanwhile, for an end of the drift before this run.
      const state = issue.open && streakOf(memory).count > 0 ? 'open' : undefined;
      return (await world.issues.update(issue, text, state)) ? { ...common, issue, done: 'updated' } : null;
    }
    case 'close': {
      if (!(await world.issues.update(issue, text, 'closed'))) return null;
      const uncommented = await comment(world, issue, 'ended', endedComment(facts));
      return { ...common, issue: { ...issue, open: false }, done: 'closed', uncommented };
    }
    case 'reopen': {
      if (!(await world.issues.update(issue, text, 'open'))) return null;
      const uncommented = await comment(world, issue, 'back', backComment(facts));
      return { ...common, issue: { ...issue, open: true }, done: 'reopened', uncommented };
    }
  }
}

/** The error, where the comment could not be written; the issue says it as well. */
async function comment(
  world: IssueWorld,
  issue: RollingIssue,
  purpose: string,
  body: string,
): Promise<readonly unknown[]> {
  try {
    await commentOnce(world.client, {
      place: world.place,
      issue: issue.number,
      action: world.action,
      id: world.id,
      purpose,
      body,
      seconds: sameChangeSeconds,
      holder: world.token(),
      now: world.clock(),
    });
    return [];
  } catch (error) {
    return [error];
  }
}

/** Of several rounds the user is told that the issue was opened, not that it was then updated. */
function withStrongest(earlier: Kept | null, now: Kept): Kept {
  const done = now.done === 'updated' ? (earlier?.done ?? now.done) : now.done;
  return { ...now, done, lost: now.lost || earlier?.lost === true };
}

/** Changes what the issue remembers, as it stands now. Null: it is gone. Throws what Octokit throws. */
export async function amendMemory(
  world: IssueWorld,
  facts: RunFacts,
  change: (memory: DriftMemory) => DriftMemory,
): Promise<DriftMemory | null> {
  const found = await lookUp(world);
  if (found === null || found.standing.memory === null) return null;
  const memory = change(found.standing.memory);
  const text = { body: renderIssue({ ...facts, memory }), memory };
  return (await world.issues.update(found.issue, text)) ? memory : null;
}

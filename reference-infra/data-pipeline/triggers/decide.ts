/** Whether a retraining is started, and why. Pure. */

import { formatCount } from '../../../core/gate/index.ts';
import type { Evidence, Growth, Says, TrainingRun, Trainings } from './types.ts';

export interface Finding {
  readonly says: Says;
  /** One line, that begins with what was looked at. */
  readonly text: string;
}

export type Decision =
  | { readonly kind: 'start'; readonly reasons: readonly string[] }
  /** There are reasons, but it is not the time: `why` follows `no retraining: `. */
  | { readonly kind: 'wait'; readonly reasons: readonly string[]; readonly why: string }
  | { readonly kind: 'nothing' };

export interface Limits {
  /** Seconds after the start of one retraining before which there is no other. */
  readonly cooldown: number;
  readonly now: Date;
}

const day = 86_400;

/** What each piece of evidence amounts to; `trained` is the last retraining that succeeded. */
export function weigh(evidence: Evidence, trained: TrainingRun | null, now: Date): Finding {
  switch (evidence.kind) {
    case 'result':
      return unlessKnown(`${evidence.name}: ${evidence.text}`, evidence.says, evidence.at, trained);
    case 'accuracy':
      return ofAccuracy(evidence, trained);
    case 'runs': {
      const runs = evidence.grown.filter(({ at }) => trained === null || at > trained.startedAt);
      const rows = Math.max(0, total(runs));
      // Of a pipeline that has stopped nothing comes, and it looks as if there were nothing.
      const last = evidence.grown.at(-1);
      const lastRun = last === undefined ? '' : `; it last ran on ${moment(last.at)}`;
      const where = ` in ${formatCount(runs.length)} runs of the pipeline${since(trained)}${lastRun}`;
      return ofRows(rows, evidence.least, where);
    }
    case 'count':
      return ofRows(evidence.rows, evidence.least, ' by --new-rows');
    case 'calendar':
      return ofCalendar(evidence.every, trained, now);
  }
}

/** All reasons that hold, unless a retraining runs or the last one is too near. */
export function decide(
  findings: readonly Finding[],
  { runs }: Trainings,
  { cooldown, now }: Limits,
): Decision {
  const reasons = findings.filter(({ says }) => says === 'retrain').map(({ text }) => text);
  if (reasons.length === 0) return { kind: 'nothing' };
  const running = runs.find(({ status }) => status !== 'completed');
  if (running !== undefined) {
    const state = running.status.replaceAll('_', ' ');
    return {
      kind: 'wait',
      reasons,
      why: `one that began on ${moment(running.startedAt)} is ${state}: ${running.url}`,
    };
  }
  const [last] = runs;
  if (last === undefined) return { kind: 'start', reasons };
  const free = new Date(last.startedAt.getTime() + cooldown * 1000);
  if (now >= free) return { kind: 'start', reasons };
  const ended = last.conclusion === null ? '' : ` (${last.conclusion})`;
  const why = `the last one began on ${moment(last.startedAt)}${ended}, and --cooldown lasts until ${moment(free)}`;
  return { kind: 'wait', reasons, why };
}

/** `2026-07-01 06:00 UTC` */
export function moment(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What a model that was trained later has learnt already is no reason for another. */
function unlessKnown(text: string, says: Says, at: Date, trained: TrainingRun | null): Finding {
  if (says !== 'retrain' || trained === null || at > trained.startedAt) return { says, text };
  return {
    says: 'no',
    text: `${text}; that is of ${moment(at)}, before the last retraining${began(trained)}`,
  };
}

function ofAccuracy(
  { model, least, measured }: Extract<Evidence, { kind: 'accuracy' }>,
  trained: TrainingRun | null,
): Finding {
  const low = measured.filter(({ value }) => value < least);
  const shown = (low.length > 0 ? low : measured)
    .map(({ version, dataset, value }) => `${value} of version ${version} on ${dataset}`)
    .join(', ');
  const text = `accuracy of ${model}: ${shown}; --min-accuracy is ${least}`;
  if (low.length === 0) return { says: 'no', text };
  const latest = new Date(Math.max(...low.map(({ at }) => at.getTime())));
  return unlessKnown(text, 'retrain', latest, trained);
}

function ofRows(rows: number, least: number, where: string): Finding {
  const text = `new rows: ${formatCount(rows)}${where}; --min-new-rows is ${formatCount(least)}`;
  return { says: rows >= least ? 'retrain' : 'no', text };
}

function ofCalendar(every: number, trained: TrainingRun | null, now: Date): Finding {
  const wanted = `--every is ${duration(every)}`;
  if (trained === null)
    return { says: 'retrain', text: `calendar: no retraining has succeeded yet; ${wanted}` };
  const passed = (now.getTime() - trained.startedAt.getTime()) / 1000;
  const text = `calendar: ${duration(passed)} since the last retraining${began(trained)}; ${wanted}`;
  return { says: passed >= every ? 'retrain' : 'no', text };
}

function total(runs: readonly Growth[]): number {
  return runs.reduce((sum, { rows }) => sum + rows, 0);
}

function since(trained: TrainingRun | null): string {
  return trained === null
    ? ', as no retraining has succeeded yet'
    : ` since the last retraining${began(trained)}`;
}

function began({ startedAt }: TrainingRun): string {
  return ` that succeeded, which began on ${moment(startedAt)}`;
}

/** Whole units, rounded down: a day short of thirty is not shown as thirty. */
function duration(seconds: number): string {
  const [size, unit] =
    seconds >= 2 * day ? [day, 'days'] : seconds >= 7200 ? [3600, 'hours'] : [60, 'minutes'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

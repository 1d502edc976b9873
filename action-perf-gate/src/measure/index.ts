/** From what came of the requests to verdicts, metrics and the record of the run. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { metricKey, writeName } from '../../../core/gate/index.ts';
import type { Check, Estimate, Judged, Measurement, Subject } from '../../../core/gate/types.ts';
import type { Measured } from '../../../core/run/index.ts';
import type { ShownFile } from '../../../core/tables/index.ts';
import { ofProcess, perfCatalogue, requestNameOf } from '../catalogue.ts';
import { readEnvironment } from '../environment.ts';
import type { Config } from '../inputs/index.ts';
import type { Runs } from '../run/index.ts';
import {
  recordEstimates,
  type Stored,
  type StoredRun,
  storedComparison,
  storedLevel,
} from '../stored/index.ts';
import type { ArmRecord, PerfDetails } from '../types.ts';
import { type Duet, readDuet } from './duet.ts';
import { estimate } from './estimate.ts';
import { histogramText, writeSubject } from './histogram-file.ts';
import { judgeChecks } from './judge-checks.ts';
import { recordArm, recordConnects, recordHealth, recordLoad } from './record.ts';
import { type Arm, readArm, subjectOf } from './subjects.ts';

/** Of intervals where a check names no level. */
export const usualLevel = 0.95;

export interface Files {
  readonly startedAt: Date;
  /** A file beside the result document. */
  readonly place: (ending: string) => Promise<ShownFile>;
  /** Of the baseline and the candidate. */
  readonly endings: {
    readonly histogram: readonly [baseline: string, candidate: string];
    readonly log: readonly [baseline: string, candidate: string];
  };
}

/** `earlier`: what `baseline-path` holds. */
export async function evaluate(
  config: Config,
  runs: Runs,
  files: Files,
  earlier: StoredRun | null = null,
): Promise<Measured<PerfDetails>> {
  const duet = runs.duet === null ? null : readDuet(config, runs, runs.duet);
  const kept = duet === null ? runs : { ...runs, lives: duet.lives };
  const candidate = readArm(config, kept, runs.candidate);
  const baseline = runs.duet === null ? null : readArm(config, kept, 0);
  const health = worstHealth(kept.lives.length === 0 ? runs : kept);
  const machine = { environment: readEnvironment(), load: recordLoad(config) };
  const stored =
    earlier === null || config.stored === null ? null : storedComparison(earlier, config.stored, machine);
  const isVoid = duet === null ? health.void : duet.void;
  const voids = { alone: isVoid, against: duet === null ? isVoid : duet.voidAgainst };
  const judged = judge(config, candidate, { duet, stored }, voids);
  const [subject, record] = await write(config, kept, { arm: candidate, target: runs.candidate }, files);
  const [baselineSubject, baselineRecord] =
    baseline === null ? [null, null] : await write(config, kept, { arm: baseline, target: 0 }, files);
  const notices = [...(duet?.notices ?? []), ...noticesOf(config, runs, record)];
  const { metrics, undefinedMetrics, estimates } = metricsOf(candidate);
  return {
    subject: [...(config.image === null ? [] : [config.image]), subject],
    configuration: [
      ...(baselineSubject === null ? [] : [baselineSubject]),
      ...config.requests.files,
      ...(config.stored === null ? [] : [digestOf(config.stored)]),
    ],
    judged,
    metrics,
    undefinedMetrics,
    notices,
    details: {
      mode: 'load',
      ...machine,
      estimates,
      candidate: record,
      baseline: baselineRecord,
      stored: stored?.record ?? null,
      duet: duet?.record ?? null,
      connects: recordConnects(runs.lives.map(({ load }) => load)),
      health: recordHealth(health),
    },
  };
}

interface Baselines {
  /** Under load beside it. */
  readonly duet: Duet | null;
  /** An earlier run. */
  readonly stored: Stored | null;
}

interface Voids {
  /** Why a service by itself cannot be judged; null: it can. */
  readonly alone: string | null;
  readonly against: string | null;
}

function judge(config: Config, candidate: Arm, { duet, stored }: Baselines, voids: Voids): Judged[] {
  const voidReason = (reason: string | null) => (reason === null ? null : `the run is void: ${reason}`);
  const perSecond = ({ selector }: Check): number => {
    const { reading } = subjectOf(candidate, selector === null ? null : requestNameOf(selector));
    return reading.seconds > 0 ? reading.failed.length / reading.seconds : 0;
  };
  const estimateAt = ({ metric, selector }: Check, level: number): Estimate =>
    estimate(metric, subjectOf(candidate, selector === null ? null : requestNameOf(selector)), level);
  const measure = (check: Check): Measurement => {
    const { metric, selector, confidence } = check;
    const measured = estimateAt(check, confidence ?? usualLevel);
    return { metric, selector, estimate: measured, baseline: null, contrast: null };
  };
  return judgeChecks(config.checks, {
    level: usualLevel,
    void: voidReason(voids.alone),
    voidAgainst: voidReason(voids.against),
    perSecond,
    measure,
    compare: (check) =>
      duet?.measure(check) ??
      stored?.measure(check, { level: usualLevel, estimate: estimateAt }) ??
      measure(check),
  });
}

async function write(
  config: Config,
  runs: Runs,
  { arm, target }: { readonly arm: Arm; readonly target: 0 | 1 },
  { startedAt, place, endings }: Files,
): Promise<[Subject, ArmRecord]> {
  const isCandidate = target === runs.candidate;
  const side = isCandidate ? config.candidate : (config.baseline ?? config.candidate);
  const index = isCandidate ? 1 : 0;
  const histogram = await place(endings.histogram[index]);
  const subject = await writeSubject(histogram.path, histogram.shown, histogramText(startedAt, arm.windows));
  const log = side.service === null ? '' : (await place(endings.log[index])).shown;
  return [subject, recordArm(config, runs, { arm, side, target }, { log, histogram: histogram.shown })];
}

/** By the names that thresholds use, those of single requests among them. */
function metricsOf(
  candidate: Arm,
): Pick<Measured<PerfDetails>, 'metrics' | 'undefinedMetrics'> & Pick<PerfDetails, 'estimates'> {
  const estimates: [string, Estimate][] = [];
  const metrics: Record<string, number | null> = {};
  const undefinedMetrics: Record<string, string> = {};
  const add = (key: string, found: Estimate): void => {
    estimates.push([key, found]);
    metrics[key] = found.defined ? found.value : null;
    if (!found.defined) undefinedMetrics[key] = found.reason;
  };
  const started = candidate.all.usage !== null;
  for (const { name, selector } of perfCatalogue.values()) {
    if (ofProcess.has(name) && !started) continue;
    add(name, estimate(name, candidate.all, storedLevel));
    if (selector === 'never' || candidate.byName.size < 2) continue;
    for (const [request, subject] of [...candidate.byName].slice(0, mostNames)) {
      add(metricKey(name, writeName(request)), estimate(name, subject, storedLevel));
    }
  }
  return { metrics, undefinedMetrics, estimates: recordEstimates(estimates) };
}

const mostNames = 20;

/** The life in which the generator was latest; one that is void before any that is not. */
function worstHealth({ lives }: Runs): PerfDetails['health'] {
  const all = lives.map(({ load }) => load.health);
  const [first] = all;
  if (first === undefined) throw new RangeError('there is no life to judge');
  const rank = (health: typeof first): number => (health.void === null ? 0 : 1e9) + (health.lagMs.p99 || 0);
  return all.reduce((worst, health) => (rank(health) > rank(worst) ? health : worst), first);
}

function noticesOf(config: Config, { lives }: Runs, { started }: ArmRecord): string[] {
  const warmup = lives.reduce(
    (sum, { load }) => ({ sent: sum.sent + load.warmup.sent, failed: sum.failed + load.warmup.failed }),
    { sent: 0, failed: 0 },
  );
  const judgesBaseline = config.checks.some(({ condition }) =>
    JSON.stringify(condition).includes('"baseline"'),
  );
  return [
    ...(warmup.failed > 0
      ? [`${warmup.failed} of ${warmup.sent} requests of the warm-up failed; they are not counted`]
      : []),
    ...(config.baseline !== null && !judgesBaseline
      ? [
          'no threshold refers to the baseline: it stands in the report and decides nothing; `p95 <= baseline * 1.10` would',
        ]
      : []),
    ...(started !== null && started.cpu_per_request === null && started.memory_peak === null
      ? ['what the service used of the machine could not be seen']
      : []),
  ];
}

function digestOf({ path, shown }: ShownFile): Subject {
  return { name: shown, digest: { sha256: createHash('sha256').update(readFileSync(path)).digest('hex') } };
}

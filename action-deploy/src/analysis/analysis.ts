/** Judging the lines of `analysis` on what Prometheus says at one moment. */

import { judge } from '../../../core/gate/index.ts';
import type { Check, Judged, MetricCatalogue } from '../../../core/gate/types.ts';
import type { AnalysisConfig, AnalysisLine } from '../config.ts';
import type { Analysis, AnalysisRound, World } from '../types.ts';
import type { Sample } from './answer.ts';
import { definitionOf } from './bound.ts';
import { ask, type QueryOptions } from './query.ts';

/**
 * The judge of a rollout's stages. Each round asks every line anew, all at the same time, and promotes only when each
 * line that is not a `warn:` one has a number and keeps its bound. Whether the range of a query, as `[5m]`, reaches back
 * to before the new revision ran is the workflow's to choose: nothing here changes a query.
 */
export function createAnalysis(
  { prometheusUrl, lines }: AnalysisConfig,
  options: QueryOptions = {},
): Analysis {
  return {
    async judge(stage, world, cutShort) {
      const samples = await Promise.all(lines.map(({ query }) => ask(prometheusUrl, query, world, options)));
      const judged = lines.map((line, index) => {
        const sample = samples[index] ?? { known: false, reason: 'the query was not asked' };
        return shorten(judgeLine(line, sample), cutShort);
      });
      return {
        stage,
        at: world.clock().toISOString(),
        promote:
          cutShort === undefined &&
          !world.signal.aborted &&
          judged.every(({ check, verdict }) => check.severity === 'warn' || verdict === 'pass'),
        lines: judged.map(({ check, measurement: { estimate }, verdict, reason }) => ({
          check: check.id,
          value: estimate.defined ? estimate.value : null,
          verdict,
          reason,
        })),
      };
    },
  };
}

/** What fails early has failed; what holds early has not been shown to hold. */
function shorten(judged: Judged, cutShort: string | undefined): Judged {
  if (cutShort === undefined || judged.verdict !== 'pass') return judged;
  return {
    ...judged,
    verdict: 'inconclusive',
    reason: `judged too early, ${cutShort}: ${judged.reason} so far`,
  };
}

function judgeLine(line: AnalysisLine, sample: Sample): Judged {
  return judge(
    checkOf(line),
    {
      metric: line.name,
      selector: null,
      estimate: sample.known
        ? { defined: true, value: sample.value, interval: null, n: 1 }
        : { defined: false, reason: sample.reason, n: 0 },
      baseline: null,
      contrast: null,
    },
    { confidence: 0.95, unit: line.unit },
  );
}

function checkOf({ id, name, operator, bound, boundText, severity, place }: AnalysisLine): Check {
  return {
    id,
    metric: name,
    selector: null,
    condition: { kind: 'compare', operator, bound: { kind: 'number', value: bound, text: boundText } },
    confidence: null,
    severity,
    place,
  };
}

/** For the units of the lines in the result document. */
export function analysisCatalogue(lines: readonly AnalysisLine[]): MetricCatalogue {
  return new Map(lines.map(({ name, unit }) => [name, definitionOf(name, unit)]));
}

/**
 * The lines as checks of the verdict. Of each stage the last round counts, and of the stages the last in which the line
 * did not pass, else the last. A line that was never judged is inconclusive; `unasked` says why.
 */
export function analysisChecks(
  lines: readonly AnalysisLine[],
  rounds: readonly AnalysisRound[],
  unasked: string,
): readonly Judged[] {
  return lines.map((line) => {
    const stages = new Map<string, AnalysisRound['lines'][number] & { readonly stage: string }>();
    for (const { stage, lines: said } of rounds) {
      const found = said.find(({ check }) => check === line.id);
      if (found === undefined) continue;
      stages.delete(stage);
      stages.set(stage, { ...found, stage });
    }
    const said = [...stages.values()];
    const decisive = said.findLast(({ verdict }) => verdict !== 'pass') ?? said.at(-1);
    if (decisive === undefined) return judgeLine(line, { known: false, reason: unasked });
    const { value, verdict, reason, stage } = decisive;
    const judged = judgeLine(line, value === null ? { known: false, reason } : { known: true, value });
    return { ...judged, verdict, reason: stages.size > 1 ? `${reason} (${stage})` : reason };
  });
}

/**
 * Asks every query once, before anything is changed. What the server cannot parse is wrong whenever it is asked: the
 * reasons, by line. No data yet, or a server that is not there, is nothing of that kind.
 */
export async function invalidQueries(
  { prometheusUrl, lines }: AnalysisConfig,
  world: Pick<World, 'clock' | 'sleep' | 'signal'>,
  options: QueryOptions = {},
): Promise<readonly { readonly line: AnalysisLine; readonly reason: string }[]> {
  const once = { ...options, patienceMs: 0 };
  const samples = await Promise.all(lines.map(({ query }) => ask(prometheusUrl, query, world, once)));
  return lines.flatMap((line, index) => {
    const sample = samples[index];
    return sample !== undefined && !sample.known && sample.invalid === true
      ? [{ line, reason: sample.reason }]
      : [];
  });
}

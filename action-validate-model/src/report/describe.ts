/** The measured run as the result document and the report hold it. */

import type { Estimate, Judged, Subject } from '../../../core/gate/types.ts';
import { evaluate } from '../../../core/metrics/index.ts';
import type { MetricEstimate } from '../../../core/metrics/types.ts';
import type { ModelFacts } from '../../../core/models/types.ts';
import type { Measured } from '../../../core/run/index.ts';
import { independentContrast, type NamedRequest, type Numbers, sliceMetric } from '../checks/measure.ts';
import type { Slice } from '../checks/slices.ts';
import type { Config } from '../inputs.ts';
import type { Opened } from '../predictions/open-inputs.ts';
import { comparePairs } from '../predictions/paired-rows.ts';
import type { Settled } from '../predictions/settle.ts';
import { digestPredictions } from '../predictions/sources.ts';
import type { ModelDetails, SliceDetails } from './details.ts';
import { fitDetails, manyClassesNotices } from './many-classes.ts';

export interface RunParts {
  readonly config: Config;
  readonly opened: Opened;
  readonly settled: Settled;
  readonly judged: readonly Judged[];
  readonly reported: readonly NamedRequest[];
  /** Slices of at least min-slice-size rows, and the others. */
  readonly slices: { readonly large: readonly Slice[]; readonly small: readonly Slice[] };
  readonly numbers: Numbers;
  readonly notices: readonly string[];
}

export function describe(parts: RunParts): Measured<ModelDetails> {
  const { opened, reported, numbers, judged } = parts;
  const named = reported.map(({ name }, i) => ({
    name,
    estimate: (numbers.reported[i] as MetricEstimate).estimate,
  }));
  const operational = Object.entries(opened.operational.candidate).map(([name, estimate]) => ({
    name,
    estimate,
  }));
  const all: { name: string; estimate: Estimate }[] = [...named, ...operational];
  return {
    subject: subjects(opened),
    configuration: [
      { name: opened.data.name, digest: { sha256: opened.data.sha256 } },
      ...(opened.baseline === null ? [] : fileSubjects(opened.baseline.facts)),
    ],
    judged,
    metrics: Object.fromEntries(
      all.map(({ name, estimate }) => [name, estimate.defined ? estimate.value : null]),
    ),
    undefinedMetrics: Object.fromEntries(
      all.flatMap(({ name, estimate }) => (estimate.defined ? [] : [[name, estimate.reason]])),
    ),
    notices: [...opened.notes, ...parts.notices, ...manyClassesNotices(parts.settled.classes)],
    details: fitDetails(detailsOf(parts)),
  };
}

function subjects({ candidate }: Opened): Subject[] {
  const files = fileSubjects(candidate.facts);
  if (files.length > 0) return files;
  return [{ name: candidate.facts.name, digest: { sha256: digestPredictions(candidate.collected) } }];
}

function fileSubjects(facts: ModelFacts): Subject[] {
  return facts.files.map(({ name, sha256 }) => ({ name, digest: { sha256 } }));
}

function detailsOf({ config, opened, settled, reported, slices, numbers }: RunParts): ModelDetails {
  const { candidate, baseline, recorded, recordedResult } = opened;
  const recordedModel = recordedResult === null ? null : recordedFacts(recordedResult.predicate.gate.details);
  return {
    task: settled.task,
    rows: candidate.collected.rows,
    confidence: config.confidence,
    classes: settled.classes,
    positiveClass: settled.positiveClass,
    data: { name: opened.data.name, format: opened.data.format },
    candidate: { model: candidate.facts, evaluation: evaluate(settled.candidate) },
    baseline:
      baseline !== null && settled.baseline !== null
        ? { model: baseline.facts, evaluation: evaluate(settled.baseline) }
        : recordedModel === null
          ? null
          : { model: recordedModel, evaluation: null },
    pairedRows: comparePairs(settled.candidate, settled.baseline),
    metrics: reported.map(({ name, label }, i) => {
      const measured = numbers.reported[i] as MetricEstimate;
      const other = measured.baseline ?? recorded?.get(name) ?? null;
      const difference =
        measured.contrast ?? (other === null ? null : independentContrast(measured.estimate, other, 1));
      return { name, label, estimate: measured.estimate, baseline: other, difference };
    }),
    slices: worstFirst(
      slices.large.map(({ name, rows }, i) => ({
        slice: name,
        rows: rows.length,
        metric: sliceMetric(settled.candidate),
        estimate: (numbers.slices[i] as MetricEstimate).estimate,
        baseline: (numbers.slices[i] as MetricEstimate).baseline,
      })),
      settled.task === 'regression',
    ),
    smallSlices: slices.small.map(({ name, rows }) => ({ slice: name, rows: rows.length })),
    speed: speedOf(opened, config),
  };
}

function worstFirst(slices: SliceDetails[], largestIsWorst: boolean): SliceDetails[] {
  const badness = ({ estimate }: SliceDetails): number =>
    estimate.defined ? (largestIsWorst ? estimate.value : -estimate.value) : Number.POSITIVE_INFINITY;
  return slices.sort((a, b) => badness(b) - badness(a));
}

function speedOf({ candidate, operational }: Opened, config: Config): ModelDetails['speed'] {
  const { latency_p50, latency_p95, rows_per_second } = operational.candidate;
  if (!latency_p50.defined || !rows_per_second.defined) return null;
  return {
    batchSize: Math.min(config.batchSize, ...candidate.timings.slice(0, 1).map(({ rows }) => rows)),
    batches: candidate.timings.length,
    latencyP50: latency_p50.value,
    latencyP95: latency_p95.defined ? latency_p95.value : null,
    rowsPerSecond: rows_per_second.value,
  };
}

/** The model that an earlier document judged, as far as the document tells. */
function recordedFacts(details: Readonly<Record<string, unknown>>): ModelFacts | null {
  const { candidate } = details;
  if (typeof candidate !== 'object' || candidate === null || !('model' in candidate)) return null;
  const { model } = candidate;
  return typeof model === 'object' && model !== null && 'name' in model && 'files' in model
    ? (model as ModelFacts)
    : null;
}

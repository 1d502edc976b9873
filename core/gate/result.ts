/** The gate's result document: an in-toto Statement that says what was judged, and how it came out. */

import { createHash } from 'node:crypto';
import { renderCondition } from './condition.ts';
import { fold } from './judge.ts';
import { stringify } from './stringify.ts';
import type { CheckRecord, GateResult, Judged, MetricCatalogue, Subject } from './types.ts';
import { validateResult } from './validate-result.ts';

export interface ResultParts<Details> {
  /** Without the `action-` prefix. */
  readonly action: string;
  /** The `id` input; empty when not given. */
  readonly id: string;
  readonly subject: readonly Subject[];
  /** Files that decided what was checked. */
  readonly configuration: readonly Subject[];
  readonly judged: readonly Judged[];
  /** For the unit of each check's numbers. */
  readonly catalogue: MetricCatalogue;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly undefinedMetrics: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly commit: string | null;
  readonly run: { readonly id: number; readonly attempt: number; readonly url: string } | null;
  readonly details: Details;
}

/** The document of a run. It is not validated here: `serializeResult` does so before anything is written. */
export function buildResult<Details>(parts: ResultParts<Details>): GateResult<Details> {
  const { judged, run } = parts;
  const verdict = fold(judged);
  const idsOf = (wanted: (each: Judged) => boolean): string[] =>
    judged.filter(wanted).map((each) => each.check.id);
  const warned = idsOf((each) => each.verdict !== 'pass' && each.check.severity === 'warn');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: distinct(parts.subject),
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    predicate: {
      result: verdict !== 'pass' ? 'FAILED' : warned.length > 0 ? 'WARNED' : 'PASSED',
      configuration: distinct(parts.configuration),
      ...(run === null ? {} : { url: run.url }),
      passedTests: idsOf((each) => each.verdict === 'pass'),
      warnedTests: warned,
      failedTests: idsOf((each) => each.verdict !== 'pass' && each.check.severity === 'fail'),
      gate: {
        version: 1,
        action: parts.action,
        id: parts.id,
        verdict,
        startedAt: parts.startedAt.toISOString(),
        finishedAt: parts.finishedAt.toISOString(),
        commit: parts.commit,
        run,
        checks: judged.map((each) => recordCheck(each, parts.catalogue)),
        metrics: parts.metrics,
        undefinedMetrics: parts.undefinedMetrics,
        notices: parts.notices,
        details: parts.details,
      },
    },
  };
}

/** A file that plays two parts, as a model that is its own baseline, stands there once. */
function distinct(subjects: readonly Subject[]): Subject[] {
  const key = ({ name, digest }: Subject): string => JSON.stringify([name, digest.sha256]);
  return [...new Map(subjects.map((subject) => [key(subject), subject])).values()];
}

/** One check as the document shows it. */
export function recordCheck(
  { check, measurement, verdict, reason }: Judged,
  catalogue: MetricCatalogue,
): CheckRecord {
  const { estimate, baseline, contrast, notes } = measurement;
  const baselineValue = baseline?.defined ? baseline.value : null;
  return {
    id: check.id,
    metric: check.metric,
    selector: check.selector,
    severity: check.severity,
    unit: catalogue.get(check.metric)?.unit ?? 'number',
    value: estimate.defined ? estimate.value : null,
    interval: estimate.defined ? estimate.interval : null,
    threshold: thresholdOf(check.condition, baselineValue),
    condition: renderCondition(check),
    baseline: baselineValue,
    difference: contrast?.defined ? { value: contrast.value, interval: contrast.interval } : null,
    n: estimate.n,
    verdict,
    reason,
    ...(notes === undefined || notes.length === 0 ? {} : { notes }),
  };
}

function thresholdOf(condition: Judged['check']['condition'], baseline: number | null): number | null {
  if (condition.kind !== 'compare') return null;
  const { bound } = condition;
  if (bound.kind === 'number') return bound.value;
  return baseline === null ? null : bound.factor * baseline + bound.offset;
}

/**
 * The document as text, and the digest of that text. The same result gives the same bytes.
 * Throws when the document contradicts its schema, which is a defect of the action, not of the user's.
 */
export function serializeResult(result: GateResult<unknown>): { text: string; digest: `sha256:${string}` } {
  const problems = validateResult(result);
  if (problems.length > 0) throw new TypeError(`the result document is not valid: ${problems.join('; ')}`);
  const text = `${stringify(result)}\n`;
  return { text, digest: `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}` };
}

export type ResultReading =
  | { readonly ok: true; readonly result: GateResult }
  /** One message that begins with `where`. */
  | { readonly ok: false; readonly message: string };

/** Reads a result document that an earlier run wrote; `where` names it in messages. */
export function parseResult(text: string, where: string): ResultReading {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, message: `${where}: not JSON: ${why}` };
  }
  const problems = validateResult(document);
  if (problems.length === 0) return { ok: true, result: document as GateResult };
  const shown = problems.slice(0, 5).join('; ');
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  return { ok: false, message: `${where}: not a gate result document: ${shown}${more}` };
}

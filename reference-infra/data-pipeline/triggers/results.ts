/** Result documents of the gates as evidence: of the drift check, and of the model gate on new rows with their labels. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseResult, visible } from '../../../core/gate/index.ts';
import type { CheckRecord, GateResult } from '../../../core/gate/types.ts';
import { RunError } from '../../../core/inputs/index.ts';
import { moment } from './decide.ts';
import type { Evidence, Says } from './types.ts';

export interface ResultSource {
  readonly kind: 'drift' | 'model';
  readonly path: string;
  readonly shown: string;
  /** `sha256:…` of the file, as the gate's output `result-digest` has it. */
  readonly digest: string;
}

export interface Age {
  readonly now: Date;
  /** Seconds. */
  readonly maxAge: number;
}

type ResultEvidence = Extract<Evidence, { kind: 'result' }>;

/** Clocks of runners differ by seconds. */
const skewMs = 5 * 60_000;
const shownColumns = 10;
const shownChecks = 3;
/** Of the model gate: a model that is trained again is neither faster nor smaller for it. */
const ofSpeedAndSize = new Set(['latency_p50', 'latency_p95', 'rows_per_second', 'model_size']);

/** @throws RunError for a file that is not the document it should be: another, edited, too old, of another gate. */
export function readResult({ kind, path, shown, digest }: ResultSource, age: Age): ResultEvidence {
  const option = kind === 'drift' ? '--drift' : '--model';
  const bytes = readBytes(path, `${option}-result: ${shown}`);
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found !== digest)
    throw new RunError(
      `${option}-result: ${shown} is not the document that the gate wrote: its digest is ${found}, ${option}-digest is ${digest}`,
    );
  const reading = parseResult(bytes.toString('utf8'), `${option}-result: ${shown}`);
  if (!reading.ok) throw new RunError(reading.message);
  const { gate } = reading.result.predicate;
  const wanted = kind === 'drift' ? 'drift-check' : 'validate-model';
  if (gate.action !== wanted)
    throw new RunError(`${option}-result: ${shown} is of ${gate.action}; a result of ${wanted} is expected`);
  const at = new Date(gate.finishedAt);
  requireFresh(`${option}-result: ${shown} was finished on`, at, age, skewMs);
  const said = kind === 'drift' ? ofDrift(reading.result, shown) : ofModel(reading.result, shown);
  return { kind: 'result', name: kind === 'drift' ? 'drift check' : 'model gate', ...said, at };
}

/** @throws RunError for what is older than allowed, or of the future. `what` goes before the time. */
export function requireFresh(what: string, at: Date, { now, maxAge }: Age, skew: number): void {
  const ageMs = now.getTime() - at.getTime();
  if (ageMs < -skew) throw new RunError(`${what} ${moment(at)}, which is in the future`);
  if (ageMs > maxAge * 1000)
    throw new RunError(
      `${what} ${moment(at)}: that is too old to decide on; --max-age allows ${maxAge / 3600} hours`,
    );
}

function ofDrift(result: GateResult, shown: string): { readonly says: Says; readonly text: string } {
  const { verdict, checks, details } = result.predicate.gate;
  const { mode, columns, drifted } = details;
  if (mode !== 'check')
    throw new RunError(
      `--drift-result: ${shown} has compared nothing: it is of a run with mode: ${String(mode)}`,
    );
  if (!Array.isArray(columns) || !Array.isArray(drifted))
    throw new RunError(`--drift-result: ${shown} does not say which columns were compared and have drifted`);
  switch (verdict) {
    case 'pass':
      return { says: 'no', text: 'pass' };
    case 'inconclusive':
      return { says: 'unsure', text: `inconclusive: ${tell(checks, 'inconclusive')}` };
    case 'fail': {
      if (drifted.length === 0) return { says: 'retrain', text: `fail: ${tell(checks, 'fail')}` };
      const names = drifted.slice(0, shownColumns).map((name) => visible(String(name)));
      const more = drifted.length > shownColumns ? ` and ${drifted.length - shownColumns} more` : '';
      const count = `${drifted.length} of ${columns.length} columns drifted`;
      return { says: 'retrain', text: `fail: ${count}: ${names.join(', ')}${more}` };
    }
  }
}

function ofModel(result: GateResult, shown: string): { readonly says: Says; readonly text: string } {
  const { verdict, checks } = result.predicate.gate;
  const counted = checks.filter(({ metric, severity }) => severity === 'fail' && !ofSpeedAndSize.has(metric));
  if (counted.length === 0)
    throw new RunError(
      `--model-result: ${shown} says nothing of how good the model is: it has no check, such as accuracy >= 0.85, that can fail`,
    );
  if (counted.some((check) => check.verdict === 'fail'))
    return { says: 'retrain', text: `fail: ${tell(counted, 'fail')}` };
  if (counted.some((check) => check.verdict === 'inconclusive'))
    return { says: 'unsure', text: `inconclusive: ${tell(counted, 'inconclusive')}` };
  const other = verdict === 'pass' ? '' : ': only speed or size is not as wanted, which no retraining mends';
  return { says: 'no', text: `${verdict}${other}` };
}

function tell(checks: readonly CheckRecord[], verdict: 'fail' | 'inconclusive'): string {
  const such = checks.filter((check) => check.verdict === verdict && check.severity === 'fail');
  const told = such.slice(0, shownChecks).map(({ id, reason }) => visible(`${id}: ${reason}`, 200));
  return `${told.join('; ')}${such.length > shownChecks ? `; and ${such.length - shownChecks} more` : ''}`;
}

function readBytes(path: string, where: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new RunError(`${where} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}`);
  }
}

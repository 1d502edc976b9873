/** What a retraining is told: why it runs, and where that stands. */

export interface Evidence {
  /** Of the result document: `sha256:…`. */
  readonly resultDigest: string;
  /** The farthest over its threshold first. */
  readonly columns: readonly string[];
  readonly score: number;
  /** Null: there is no issue. */
  readonly issue: number | null;
  readonly runUrl: string;
  readonly reportUrl: string | null;
  /** The `id` input. */
  readonly id: string;
}

/** GitHub takes 65,535 characters of inputs, and a payload of less than 64 KB. */
const columnsLimit = 40_000;

/** Inputs of a workflow, which are texts. */
export function inputsOf(evidence: Evidence): Readonly<Record<string, string>> {
  return {
    'result-digest': evidence.resultDigest,
    'drifted-columns': JSON.stringify(fitting(evidence.columns)),
    'issue-number': evidence.issue === null ? '' : String(evidence.issue),
    'run-url': evidence.runUrl,
  };
}

/** Of an event, under the same names; GitHub takes ten. */
export function payloadOf(evidence: Evidence): Readonly<Record<string, unknown>> {
  return {
    'result-digest': evidence.resultDigest,
    'drifted-columns': fitting(evidence.columns),
    'issue-number': evidence.issue,
    'run-url': evidence.runUrl,
    'report-url': evidence.reportUrl,
    'drift-score': evidence.score,
    id: evidence.id,
  };
}

/** Whole names, as many as fit; a longer one is passed over. Counted twice encoded, as an input is. */
function fitting(columns: readonly string[]): readonly string[] {
  let used = 2;
  return columns.filter((name) => {
    const size = Buffer.byteLength(JSON.stringify(JSON.stringify(name)), 'utf8') + 1;
    if (used + size > columnsLimit) return false;
    used += size;
    return true;
  });
}

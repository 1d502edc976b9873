/** A gate as the suite runs it: strings in, one result document out. The sixth gate is one more of these. */

import type { GateResult, Judged, MetricCatalogue, Subject } from '../gate/types.ts';
import type { EventContext, GitHubClient } from '../github/index.ts';
import type { InputReader } from '../inputs/index.ts';
import type { Annotation, MarkdownSection, Section } from '../report/index.ts';
import type { Log } from '../report/log.ts';

export interface Gate<Config, Details> {
  /** Without `action-`: `validate-model`. */
  readonly action: string;
  /** As messages name it: `Model gate`. */
  readonly title: string;
  /** Names of all inputs, common ones included, for hints about misspelt ones. */
  readonly inputs: readonly string[];
  readonly catalogue: MetricCatalogue;
  /**
   * Endings of further files that the gate writes beside the result document, as `.sarif`: those of an earlier run are
   * removed before any work, those of this run go into the artifact.
   */
  readonly besides?: readonly string[];
  /** Reads the gate's own inputs; mistakes are collected in the reader, not thrown. */
  readConfig(reader: InputReader): Config;
  /** The only step that differs much between gates. Throws InputError or RunError when it cannot be done. */
  measure(config: Config, context: RunContext): Promise<Measured<Details>>;
  /** The gate's own part of the HTML page and of the job summary's folded details. */
  sections(result: GateResult<Details>): readonly Section[];
  summaryDetails(result: GateResult<Details>): readonly MarkdownSection[];
  /** Findings that have a place in a file of the repository; they come before those of the checks. */
  annotations?(result: GateResult<Details>): readonly Annotation[];
  /** Outputs beside the common ones. */
  outputs(result: GateResult<Details>): Readonly<Record<string, string>>;
  /**
   * What is still to be done once the verdict stands and the report is published, as keeping an issue; gives further
   * outputs. It never changes the verdict: what it throws becomes a warning.
   */
  follow?(
    config: Config,
    finished: FinishedResult<Details>,
    context: FollowContext,
  ): Promise<Readonly<Record<string, string>>>;
}

export interface FinishedResult<Details> {
  readonly result: GateResult<Details>;
  /** Of the document as it was written: `sha256:…`. */
  readonly digest: string;
}

/** What `follow` may use of the world. */
export interface FollowContext {
  readonly log: Log;
  readonly clock: () => Date;
  /** Of the uploaded report; null: none was. */
  readonly reportUrl: string | null;
  /** Null at the command line. */
  readonly github: GitHubAccess | null;
}

export interface GitHubAccess {
  readonly context: EventContext;
  /** Null without a token. */
  readonly client: GitHubClient | null;
  /** What no message may hold: the token. */
  readonly secrets: readonly string[];
}

/** What measuring may use of the world; passed in, so that tests decide it. */
export interface RunContext {
  /** The `id` input; empty when not given. */
  readonly id: string;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds from an arbitrary start. */
  readonly now: () => number;
  /** The time of day, for what is compared with it. */
  readonly clock: () => Date;
  /** Absolute; paths in messages and results are relative to it. */
  readonly workspace: string;
  /** The commit that is judged; null: not known. */
  readonly commit: string | null;
  /** For a gate that tells GitHub of its work while it goes on; null at the command line. */
  github(): Promise<GitHubAccess | null>;
  /** Absolute path of a file beside the result document, its folder made: `.sarif` gives `gate-results/x.sarif`. */
  beside(ending: string): Promise<string>;
}

export interface Measured<Details> {
  readonly subject: readonly Subject[];
  /** What the verdict also rests on: the data, the baseline. */
  readonly configuration: readonly Subject[];
  readonly judged: readonly Judged[];
  /** Metrics that only this run has, beside those of the gate: for their units. */
  readonly catalogue?: MetricCatalogue;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly undefinedMetrics: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
  readonly details: Details;
}

/** Where strings come from and where reports go: all that differs between GitHub and the command line. */

import type { GateResult } from '../gate/types.ts';
import type { CommonConfig, InputProblem, InputSource } from '../inputs/index.ts';
import type { Annotation, MarkdownSection } from '../report/index.ts';
import type { Log } from '../report/log.ts';
import type { FollowContext, GitHubAccess } from './gate.ts';

/** The finished run as a host reports it. */
export interface Finished {
  readonly result: GateResult<unknown>;
  /** Absolute. */
  readonly resultPath: string;
  readonly resultDigest: string;
  /** Absolute; the HTML page. */
  readonly reportPath: string;
  /** Absolute; what else the gate wrote beside the document. */
  readonly besides: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly summaryDetails: readonly MarkdownSection[];
  /** Outputs beside the common ones. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What the gate does after its report; gives further outputs. Never throws. */
  readonly follow: (context: FollowContext) => Promise<Readonly<Record<string, string>>>;
}

/** The run could not be done. */
export interface Unfinished {
  readonly action: string;
  /** `Model gate`. */
  readonly title: string;
  /** Begins with what is wrong; may span lines. */
  readonly message: string;
  /** A stack trace, for defects of ours only; for the debug log. */
  readonly detail: string | null;
  /** Absolute; what the gate had written beside the document until then, as the log of a service that ended. */
  readonly besides: readonly string[];
}

export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly source: InputSource;
  readonly clock: () => Date;
  readonly commit: string | null;
  readonly run: { readonly id: number; readonly attempt: number; readonly url: string } | null;
  /** Null at the command line. */
  github(): Promise<GitHubAccess | null>;
  /** Inputs that nobody reads: misspelt ones, with the nearest name. */
  unknownInputs(known: readonly string[]): readonly InputProblem[];
  report(finished: Finished, common: CommonConfig): Promise<void>;
  /** `common` is null when the inputs themselves could not be read. */
  fail(unfinished: Unfinished, common: CommonConfig | null): Promise<void>;
}

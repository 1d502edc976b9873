/**
 * The two ways in which a run ends without a verdict. Neither is a failed gate: the message begins with
 * what is wrong, is shown without a stack trace, and `verdict` stays unset.
 */

/** One mistake in what the user wrote: which input, what it held, what is allowed. */
export interface InputProblem {
  /** Name of the input as in action.yml, e.g. `thresholds`. */
  readonly input: string;
  /** One sentence without a final newline: what is wrong. */
  readonly message: string;
  /** What is allowed, e.g. `auto, on-failure or never`. */
  readonly allowed?: string;
  /** The nearest valid spelling, if one is near. */
  readonly nearest?: string;
  /** Lines to show below, without a final newline: the place in the input with a caret under the mistake. */
  readonly excerpt?: string;
}

/** Inputs that contradict the interface. Every mistake found is in `problems`, not just the first. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.problems = problems;
  }
}

/** The run cannot be done: a file is missing or damaged, a service does not answer, data contradict the model. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** `input: message; allowed: …; did you mean …?`, then the excerpt. */
export function describeProblem(problem: InputProblem): string {
  const allowed = problem.allowed === undefined ? '' : `; allowed: ${problem.allowed}`;
  const nearest = problem.nearest === undefined ? '' : `; did you mean \`${problem.nearest}\`?`;
  const excerpt = problem.excerpt === undefined ? '' : `\n${problem.excerpt}`;
  return `${problem.input}: ${problem.message}${allowed}${nearest}${excerpt}`;
}

/** True for errors whose message is all that a user needs; anything else is a defect of ours. */
export function isUserFacing(error: unknown): error is InputError | RunError {
  return error instanceof InputError || error instanceof RunError;
}

/**
 * The JSON log of `act --json` as jobs and steps. One object a line; the fields used here, as act 0.2.89 writes
 * them: `jobID`, `step` (its name), `stepID`, `stage`, `stepResult`, `jobResult`, `raw_output`, and for workflow
 * commands `command`, `arg`, `raw`, `name`, `content`.
 */

export interface ActAnnotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
}

export interface ActStep {
  /** The step's `id`, or its index in the job where it has none. */
  readonly id: string;
  readonly name: string;
  /** `skipped` where act names no result, e.g. after a failed step. */
  readonly outcome: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  readonly annotations: readonly ActAnnotation[];
  /** Markdown that the step wrote to the job summary. */
  readonly summary: string;
  /** What the step printed, without workflow commands. */
  readonly log: string;
}

export interface ActJob {
  readonly id: string;
  readonly result: 'success' | 'failure' | 'cancelled' | 'skipped';
  /** In the order in which they ran; a step that did not run is not listed. */
  readonly steps: readonly ActStep[];
}

interface LogEntry {
  readonly jobID?: string;
  readonly step?: string;
  readonly stepID?: readonly string[];
  readonly stage?: string;
  readonly stepResult?: string;
  readonly jobResult?: string;
  readonly raw_output?: boolean;
  readonly msg?: string;
  readonly command?: string;
  readonly arg?: string;
  readonly name?: string;
  readonly content?: string;
  readonly raw?: string;
}

interface OpenStep {
  id: string;
  name: string;
  outcome: ActStep['outcome'];
  outputs: Record<string, string>;
  annotations: ActAnnotation[];
  summary: string;
  log: string;
}

interface OpenJob {
  id: string;
  result: ActJob['result'] | undefined;
  steps: Map<string, OpenStep>;
}

/** Jobs by id. A job that act began to set up and never finished is not among them. */
export function parseActLog(text: string): ReadonlyMap<string, ActJob> {
  const open = new Map<string, OpenJob>();
  for (const entry of parseLines(text)) addEntry(open, entry);

  const jobs = new Map<string, ActJob>();
  for (const { id, result, steps } of open.values()) {
    if (result !== undefined) jobs.set(id, { id, result, steps: [...steps.values()] });
  }
  return jobs;
}

/** Messages of act itself, not of a step: what to read when nothing ran. */
export function actMessages(text: string): string[] {
  return parseLines(text)
    .filter((entry) => entry.raw_output !== true && entry.command === undefined)
    .map((entry) => `${entry.jobID ?? 'act'}: ${(entry.msg ?? '').trim()}`);
}

function parseLines(text: string): LogEntry[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogEntry);
}

function addEntry(jobs: Map<string, OpenJob>, entry: LogEntry): void {
  if (entry.jobID === undefined) return;
  const job = jobs.get(entry.jobID) ?? { id: entry.jobID, result: undefined, steps: new Map() };
  jobs.set(entry.jobID, job);
  if (entry.jobResult !== undefined) job.result = jobResult(entry.jobResult);
  // `Set up job` and `Complete job` carry no stage; `Pre` and `Post` belong to the action, not to the step's verdict.
  if (entry.stage !== 'Main' || entry.stepID === undefined) return;

  // The steps of a composite action carry the id of the step that uses it, followed by their own.
  const id = entry.stepID.join('/');
  const step = job.steps.get(id) ?? {
    id,
    name: entry.step ?? id,
    outcome: 'skipped' as const,
    outputs: {},
    annotations: [],
    summary: '',
    log: '',
  };
  job.steps.set(id, step);
  if (entry.stepResult === 'success' || entry.stepResult === 'failure') step.outcome = entry.stepResult;
  if (entry.raw_output === true) step.log += entry.msg ?? '';
  if (entry.command !== undefined) addCommand(step, entry);
}

function addCommand(step: OpenStep, entry: LogEntry): void {
  switch (entry.command) {
    case 'set-output':
      step.outputs[entry.name ?? ''] = entry.arg ?? '';
      return;
    case 'summary':
      step.summary = entry.content ?? '';
      return;
    case 'error':
    case 'warning':
    case 'notice':
      step.annotations.push(annotation(entry.command, entry));
      return;
    default:
      return;
  }
}

function annotation(level: ActAnnotation['level'], entry: LogEntry): ActAnnotation {
  const { title, file, line, endLine } = commandProperties(entry.raw ?? '');
  return {
    level,
    message: entry.arg ?? '',
    ...(title === undefined ? {} : { title }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(endLine === undefined ? {} : { endLine: Number(endLine) }),
  };
}

/**
 * The properties of `::error a=1,b=2::message` as GitHub's runner reads them. act's own `kvPairs` lack those whose
 * value holds a `=`, such as a threshold in a title.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
function commandProperties(raw: string): Readonly<Record<string, string | undefined>> {
  const text = /^::\w+ (.*?)::/s.exec(raw)?.[1] ?? '';
  return Object.fromEntries(
    text.split(',').flatMap((property) => {
      const at = property.indexOf('=');
      return at < 0 ? [] : [[property.slice(0, at).trim(), unescapeProperty(property.slice(at + 1))]];
    }),
  );
}

function unescapeProperty(value: string): string {
  return value
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

function jobResult(text: string): ActJob['result'] {
  if (text === 'success' || text === 'failure' || text === 'cancelled' || text === 'skipped') return text;
  throw new Error(`act reported the job result ${JSON.stringify(text)}, which this reader does not know`);
}

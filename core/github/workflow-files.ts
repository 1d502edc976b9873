/**
 * The files and commands through which a step speaks to the runner: outputs, job summary, masks.
 *
 * Not `@actions/core`: it reads `process.env` and writes to `process.stdout` itself, so tests and the command
 * line would have to patch globals; and it does not look at the summary's limit, past which the runner drops
 * the whole summary.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */

import type { Environment } from './context.ts';
import { shortenBytes } from './limits.ts';

export interface WorkflowFiles {
  readonly env: Environment;
  append(path: string, text: string): void;
  /** Bytes; 0 when there is no such file. */
  size(path: string): number;
  /** A fresh UUID. */
  uuid(): string;
}

/** 1 MiB a step: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits */
export const SUMMARY_LIMIT = 1024 * 1024;
const SUMMARY_NOTE =
  '\n\n_Shortened: the job summary holds 1 MiB; the whole report is in the report artifact._\n';

/** False when there is no GITHUB_OUTPUT, as on the command line. */
export function writeOutputs(files: WorkflowFiles, outputs: Readonly<Record<string, string>>): boolean {
  const path = files.env.GITHUB_OUTPUT;
  if (path === undefined || path === '') return false;
  const entries = Object.entries(outputs).map(([name, value]) => heredoc(name, value, files.uuid));
  if (entries.length > 0) files.append(path, entries.join(''));
  return true;
}

/**
 * A value can hold any text, also lines that look like another output, because its end mark is random.
 * A mark that the value holds all the same is drawn again.
 */
function heredoc(name: string, value: string, uuid: () => string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(name)) throw new Error(`not a name of an output: ${JSON.stringify(name)}`);
  for (let attempt = 0; attempt < 5; attempt++) {
    const mark = `ghadelimiter_${uuid()}`;
    if (!value.includes(mark)) return `${name}<<${mark}\n${value}\n${mark}\n`;
  }
  throw new Error(`the value of the output ${name} holds every end mark that was drawn`);
}

export type SummaryOutcome = 'written' | 'shortened' | 'full' | 'none';

/** Appends to the step's summary, as much as still fits. */
export function appendSummary(files: WorkflowFiles, markdown: string): SummaryOutcome {
  const path = files.env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === '') return 'none';
  const text = markdown.endsWith('\n') ? markdown : `${markdown}\n`;
  const room = SUMMARY_LIMIT - files.size(path);
  if (room < 2 * Buffer.byteLength(SUMMARY_NOTE)) return 'full';
  const fitting = shortenBytes(text, room, SUMMARY_NOTE);
  files.append(path, fitting);
  return fitting === text ? 'written' : 'shortened';
}

/** Hides a secret in all logs of the job. Line by line, because the runner compares lines. */
export function maskSecret(write: (text: string) => void, secret: string): void {
  for (const line of secret.split(/\r?\n/)) {
    if (line.trim() !== '') write(`::add-mask::${escapeData(line)}\n`);
  }
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

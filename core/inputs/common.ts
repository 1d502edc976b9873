/** The inputs that all actions share. */

import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type InputReader, isInside, quote } from './read.ts';

export const commonInputs = [
  'github-token',
  'comment',
  'check-run',
  'max-annotations',
  'report-artifact',
  'result-path',
  'on-inconclusive',
  'enforce',
  'id',
] as const;

export interface CommonConfig {
  /** Without the `action-` prefix: `validate-model`. */
  readonly action: string;
  /** Tells several uses in one workflow apart; empty: the only one. */
  readonly id: string;
  /** Secret; empty: none. */
  readonly githubToken: string;
  readonly comment: 'auto' | 'on-failure' | 'never';
  readonly checkRun: boolean;
  /** Per level. */
  readonly maxAnnotations: number;
  /** Name of the artifact; null: none. */
  readonly reportArtifact: string | null;
  /** Absolute, in the workspace. */
  readonly resultPath: string;
  /** Relative to the workspace, with `/`: for outputs and messages. */
  readonly resultPathShown: string;
  readonly onInconclusive: 'fail' | 'warn';
  /** False: report only. */
  readonly enforce: boolean;
}

/** Past this GitHub shows none: 50 annotations a job (docs: "Usage limits" of workflow commands). */
const mostAnnotations = 50;

/** What the artifact service refuses in a name. */
const artifactRefuses = /["*/:<>?\\|\r\n]/;

/**
 * Reads the common inputs of an action. Under GitHub action.yml gives the defaults, and an empty `report-artifact`
 * means none; with an `id`, the default name of the artifact ends in it, as two artifacts of one name collide.
 */
export function readCommon(reader: InputReader, action: string): CommonConfig {
  const id = readId(reader);
  const result = readResultPath(reader, action);
  return {
    action,
    id,
    githubToken: reader.text('github-token'),
    comment: reader.choice('comment', ['auto', 'on-failure', 'never'], 'auto'),
    checkRun: reader.boolean('check-run', false),
    maxAnnotations: reader.integer('max-annotations', 10, { minimum: 0, maximum: mostAnnotations }),
    reportArtifact: readArtifact(reader, `${action}-report`, id),
    resultPath: result,
    resultPathShown: relative(reader.workspace, result).split(sep).join('/'),
    onInconclusive: reader.choice('on-inconclusive', ['fail', 'warn'], 'fail'),
    enforce: reader.boolean('enforce', true),
  };
}

function readId(reader: InputReader): string {
  const id = reader.text('id');
  if (id === '' || /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) return id;
  reader.add({
    input: 'id',
    message: `${quote(id)} cannot be part of a name`,
    allowed: 'up to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit',
  });
  return '';
}

function readArtifact(reader: InputReader, usual: string, id: string): string | null {
  const name = reader.text('report-artifact');
  if (name === '') return null;
  if (artifactRefuses.test(name)) {
    reader.add({
      input: 'report-artifact',
      message: `${quote(name)} cannot be the name of an artifact`,
      allowed: 'anything without " : < > | * ? / \\ and line ends',
    });
  }
  return name === usual && id !== '' ? `${name}-${id}` : name;
}

function readResultPath(reader: InputReader, action: string): string {
  const usual = resolve(reader.workspace, 'gate-results', `${action}.json`);
  const text = reader.text('result-path');
  if (text === '') return usual;
  const path = resolve(reader.workspace, text);
  const problem = /[/\\]$/.test(text)
    ? 'names a folder, not a file'
    : text.includes('\0') || !(isAbsolute(path) && isInside(reader.workspace, path))
      ? 'is outside the workspace'
      : null;
  if (problem === null) return path;
  reader.add({
    input: 'result-path',
    message: `${quote(text)} ${problem}`,
    allowed: `a file in the workspace, as gate-results/${action}.json`,
  });
  return usual;
}

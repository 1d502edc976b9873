/** Where the metrics of the run go. */

import { closeSync, lstatSync, openSync, readSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { InputReader } from '../../../core/inputs/index.ts';
import { pushProblem } from '../../../core/prometheus/index.ts';

export interface MetricsConfig {
  /** The base of a Pushgateway; a user name and password in it are secret. */
  readonly pushgateway: URL | null;
  readonly file: {
    /** Absolute, in the workspace. */
    readonly path: string;
    /** Relative to the workspace, with `/`. */
    readonly shown: string;
  } | null;
}

/** As in action.yml. */
export const metricsInputs = ['pushgateway-url', 'metrics-path'] as const;

export function readMetricsConfig(reader: InputReader): MetricsConfig {
  return { pushgateway: readPushgateway(reader), file: readFile(reader) };
}

function readPushgateway(reader: InputReader): URL | null {
  const url = reader.url('pushgateway-url');
  const problem = url === null ? null : pushProblem(url);
  if (problem === null) return url;
  reader.add({ input: 'pushgateway-url', ...problem });
  return null;
}

function readFile(reader: InputReader): MetricsConfig['file'] {
  const path = reader.path('metrics-path', { inside: true });
  if (path === null) return null;
  const shown = relative(reader.workspace, path).split(sep).join('/');
  const message = /[/\\]$/.test(reader.text('metrics-path'))
    ? 'names a folder, not a file'
    : whatStands(path, shown);
  if (message === null) return { path, shown };
  reader.add({
    input: 'metrics-path',
    message,
    allowed: 'a file in the workspace, as gate-results/drift-check.prom, that is new or holds metrics',
  });
  return null;
}

/** What must not be written over: the data, say, where two inputs were mixed up. Null: nothing such. */
function whatStands(path: string, shown: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return `${shown} is a folder`;
  // A link is replaced, not followed.
  if (found === undefined || !found.isFile() || found.size === 0) return null;
  return beginning(path, '# HELP '.length) === '# HELP ' ? null : `${shown} exists and holds no metrics`;
}

/** Null: it cannot be read. */
function beginning(path: string, bytes: number): string | null {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(bytes);
      return start.toString('latin1', 0, readSync(file, start));
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

/** Strings to Config: everything is read and checked at once, before any work. */

import type { InputReader } from '../../../core/inputs/index.ts';
import { parseAnalysis, prometheusUrlProblem } from '../analysis/index.ts';
import type { AnalysisConfig, Config, ImageReference } from '../config.ts';
import { parseImageReference } from '../image/index.ts';
import { readEcs } from './ecs.ts';
import { readKubernetes } from './kubernetes.ts';
import { readBakeTime } from './strategy.ts';

export { deployInputs } from './names.ts';

const usualResultAgeSeconds = 7 * 86_400;
const longestTimeoutSeconds = 6 * 3600;
export const longestTimeoutMs = 1000 * longestTimeoutSeconds;

export function readConfig(reader: InputReader): Config {
  const kind = readTarget(reader);
  const bakeMs = readBakeTime(reader);
  return {
    target: kind === 'ecs' ? readEcs(reader, bakeMs) : readKubernetes(reader),
    image: readImage(reader),
    evidence: {
      globs: reader.lines('require-results'),
      maxAgeMs: 1000 * reader.duration('max-result-age', usualResultAgeSeconds),
    },
    maxScanSeverity: readScanSeverity(reader),
    analysis: readAnalysis(reader),
    timeoutMs: readTimeout(reader),
    bakeMs,
    rollback: reader.boolean('rollback', true),
    dryRun: reader.boolean('dry-run', false),
    environment: readEnvironment(reader),
  };
}

function readTarget(reader: InputReader): 'ecs' | 'eks' {
  if (reader.text('target') === '') {
    reader.add({ input: 'target', message: 'a value is required', allowed: 'ecs, eks' });
    return 'ecs';
  }
  return reader.choice('target', ['ecs', 'eks'], 'ecs');
}

/** Stands where a wrong `image` would; the reader throws before it is used. */
const none: ImageReference = { given: '', repository: '', registry: '', path: '', tag: null, digest: null };

function readImage(reader: InputReader): ImageReference {
  const text = reader.required('image');
  if (text === '') return none;
  const reading = parseImageReference(text);
  if (reading.ok) return reading.value;
  const { ok: _, ...problem } = reading;
  reader.add({ input: 'image', ...problem });
  return none;
}

function readScanSeverity(reader: InputReader): Config['maxScanSeverity'] {
  if (reader.text('max-scan-severity') === '') return null;
  return reader.choice('max-scan-severity', ['medium', 'high', 'critical'], 'critical');
}

function readAnalysis(reader: InputReader): AnalysisConfig | null {
  const url = reader.url('prometheus-url');
  const text = reader.raw('analysis');
  if (text.trim() === '') {
    if (reader.text('prometheus-url') !== '') {
      reader.add({
        input: 'prometheus-url',
        message: 'there is nothing to ask it',
        allowed: 'with analysis',
      });
    }
    return null;
  }
  const { lines, problems } = parseAnalysis(text);
  reader.add(...problems);
  if (lines.length === 0 && problems.length === 0) {
    reader.add({
      input: 'analysis',
      message: 'no line says what is asked: an analysis of comments would pass whatever happens',
      allowed: 'name: query < bound, one a line',
    });
  }
  if (reader.text('prometheus-url') === '') {
    reader.add({ input: 'prometheus-url', message: 'a value is required with analysis' });
  }
  const problem = url === null ? null : prometheusUrlProblem(url);
  if (problem !== null) reader.add({ input: 'prometheus-url', ...problem });
  return url === null ? null : { prometheusUrl: url, lines };
}

function readTimeout(reader: InputReader): number {
  const seconds = reader.duration('timeout', 1800);
  if (seconds < 60 || seconds > longestTimeoutSeconds) {
    reader.add({
      input: 'timeout',
      message: `${reader.text('timeout')} is out of range`,
      allowed: 'from 1m to 6h',
    });
  }
  return 1000 * seconds;
}

function readEnvironment(reader: InputReader): Config['environment'] {
  const name = reader.text('environment-name');
  const url = reader.url('environment-url');
  if (name === '') {
    if (reader.text('environment-url') !== '') {
      reader.add({ input: 'environment-url', message: 'it belongs to an environment-name' });
    }
    return null;
  }
  if (url === null) return { name, url: null };
  // Everybody who sees the deployment sees the address.
  url.username = '';
  url.password = '';
  return { name, url: url.href };
}

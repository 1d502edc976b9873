/** Thresholds, and what is held against a service where they say nothing. */

import {
  contrastFactor,
  excerpt,
  impliedCheck,
  metricKey,
  nearest,
  parseThresholds,
  placeOfName,
} from '../../../core/gate/index.ts';
import type { Check, Condition } from '../../../core/gate/types.ts';
import { type InputProblem, type InputReader, quote } from '../../../core/inputs/index.ts';
import { ofProcess, perfCatalogue, requestNameOf, streamMetrics, withoutInterval } from '../catalogue.ts';

/** What the other inputs make measurable. */
export interface Measurable {
  readonly names: readonly string[];
  /** The gate starts the service. */
  readonly started: boolean;
  /** `started`: the gate starts the baseline, too; `stored`: a result document; null: there is none. */
  readonly baseline: 'started' | 'running' | 'stored' | null;
}

const below = (value: number, text: string): Condition => ({
  kind: 'compare',
  operator: '<',
  bound: { kind: 'number', value, text },
});

const usualLatency = impliedCheck('p95', null, below(1000, '1s'));
const usualErrors = impliedCheck('error_rate', null, below(0.01, '1%'));

export function readChecks(reader: InputReader, measurable: Measurable): readonly Check[] {
  const text = reader.raw('thresholds');
  const { checks, problems } = parseThresholds(text, perfCatalogue, { input: 'thresholds' });
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  reader.add(...problems.map(explainStream));
  reader.add(...checks.flatMap((check) => mistakeOf(check, measurable, lines) ?? []));
  if (checks.length === 0) return [usualLatency, usualErrors];
  return checks.some(boundsErrors) ? checks : [...checks, usualErrors];
}

/** A run in which half of the requests fail must not pass because nobody asked, or because the baseline fails as well. */
function boundsErrors({ metric, selector, severity, condition }: Check): boolean {
  if (metric !== 'error_rate' || selector !== null || severity !== 'fail') return false;
  if (condition.kind === 'between') return condition.high.kind === 'number';
  return (
    condition.kind === 'compare' &&
    condition.bound.kind === 'number' &&
    (condition.operator === '<' || condition.operator === '<=' || condition.operator === '==')
  );
}

/** Metrics of token streams are known, but not to this version. */
function explainStream(problem: InputProblem): InputProblem {
  const [, name = ''] = /unknown metric `([a-z0-9_]+)`/.exec(problem.message) ?? [];
  if (!streamMetrics.test(name)) return problem;
  const { nearest: _, ...rest } = problem;
  return {
    ...rest,
    message: problem.message.replace('unknown metric', 'this version does not measure token streams:'),
    allowed: [...perfCatalogue.keys()].join(', '),
  };
}

function mistakeOf(check: Check, measurable: Measurable, lines: readonly string[]): InputProblem | null {
  const { metric, selector, condition, confidence, place } = check;
  const line = lines[(place?.line ?? 1) - 1] ?? '';
  const start = (place?.column ?? 1) - 1;
  const mistake = (message: string, hints: { allowed?: string; nearest?: string }, word: string) => ({
    input: 'thresholds',
    message: `line ${place?.line ?? 1}: ${message}`,
    ...hints,
    excerpt: excerpt(line, word === '' ? start : placeOfName(line, start, word)),
  });
  if (selector !== null) {
    const name = requestNameOf(selector);
    if (!measurable.names.includes(name)) {
      const guess = nearest(name, measurable.names);
      return mistake(
        `no request is called ${quote(name)}`,
        guess === undefined
          ? {
              allowed: measurable.names
                .slice(0, 20)
                .map((each) => JSON.stringify(each))
                .join(', '),
            }
          : { nearest: guess },
        name,
      );
    }
  }
  if (confidence !== null && withoutInterval.has(metric)) {
    return mistake(`\`${metric}\` has no interval`, { allowed: 'the line without `at`' }, 'at');
  }
  if (ofProcess.has(metric) && !measurable.started) {
    return mistake(
      `\`${metric}\` is measured of a service that the gate starts`,
      { allowed: '`start-command` beside it' },
      metric,
    );
  }
  if (contrastFactor(condition) === null) return null;
  if (measurable.baseline === null) {
    return mistake(
      `\`${metricKey(metric, selector)}\` is compared with a baseline, and there is none`,
      { allowed: '`baseline-url`, `baseline-start-command` or `baseline-path`' },
      'baseline',
    );
  }
  if (ofProcess.has(metric) && measurable.baseline === 'running') {
    return mistake(
      `\`${metric}\` of the baseline is measured of a service that the gate starts`,
      { allowed: '`baseline-start-command`' },
      'baseline',
    );
  }
  return null;
}

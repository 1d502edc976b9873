/** Strings to Config: everything is read and checked at once, before any work. */

import { relative, sep } from 'node:path';
import { type ColumnRequest, type DriftMethod, numericMethods } from '../../core/drift/index.ts';
import { contrastFactor, parseThresholds, renderCheck } from '../../core/gate/index.ts';
import type { Check } from '../../core/gate/types.ts';
import { type InputReader, quote } from '../../core/inputs/index.ts';
import { type CsvOptions, readCsvOptions, type ShownFile } from '../../core/tables/index.ts';
import { driftCatalogue } from './catalogue.ts';
import { type IssueConfig, issueInputs, readIssueConfig } from './issue/inputs.ts';
import { type MetricsConfig, metricsInputs, readMetricsConfig } from './prometheus/index.ts';

export const dataFormats = ['csv', 'tsv', 'jsonl', 'json', 'parquet', 'arrow', 'npz'] as const;

export interface Config extends ColumnRequest {
  readonly mode: 'check' | 'profile';
  readonly reference: readonly string[];
  readonly current: readonly string[];
  readonly format: (typeof dataFormats)[number] | 'auto';
  readonly csv: CsvOptions;
  /** Written by `mode: profile`; null: not given. */
  readonly profile: ShownFile | null;
  readonly positiveClass: string | null;
  /** The text that the checks were read from, for carets. */
  readonly thresholds: string;
  readonly alpha: number;
  readonly minRows: number;
  readonly metrics: MetricsConfig;
  readonly issue: IssueConfig;
  readonly workspace: string;
}

/** As in action.yml; a test holds the two together. */
export const driftInputs = [
  'reference-path',
  'current-path',
  'mode',
  'profile-path',
  'format',
  'csv-options',
  'columns',
  'exclude-columns',
  'prediction-column',
  'label-column',
  'score-column',
  'positive-class',
  'thresholds',
  'method',
  'alpha',
  'min-rows',
  ...metricsInputs,
  ...issueInputs,
] as const;

export function readConfig(reader: InputReader): Config {
  const mode = reader.choice('mode', ['check', 'profile'], 'check');
  const reference = requiredLines(reader, 'reference-path', 'the data to compare with, or a profile of them');
  const current =
    mode === 'check'
      ? requiredLines(reader, 'current-path', 'the data to check')
      : reader.lines('current-path');
  const thresholds = reader.raw('thresholds');
  const parsed = parseThresholds(thresholds, driftCatalogue, { input: 'thresholds' });
  reader.add(...parsed.problems, ...parsed.checks.flatMap((check) => unusable(check) ?? []));
  const csv = readCsvOptions(reader.lines('csv-options'));
  reader.add(...csv.problems.map((problem) => ({ input: 'csv-options', ...problem })));
  return {
    mode,
    reference,
    current,
    format: reader.choice('format', ['auto', ...dataFormats], 'auto'),
    csv: csv.options,
    profile: readProfilePath(reader, mode),
    columns: reader.list('columns'),
    excluded: reader.list('exclude-columns'),
    roles: {
      prediction: reader.text('prediction-column') || null,
      label: reader.text('label-column') || null,
      score: reader.text('score-column') || null,
    },
    positiveClass: reader.text('positive-class') || null,
    checks: parsed.checks,
    thresholds,
    ...readMethods(reader),
    alpha: readAlpha(reader),
    minRows: reader.integer('min-rows', 200, { minimum: 2 }),
    metrics: readMetricsConfig(reader),
    issue: readIssueConfig(reader),
    workspace: reader.workspace,
  };
}

function requiredLines(reader: InputReader, input: string, what: string): string[] {
  const lines = reader.lines(input);
  if (lines.length === 0) {
    reader.add({
      input,
      message: `${what} are required`,
      allowed: 'files, globs or directories, one a line',
    });
  }
  return lines;
}

function readAlpha(reader: InputReader): number {
  const alpha = reader.fraction('alpha', 0.05);
  if (alpha > 0 && alpha < 1) return alpha;
  reader.add({
    input: 'alpha',
    message: `${quote(reader.text('alpha'))} leaves no column, or every one, in doubt`,
    allowed: 'a rate above 0 and below 1, as 0.05 or 5%',
  });
  return 0.05;
}

function readProfilePath(reader: InputReader, mode: Config['mode']): ShownFile | null {
  const path = reader.path('profile-path', { inside: true });
  if (path === null) {
    if (mode === 'profile' && reader.text('profile-path') === '') {
      reader.add({
        input: 'profile-path',
        message: '`mode: profile` writes a profile, and no path is given for it',
        allowed: 'a file in the workspace, as drift-profile.json',
      });
    }
    return null;
  }
  return { path, shown: relative(reader.workspace, path).split(sep).join('/') };
}

/** One method for all, or `column=method` lines. */
function readMethods(reader: InputReader): Pick<Config, 'method' | 'methods'> {
  const allowed = `auto, ${numericMethods.join(', ')}, or lines of column=method`;
  const lines = reader.lines('method');
  const methods = new Map<string, DriftMethod>();
  let method: DriftMethod | null = null;
  for (const line of lines) {
    const equals = line.lastIndexOf('=');
    const name = line.slice(equals + 1).trim();
    const found = numericMethods.find((each) => each === name);
    if (found === undefined && name !== 'auto') {
      reader.add({ input: 'method', message: `${quote(name)} is no method`, allowed });
    } else if (equals < 0) method = found ?? null;
    else if (found !== undefined) methods.set(line.slice(0, equals).trim(), found);
  }
  return { method, methods };
}

/** Conditions that a metric of drift cannot have. */
function unusable(check: Check) {
  const { condition, metric } = check;
  const problem = (message: string, allowed: string) => ({
    input: 'thresholds',
    message: `line ${check.place?.line ?? 1}: \`${renderCheck(check)}\`: ${message}`,
    allowed,
  });
  if (metric === 'drift' || metric === 'new_categories' || metric === 'vanished_categories') {
    const example = metric === 'drift' ? 'drift(age) < 0.1' : `${metric}(country) <= 1%`;
    if (check.confidence !== null)
      return problem('`at` has no meaning here: `alpha` says how sure drift must be', example);
    const isBound =
      condition.kind === 'compare' &&
      condition.bound.kind === 'number' &&
      (condition.operator === '<' || condition.operator === '<=');
    if (!isBound) return problem(`${metric} takes an upper bound that is a number`, example);
  }
  if (metric === 'share_drifted' || metric === 'drifted_columns') {
    if (contrastFactor(condition) !== null)
      return problem(
        'there is no baseline of it',
        `${metric} < 30%`.replace(
          metric === 'drifted_columns' ? '30%' : '',
          metric === 'drifted_columns' ? '3' : '',
        ),
      );
    if (check.confidence !== null) return problem('it has no interval', 'a line without `at`');
  }
  if (metric === 'missing' && check.confidence !== null) {
    return problem(
      '`at` has no meaning here: `alpha` says how sure a change must be',
      'missing(age) <= baseline + 2%',
    );
  }
  return null;
}

/** Strings to Config: everything is read and checked at once, before any work. */

import { existsSync, type Stats, statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { parseThresholds } from '../../core/gate/index.ts';
import type { Check } from '../../core/gate/types.ts';
import { type InputReader, parseFraction, parseInteger, redactUrl } from '../../core/inputs/index.ts';
import { type CsvOptions, readCsvOptions, type ShownFile } from '../../core/tables/index.ts';
import { dataCatalogue, refuseBaseline } from './rules/index.ts';

export const dataFormats = ['csv', 'tsv', 'jsonl', 'json', 'parquet', 'arrow'] as const;

export interface Config {
  readonly mode: 'validate' | 'infer';
  /** Files, globs and directories. */
  readonly data: readonly string[];
  /** Of `validate`: read; of `infer`: written, null: beside the result document. */
  readonly schema: ShownFile | null;
  readonly format: (typeof dataFormats)[number] | 'auto';
  readonly csv: CsvOptions;
  readonly checks: readonly Check[];
  /** The text that the checks were read from, for carets. */
  readonly rules: string;
  /** What `max-invalid-rows` stands for. */
  readonly invalidRows: Check;
  /** Data, or a profile, that the columns are compared with; empty: none. */
  readonly reference: readonly string[];
  readonly workspace: string;
}

/** As in action.yml; a test holds the two together. */
export const dataInputs = [
  'data-path',
  'schema-path',
  'rules',
  'format',
  'csv-options',
  'max-invalid-rows',
  'mode',
  'reference-path',
] as const;

export function readConfig(reader: InputReader): Config {
  const mode = reader.choice('mode', ['validate', 'infer'], 'validate');
  const data = reader.lines('data-path');
  if (data.length === 0) {
    reader.add({
      input: 'data-path',
      message: 'the data to check are required',
      allowed: 'files, globs or directories, one a line',
    });
  }
  const rules = reader.raw('rules');
  const parsed = parseThresholds(rules, dataCatalogue, { input: 'rules' });
  // A URL with user info may stand where a rule names a file.
  const shownProblems = parsed.problems.map(({ message, excerpt, ...problem }) => ({
    ...problem,
    message: redactUrl(message),
    ...(excerpt === undefined ? {} : { excerpt: redactUrl(excerpt) }),
  }));
  reader.add(...shownProblems, ...parsed.checks.flatMap((check) => refuseBaseline(check, rules) ?? []));
  const csv = readCsvOptions(reader.lines('csv-options'));
  reader.add(...csv.problems.map((problem) => ({ input: 'csv-options', ...problem })));
  const schema = readSchemaPath(reader, mode);
  const reference = reader.lines('reference-path');
  if (
    mode === 'validate' &&
    reader.text('schema-path') === '' &&
    parsed.checks.length === 0 &&
    reference.length === 0 &&
    parsed.problems.length === 0
  ) {
    reader.add({
      input: 'schema-path',
      message: 'there is nothing to check the data against',
      allowed: 'schema-path, rules, or reference-path; `mode: infer` writes a first schema',
    });
  }
  return {
    mode,
    data,
    schema,
    format: reader.choice('format', ['auto', ...dataFormats], 'auto'),
    csv: csv.options,
    checks: parsed.checks,
    rules,
    invalidRows: readInvalidRows(reader),
    reference,
    workspace: reader.workspace,
  };
}

function readSchemaPath(reader: InputReader, mode: Config['mode']): ShownFile | null {
  const path = reader.path('schema-path', { inside: true });
  if (path === null) return null;
  const shown = relative(reader.workspace, path).split(sep).join('/');
  const found = statOf(path);
  if (found?.isDirectory() === true) {
    reader.add({ input: 'schema-path', message: `${shown} is a folder`, allowed: 'one JSON Schema file' });
  } else if (mode === 'infer' && existsSync(path)) {
    reader.add({
      input: 'schema-path',
      message: `${shown} exists already, and \`mode: infer\` writes a new schema`,
      allowed: 'a path where no file stands; remove the old schema to have it written anew',
    });
  }
  return { path, shown };
}

/** Undefined: nothing is there, or a link that leads to itself: seen when it is opened. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** `0` and `1%` as the checks `invalid_rows <= 0` and `invalid_fraction <= 1%`. */
function readInvalidRows(reader: InputReader): Check {
  const text = reader.text('max-invalid-rows', '0');
  const share = text.endsWith('%');
  const reading = share
    ? parseFraction(text, { minimum: 0, maximum: 1 })
    : parseInteger(text, { minimum: 0 });
  if (!reading.ok) {
    reader.add({
      input: 'max-invalid-rows',
      message: `${JSON.stringify(text.slice(0, 80))} is neither a number of rows nor a percentage`,
      allowed: 'a whole number from 0, or a percentage from 0% to 100%',
    });
  }
  const value = reading.ok ? reading.value : 0;
  const bound = share ? `${Number(text.slice(0, -1).trim())}%` : String(value);
  const metric = share ? 'invalid_fraction' : 'invalid_rows';
  return {
    id: `${metric} <= ${bound}`,
    metric,
    selector: null,
    condition: { kind: 'compare', operator: '<=', bound: { kind: 'number', value, text: bound } },
    confidence: null,
    severity: 'fail',
    place: null,
  };
}

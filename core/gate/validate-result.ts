/** Whether a document is a gate result: its schema, and what a schema cannot say. */

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { fold } from './judge.ts';
import schema from './result.schema.json' with { type: 'json' };
import type { CheckRecord, GateResult, Interval } from './types.ts';

let compiled: ValidateFunction | undefined;

/** Compiling takes tens of milliseconds: once, and only when a document is at hand. */
function validator(): ValidateFunction {
  if (compiled === undefined) {
    const ajv = new Ajv2020({
      allErrors: true,
      allowUnionTypes: true,
      strictRequired: false,
      strictTypes: false,
    });
    addFormats.default(ajv);
    compiled = ajv.compile(schema);
  }
  return compiled;
}

/** What is wrong with a document, each with its place as a JSON pointer; empty when it is a valid gate result. */
export function validateResult(document: unknown): string[] {
  const unwritable = unwritableNumbers(document, '');
  const validate = validator();
  if (!validate(document)) {
    const errors = (validate.errors ?? []).filter(
      (error) => error.keyword !== 'if' && error.keyword !== 'anyOf',
    );
    return [...new Set([...unwritable, ...errors.map(describe)])];
  }
  return [...unwritable, ...inconsistencies(document as GateResult)];
}

function describe(error: ErrorObject): string {
  const where = error.instancePath === '' ? 'the document' : error.instancePath;
  const { params } = error;
  switch (error.keyword) {
    case 'additionalProperties':
      return `${where} has an unknown field \`${params.additionalProperty}\``;
    case 'required':
      return `${where} lacks \`${params.missingProperty}\``;
    case 'const':
      return `${where} must be ${JSON.stringify(params.allowedValue)}`;
    case 'enum':
      return `${where} must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    default:
      return `${where} ${error.message ?? 'is not valid'}`;
  }
}

/** NaN and infinities, which JSON would write as null. */
function unwritableNumbers(value: unknown, where: string): string[] {
  if (typeof value === 'number')
    return Number.isFinite(value) ? [] : [`${where} is ${value}, which JSON cannot hold`];
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    return [`${where} is a ${typeof value}, which JSON cannot hold`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      item === undefined ? [`${where}/${index} is undefined`] : unwritableNumbers(item, `${where}/${index}`),
    );
  }
  if (ArrayBuffer.isView(value)) return [`${where} is a typed array, which JSON would write as an object`];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const name = key.replaceAll('~', '~0').replaceAll('/', '~1');
    return unwritableNumbers(item, `${where}/${name}`);
  });
}

function inconsistencies({ subject, predicate }: GateResult): string[] {
  const problems: string[] = [];
  const { gate } = predicate;
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };

  const verdict = fold(gate.checks.map((check) => ({ check, verdict: check.verdict })));
  expect(
    gate.verdict === verdict,
    `/predicate/gate/verdict is ${gate.verdict}, but the checks amount to ${verdict}`,
  );
  const idsOf = (wanted: (check: CheckRecord) => boolean): string[] =>
    gate.checks.filter(wanted).map((check) => check.id);
  const lists = [
    ['passedTests', idsOf((check) => check.verdict === 'pass')],
    ['warnedTests', idsOf((check) => check.verdict !== 'pass' && check.severity === 'warn')],
    ['failedTests', idsOf((check) => check.verdict !== 'pass' && check.severity === 'fail')],
  ] as const;
  for (const [name, ids] of lists) {
    expect(sameItems(predicate[name], ids), `/predicate/${name} disagrees with the verdicts of the checks`);
  }
  expect(
    new Set(gate.checks.map((check) => check.id)).size === gate.checks.length,
    '/predicate/gate/checks repeats an id',
  );
  expect(new Set(subject.map((each) => each.name)).size === subject.length, '/subject repeats a name');
  expect(
    Date.parse(gate.startedAt) <= Date.parse(gate.finishedAt),
    '/predicate/gate/finishedAt is before startedAt',
  );

  gate.checks.forEach((check, index) => {
    const where = `/predicate/gate/checks/${index}`;
    expect(isOrdered(check.interval), `${where}/interval has its low end above its high end`);
    expect(
      isOrdered(check.difference?.interval ?? null),
      `${where}/difference/interval has its low end above its high end`,
    );
  });
  const undefinedNames = Object.keys(gate.metrics).filter((name) => gate.metrics[name] === null);
  expect(
    sameItems(undefinedNames, Object.keys(gate.undefinedMetrics)),
    '/predicate/gate/undefinedMetrics must give a reason for each metric that is null, and for no other',
  );
  return problems;
}

function isOrdered(interval: Interval | null): boolean {
  return interval === null || interval.low <= interval.high;
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  const set = new Set(a);
  return set.size === new Set(b).size && b.every((item) => set.has(item));
}

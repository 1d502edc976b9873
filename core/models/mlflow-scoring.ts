/**
 * MLflow's scoring server: POST /invocations with `dataframe_split`.
 * https://mlflow.org/docs/latest/deployment/deploy-model-locally.html#inference-server-specification
 */

import { RunError } from '../inputs/errors.ts';
import type { Batch, Column } from '../tables/types.ts';
import { chooseFeatures } from './bind-features.ts';
import { cellJson, type EndpointOptions, httpOptions, predictInParts } from './endpoint-requests.ts';
import { excerpt, redactUrl, request } from './http-client.ts';
import { isRecord, textIn } from './json.ts';
import { readPredictions } from './mlflow-predictions.ts';
import type { ModelFacts, PredictedBatch, Predictor } from './types.ts';

/** `/invocations` is added to an address without a path. @throws RunError */
export async function openMlflowScoring(url: string, options: EndpointOptions): Promise<Predictor> {
  const address = invocationsUrl(url);
  const columns = chooseFeatures(options.columns, options);
  let classes: readonly string[] | null = null;
  const facts: ModelFacts = {
    name: redactUrl(address),
    kind: 'endpoint',
    files: [],
    inputs: [],
    outputs: [],
    producer: null,
    opset: null,
    /** Known once the service has named its score columns. */
    get classes() {
      return classes;
    },
  };
  const http = httpOptions(options);

  async function send(batch: Batch, from: number, rows: number): Promise<PredictedBatch> {
    const body = frameJson(columns, batch, from, rows, options);
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } } as const;
    const answer = await request(address, http, init, async (response) => {
      const text = await response.text();
      if (!response.ok) throw refused(facts.name, response.status, text);
      return parseAnswer(facts.name, text);
    });
    const { predicted, scoreNames } = readPredictions(answer, rows, facts.name);
    if (classes !== null && scoreNames !== null && classes.join('\n') !== scoreNames.join('\n')) {
      throw new RunError(
        `${facts.name} named its score columns ${classes.join(', ')}, then ${scoreNames.join(', ')}.`,
      );
    }
    classes = scoreNames ?? classes;
    return predicted;
  }

  return {
    facts,
    featureColumns: columns.map((column) => column.name),
    fixedBatch: null,
    predict: (batch) => predictInParts(batch, (from, rows) => send(batch, from, rows)),
    close: async () => {},
  };
}

function invocationsUrl(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new RunError(`endpoint-url ${redactUrl(url)} is not a valid address.`);
  }
  if (parsed.pathname === '/') parsed.pathname = '/invocations';
  return parsed.href;
}

function frameJson(
  columns: readonly Column[],
  batch: Batch,
  from: number,
  rows: number,
  options: EndpointOptions,
): string {
  const cells = columns.map((column) => {
    const found = batch.columns.get(column.name);
    if (found === undefined) throw new Error(`the batch lacks the column ${column.name}`);
    return { column, found };
  });
  const lines: string[] = [];
  for (let row = from; row < from + rows; row++) {
    lines.push(`[${cells.map(({ column, found }) => cellJson(column, found, row, options)).join(',')}]`);
  }
  const names = JSON.stringify(columns.map((column) => column.name));
  return `{"dataframe_split":{"columns":${names},"data":[${lines.join(',')}]}}`;
}

function refused(name: string, status: number, text: string): RunError {
  const hint =
    status === 404
      ? ' Is the path right? MLflow answers at /invocations.'
      : status === 401 || status === 403
        ? ' It wants credentials.'
        : '';
  return new RunError(`${name} answered ${status}: ${excerpt(messageIn(text)).replace(/\.$/, '')}.${hint}`);
}

/** MLflow's `message` may say little; then its stack trace ends in the exception itself. */
function messageIn(text: string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return text;
  }
  const message = isRecord(body) ? textIn(body, 'message') : null;
  if (message === null || !isRecord(body)) return text;
  if (message.startsWith('Encountered an unexpected error')) {
    const trace = textIn(body, 'stack_trace') ?? '';
    const start = [...trace.matchAll(/^[\w.]+: /gm)].at(-1)?.index;
    if (start !== undefined) return trace.slice(start);
  }
  // The data come first and may be long; what is wrong with them follows.
  return message.replace(/^Failed to predict data '.*?'\.\s*(?=Error:)/s, '');
}

function parseAnswer(name: string, text: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new RunError(`${name} did not answer with JSON: ${excerpt(text)}`);
  }
  if (Array.isArray(answer)) return answer;
  if (!isRecord(answer) || !('predictions' in answer)) {
    throw new RunError(`${name} answered without \`predictions\`: ${excerpt(text)}`);
  }
  return answer.predictions;
}

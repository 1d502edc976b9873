/** The Open Inference Protocol (KServe v2): https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol */

import { RunError } from '../inputs/errors.ts';
import type { Batch } from '../tables/types.ts';
import { type Binding, type BoundInput, bindFeatures, chooseFeatures } from './bind-features.ts';
import { cellJson, type EndpointOptions, httpOptions, predictInParts } from './endpoint-requests.ts';
import { excerpt, type HttpOptions, redactUrl, request } from './http-client.ts';
import { isRecord, textIn } from './json.ts';
import { planOutputs, readOutputs, type TensorLike } from './outputs.ts';
import type { ModelFacts, ModelInput, PredictedBatch, Predictor } from './types.ts';

const typeOf: Readonly<Record<string, string>> = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
};
const datatypeOf = Object.fromEntries(Object.entries(typeOf).map(([datatype, type]) => [type, datatype]));

/** The address must name the model: `https://host/v2/models/<name>`. @throws RunError */
export async function openKserve(url: string, options: EndpointOptions): Promise<Predictor> {
  const address = modelUrl(url);
  const http = httpOptions(options);
  const metadata = await getMetadata(address, http);
  const name = redactUrl(address);
  const declared = tensorsIn(metadata, 'inputs');
  const binding =
    declared.length > 0 ? bindFeatures(options.columns, declared, options) : oneInputPerColumn(options);
  for (const note of binding.notes) options.log.info(`${name}: ${note}`);
  const facts: ModelFacts = {
    name,
    kind: 'endpoint',
    files: [],
    inputs: declared,
    outputs: tensorsIn(metadata, 'outputs'),
    producer: textIn(metadata, 'platform'),
    opset: null,
    classes: null,
  };
  return {
    facts,
    featureColumns: binding.columns,
    fixedBatch: null,
    predict: (batch) =>
      predictInParts(batch, (from, rows) => infer(address, http, facts, binding, batch, from, rows, options)),
    close: async () => {},
  };
}

function modelUrl(url: string): string {
  const match = /^(https?:\/\/.*?\/v2\/models\/[^/?#]+(?:\/versions\/[^/?#]+)?)(?:\/infer)?\/?$/.exec(url);
  if (match?.[1] === undefined) {
    throw new RunError(
      `endpoint-url ${redactUrl(url)} does not name the model: with kserve-v2 write https://host/v2/models/<name>.`,
    );
  }
  return match[1];
}

async function getMetadata(address: string, http: HttpOptions): Promise<Readonly<Record<string, unknown>>> {
  return await request(address, http, { method: 'GET' }, async (response) => {
    const text = await response.text();
    if (!response.ok) throw refused(address, response.status, text);
    return parseObject(address, text);
  });
}

async function infer(
  address: string,
  http: HttpOptions,
  facts: ModelFacts,
  binding: Binding,
  batch: Batch,
  from: number,
  rows: number,
  options: EndpointOptions,
): Promise<PredictedBatch> {
  const inputs = binding.inputs.map((bound) => inputJson(bound, batch, from, rows, options));
  const init = {
    method: 'POST',
    body: `{"inputs":[${inputs.join(',')}]}`,
    headers: { 'content-type': 'application/json' },
  } as const;
  const answer = await request(`${address}/infer`, http, init, async (response) => {
    const text = await response.text();
    if (!response.ok) throw refused(`${address}/infer`, response.status, text);
    return parseObject(`${address}/infer`, text);
  });
  const tensors: Record<string, TensorLike> = {};
  const outputs = Array.isArray(answer.outputs) ? answer.outputs.filter(isRecord) : [];
  const described: ModelInput[] = [];
  for (const output of outputs) {
    const name = textIn(output, 'name') ?? '';
    const type = typeOf[textIn(output, 'datatype') ?? ''] ?? 'unknown';
    const dims = Array.isArray(output.shape) ? output.shape.filter((size) => typeof size === 'number') : [];
    const data: unknown[] = Array.isArray(output.data) ? output.data.flat(8) : [];
    if (!data.every(isScalar))
      throw new RunError(`${facts.name} answered with an output \`${name}\` that holds no plain values.`);
    tensors[name] = { type, dims, data };
    described.push({ name, type, shape: dims.map((size, i) => (i === 0 ? null : size)) });
  }
  const plan = planOutputs({ name: facts.name, outputs: described, classes: null }, []);
  return readOutputs(plan, tensors, rows, rows);
}

function inputJson(
  bound: BoundInput,
  batch: Batch,
  from: number,
  rows: number,
  options: EndpointOptions,
): string {
  const { input } = bound;
  const cells = bound.columns.map((column) => {
    const found = batch.columns.get(column.name);
    if (found === undefined) throw new Error(`the batch lacks the column ${column.name}`);
    return { column, found };
  });
  const data: string[] = [];
  for (let row = from; row < from + rows; row++) {
    for (const { column, found } of cells) {
      const text = cellJson(column, found, row, options);
      data.push(
        input.type === 'string' && !text.startsWith('"') && text !== 'null' ? JSON.stringify(text) : text,
      );
    }
  }
  const shape = JSON.stringify([rows, ...bound.rowShape]);
  const datatype = datatypeOf[input.type];
  if (datatype === undefined)
    throw new RunError(`The model's input \`${input.name}\` has a type that is not known.`);
  return `{"name":${JSON.stringify(input.name)},"shape":${shape},"datatype":"${datatype}","data":[${data.join(',')}]}`;
}

/** For a service that declares no inputs: each column under its own name. */
function oneInputPerColumn(options: EndpointOptions): Binding {
  const columns = chooseFeatures(options.columns, options);
  const types = {
    number: 'float64',
    integer: 'int64',
    bigint: 'int64',
    boolean: 'bool',
    string: 'string',
    other: 'string',
  };
  return {
    inputs: columns.map((column) => ({
      input: { name: column.name, type: types[column.kind], shape: [null, 1] },
      columns: [column],
      rowShape: column.cellShape.length > 0 ? column.cellShape : [1],
    })),
    columns: columns.map((column) => column.name),
    notes: ['The service declares no inputs: each column is sent under its own name.'],
  };
}

function tensorsIn(metadata: Readonly<Record<string, unknown>>, key: 'inputs' | 'outputs'): ModelInput[] {
  const list = metadata[key];
  if (!Array.isArray(list)) return [];
  return list.filter(isRecord).map((tensor) => ({
    name: textIn(tensor, 'name') ?? '',
    type: typeOf[textIn(tensor, 'datatype') ?? ''] ?? 'unknown',
    shape: Array.isArray(tensor.shape)
      ? tensor.shape.map((size: unknown) => (typeof size === 'number' && size >= 0 ? size : null))
      : [],
  }));
}

function refused(address: string, status: number, text: string): RunError {
  const hint =
    status === 404
      ? ' Is the name of the model right?'
      : status === 401 || status === 403
        ? ' It wants credentials.'
        : '';
  return new RunError(`${redactUrl(address)} answered ${status}: ${excerpt(text)}.${hint}`);
}

function parseObject(address: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Said below, like any other answer that is no object.
  }
  throw new RunError(`${redactUrl(address)} did not answer with a JSON object: ${excerpt(text)}`);
}

function isScalar(value: unknown): value is number | string | boolean {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}

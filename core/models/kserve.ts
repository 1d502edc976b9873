/** The Open Inference Protocol (KServe v2): https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol */

import { RunError } from '../inputs/errors.ts';
import type { Batch, Column } from '../tables/types.ts';
import {
  type Binding,
  type BoundInput,
  bindFeatures,
  chooseFeatures,
  positionNotices,
} from './bind-features.ts';
import { cellJson, type EndpointOptions, httpOptions, predictInParts } from './endpoint-requests.ts';
import { FeatureValueError } from './feeds.ts';
import { excerpt, type HttpOptions, redactUrl, request } from './http-client.ts';
import { isRecord, textIn } from './json.ts';
import { readTensors } from './kserve-outputs.ts';
import { planOutputs, readOutputs } from './outputs.ts';
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
    notices: positionNotices(binding),
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
    if (response.headers.has('inference-header-content-length')) {
      throw new RunError(`${redactUrl(address)}/infer answered in binary, though JSON was asked for.`);
    }
    return parseObject(`${address}/infer`, text);
  });
  const tensors = readTensors(facts.name, answer, typeOf);
  const described = tensors.map(
    ({ name, type, dims }): ModelInput => ({
      name,
      type,
      shape: dims.map((size, i) => (i === 0 ? null : size)),
    }),
  );
  const plan = planOutputs({ name: facts.name, outputs: described, classes: null }, []);
  const byName = Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor]));
  return readOutputs(plan, byName, rows, rows);
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
      data.push(cellOfType(input.type, column, row, cellJson(column, found, row, options)));
    }
  }
  const shape = JSON.stringify([rows, ...bound.rowShape]);
  const datatype = datatypeOf[input.type];
  if (datatype === undefined)
    throw new RunError(`The model's input \`${input.name}\` has a type that is not known.`);
  return `{"name":${JSON.stringify(input.name)},"shape":${shape},"datatype":"${datatype}","data":[${data.join(',')}]}`;
}

/** What ONNX Runtime would be fed: booleans as 1 and 0 to numbers, and no fraction where the model wants integers. */
function cellOfType(type: string, column: Column, row: number, text: string): string {
  if (text === 'null' || text.startsWith('[')) return text;
  if (type === 'string') return text.startsWith('"') ? text : JSON.stringify(text);
  if (type === 'bool') return text;
  const number = text === 'true' ? '1' : text === 'false' ? '0' : text;
  if (!/^u?int/.test(type)) return number;
  const whole = number.endsWith('.0') ? number.slice(0, -2) : number;
  if (/^-?\d+$/.test(whole)) return whole;
  throw new FeatureValueError(column.name, row, `is ${text}, and the model wants ${type}`);
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
    byPosition: false,
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

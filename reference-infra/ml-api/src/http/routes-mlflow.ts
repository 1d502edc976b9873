/**
 * What MLflow's scoring server answers at /invocations, /ping and /version.
 * https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/
 */

import type { FastifyInstance } from 'fastify';
import { malformed, shown } from '../errors.ts';
import { csvTable } from '../input/csv.ts';
import { instancesTable } from '../input/instances.ts';
import { decodeText, isObject, type JsonObject, parseJson } from '../input/json.ts';
import type { Layout } from '../input/layout.ts';
import { encodeTensors, type GivenTensor } from '../input/named-tensors.ts';
import { columnsTable, recordsTable } from '../input/records.ts';
import { type EncodedRows, type EncodeOptions, encodeRows, type Table } from '../input/rows.ts';
import type { ModelDescription } from '../model/description.ts';
import type { Tensors } from '../model/tensors.ts';
import { mappedRows, nestedValues, toJson } from '../output/cells.ts';
import { records, tensorOf } from '../output/predictions.ts';
import { checkRows, predict } from './predict.ts';
import { currentModel, type Service } from './service.ts';

const formats = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;
const required = `The input must be a JSON dictionary with exactly one of the input fields ${formats.join(', ')}`;

type Given =
  | {
      readonly kind: 'table';
      readonly table: Table;
      /** A data frame is answered by records, what MLflow makes a dictionary of arrays of by output. */
      readonly answer: 'records' | 'outputs';
    }
  | { readonly kind: 'tensors'; readonly tensors: readonly GivenTensor[]; readonly answer: 'outputs' };

export function mlflowRoutes(app: FastifyInstance, service: Service, version: string): void {
  const { missingAsNan, requestMaxRows } = service.config;
  const options: EncodeOptions = {
    missingAsNan,
    booleansAsNumbers: true,
    ignoreExtra: true,
    namesByPosition: true,
  };
  const config = { predicts: true, protocol: 'mlflow', takes: ['application/json', 'text/csv'] } as const;
  app.post('/invocations', { config }, async (request, reply) => {
    const model = currentModel(service);
    const { layout, description } = model;
    const body = request.body as Buffer;
    const csv = /^text\/csv\b/i.test(request.headers['content-type'] ?? '');
    const given: Given = csv
      ? { kind: 'table', table: csvTable(decodeText(body), layout), answer: 'records' }
      : readFormat(parseJson(body, layout.exactIntegers), layout);
    let encoded: EncodedRows;
    if (given.kind === 'table') {
      checkRows(given.table.rows.length, requestMaxRows);
      encoded = encodeRows(layout, given.table, options);
    } else {
      encoded = encodeTensors(layout, given.tensors, options);
      checkRows(encoded.rows, requestMaxRows);
    }
    reply.type('application/json');
    return await predict(service, request, reply, model, encoded, (outputs) =>
      toJson({
        predictions:
          given.answer === 'records'
            ? records(description, outputs, encoded.rows)
            : outputsByName(description, outputs, encoded.rows),
      }),
    );
  });
  // MLflow's server is healthy when its model is loaded, and answers with an empty line.
  app.get('/ping', { config: { protocol: 'mlflow' } }, async (_, reply) => {
    currentModel(service);
    return reply.type('application/json').send('\n');
  });
  app.get('/version', async (_, reply) => reply.type('text/plain').send(version));
}

function readFormat(body: unknown, layout: Layout): Given {
  if (!isObject(body))
    throw malformed(`${required}. Received ${Array.isArray(body) ? 'a list' : shown(body)}.`);
  const found = formats.filter((format) => Object.hasOwn(body, format));
  const [format] = found;
  if (format === undefined || found.length > 1)
    throw malformed(`${required}. Received dictionary with input fields: ${shown(Object.keys(body))}.`);
  switch (format) {
    case 'dataframe_split':
      return { kind: 'table', table: splitTable(body.dataframe_split), answer: 'records' };
    case 'dataframe_records': {
      const rows = body.dataframe_records;
      if (!Array.isArray(rows))
        throw malformed(`Dataframe records format must be a list of records. Got ${shown(rows)}.`);
      return { kind: 'table', table: recordsTable(rows, layout, true), answer: 'records' };
    }
    case 'instances':
      return readInstances(body.instances, layout);
    case 'inputs':
      return readInputs(body.inputs, layout);
  }
}

/** `{"columns": […], "data": [[…], …], "index": […]}` */
function splitTable(split: unknown): Table {
  if (!isObject(split)) throw malformed(`Dataframe split format must be a dictionary. Got ${shown(split)}.`);
  const { data, columns } = split;
  const extra = Object.keys(split).filter((key) => !['columns', 'data', 'index'].includes(key));
  if (data === undefined || extra.length > 0) {
    throw malformed(
      `Dataframe split format must have 'data' field and optionally 'columns' and 'index' fields. Got ${shown(Object.keys(split))}.`,
    );
  }
  if (!Array.isArray(data))
    throw malformed(`\`dataframe_split.data\` is ${shown(data)}; an array of rows is wanted.`);
  if (columns !== undefined && columns !== null && !Array.isArray(columns))
    throw malformed(`\`dataframe_split.columns\` is ${shown(columns)}; an array of names is wanted.`);
  const rows = data.map((row, i): readonly unknown[] => {
    if (Array.isArray(row)) return row;
    throw malformed(`Row ${i} of \`dataframe_split.data\` is ${shown(row)}; an array of values is wanted.`);
  });
  return { rows, columns: Array.isArray(columns) ? columns.map(columnName) : null };
}

/** pandas also takes numbers for names. */
function columnName(name: unknown): string {
  if (typeof name === 'string' || typeof name === 'number') return String(name);
  throw malformed(`\`dataframe_split.columns\` holds ${shown(name)}; names are wanted.`);
}

/** Rows as arrays are a tensor; rows as objects are columns by name. */
function readInstances(instances: unknown, layout: Layout): Given {
  if (Array.isArray(instances) && isObject(instances[0])) {
    const answer = layout.framed ? 'records' : 'outputs';
    return { kind: 'table', table: instancesTable(instances, layout, true), answer };
  }
  return readTensor('instances', instances, layout);
}

function readInputs(inputs: unknown, layout: Layout): Given {
  if (!isObject(inputs)) return readTensor('inputs', inputs, layout);
  const byColumn =
    layout.vector !== null && layout.named && !Object.hasOwn(inputs, layout.vector.name)
      ? layout.vector
      : null;
  if (byColumn !== null) {
    const names = (layout.features ?? []).map((feature) => feature.name);
    const known = Object.fromEntries(Object.entries(inputs).filter(([name]) => names.includes(name)));
    const table = columnsTable(Object.keys(known).length === 0 ? inputs : known);
    return { kind: 'table', table, answer: layout.framed ? 'records' : 'outputs' };
  }
  return { kind: 'tensors', tensors: tensorsOf(inputs), answer: 'outputs' };
}

function tensorsOf(inputs: JsonObject): GivenTensor[] {
  return Object.entries(inputs).map(([name, data]) => ({
    name,
    // One value is a row of one.
    data: Array.isArray(data) ? data : [data],
    shape: null,
  }));
}

/** An array without a name, for a model with one input. */
function readTensor(format: string, data: unknown, layout: Layout): Given {
  if (!Array.isArray(data)) throw malformed(`\`${format}\` is ${shown(data)}; an array of rows is wanted.`);
  const [only] = layout.inputs;
  if (layout.inputs.length !== 1 || only === undefined) {
    const names = layout.inputs.map((input) => `\`${input.name}\``).join(', ');
    throw malformed(
      `\`${format}\` is an array without names, and the model has ${layout.inputs.length} inputs: ${names}. Send {"inputs": {name: values, …}}.`,
    );
  }
  return { kind: 'tensors', tensors: [{ name: only.name, data, shape: null }], answer: 'outputs' };
}

/** Each output with its own dimensions, under its name. */
function outputsByName(description: ModelDescription, outputs: Tensors, rows: number): object {
  return Object.fromEntries(
    description.outputs.map((output) => {
      const tensor = tensorOf(output, outputs);
      const mapped = output.labels === null ? null : mappedRows(tensor, rows, output.labels);
      return [output.name, mapped ?? nestedValues(tensor)];
    }),
  );
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunError } from '../inputs/errors.ts';
import { silentLog } from '../report/log.ts';
import type { Batch, Column, ColumnBatch, ColumnKind } from '../tables/types.ts';
import { openEndpoint } from './endpoint.ts';
import type { EndpointOptions } from './endpoint-requests.ts';
import { FeatureValueError } from './feeds.ts';

let server: Server;
let url: string;
let requests: { method: string; path: string; text: string; authorization: string | undefined }[];
let atOnce: number;
let mostAtOnce: number;
let answer: (
  body: Record<string, unknown>,
  call: number,
) => { status?: number; text: string; headers?: Record<string, string> };

beforeEach(async () => {
  requests = [];
  atOnce = 0;
  mostAtOnce = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    atOnce++;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url: path = '', headers } = request;
      requests.push({ method, path, text, authorization: headers.authorization });
      setTimeout(() => {
        const reply = answer(
          text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
          requests.length,
        );
        atOnce--;
        response.writeHead(reply.status ?? 200, reply.headers).end(reply.text);
      }, 2);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await new Promise((closed) => server.close(closed));
});

const columns: Column[] = [
  { name: 'age', kind: 'number', cellShape: [] },
  { name: 'visits', kind: 'integer', cellShape: [] },
  { name: 'city', kind: 'string', cellShape: [] },
  { name: 'member', kind: 'boolean', cellShape: [] },
  { name: 'id', kind: 'bigint', cellShape: [] },
  { name: 'label', kind: 'string', cellShape: [] },
];
const options: EndpointOptions = {
  columns,
  labelColumn: 'label',
  featureColumns: null,
  missingValues: 'error',
  log: silentLog,
  sleep: async () => {},
};

function batchOf(cells: Readonly<Record<string, ColumnBatch>>): Batch {
  const [first] = Object.values(cells);
  return { firstRow: 0, rows: first?.values.length ?? 0, columns: new Map(Object.entries(cells)) };
}
const numeric = (...values: number[]): ColumnBatch => ({
  kind: 'numeric',
  values: Float64Array.from(values),
  missing: null,
});
const text = (...values: (string | null)[]): ColumnBatch => ({ kind: 'text', values });

const two = batchOf({
  age: numeric(40, 41.5),
  visits: numeric(3, 4),
  city: text('Köln "am" Rhein', 'Bonn'),
  member: numeric(1, 0),
  id: text('9007199254740993', '7'),
});
const ages = (n: number) => batchOf({ age: numeric(...Array.from({ length: n }, (_, i) => i)) });
const onlyAge = { ...options, featureColumns: ['age'] };

describe('the MLflow scoring server', () => {
  it('gets a data frame at /invocations, each kind of cell as it is', async () => {
    answer = () => ({ text: '{"predictions": ["yes", "no"]}' });
    const predictor = await openEndpoint(url, 'mlflow', options);
    const predicted = await predictor.predict(two);
    expect(predicted).toEqual({ rows: 2, labels: ['yes', 'no'], scores: null, values: null });
    expect(requests[0]).toMatchObject({ method: 'POST', path: '/invocations' });
    expect(requests[0]?.text).toBe(
      '{"dataframe_split":{"columns":["age","visits","city","member","id"],"data":' +
        '[[40.0,3,"Köln \\"am\\" Rhein",true,9007199254740993],[41.5,4,"Bonn",false,7]]}}',
    );
    expect(predictor.facts).toMatchObject({ name: `${url}/invocations`, kind: 'endpoint', classes: null });
  });

  it.each([
    ['numbers, which may be labels or values', '[0, 1]', { values: [0, 1] }],
    ['booleans', '[true, false]', { labels: ['true', 'false'] }],
    ['rows of scores', '[[0.2, 0.8], [0.6, 0.4]]', { scores: [0.2, 0.8, 0.6, 0.4], width: 2 }],
    ['one score a row', '[[0.2], [0.6]]', { values: [0.2, 0.6] }],
    [
      'records of class and score',
      '[{"a": 0.2, "b": 0.8}, {"b": 0.4, "a": 0.6}]',
      { scores: [0.2, 0.8, 0.6, 0.4], width: 2, classes: ['a', 'b'] },
    ],
    [
      'records of label and scores',
      '[{"label": 1, "probability": [0.2, 0.8]}, {"label": 0, "probability": [0.6, 0.4]}]',
      { labels: ['1', '0'], scores: [0.2, 0.8, 0.6, 0.4], width: 2 },
    ],
    [
      'the outputs of an ONNX model',
      '{"label": ["a", "b"], "probabilities": [[0.2, 0.8], [0.6, 0.4]]}',
      { labels: ['a', 'b'], scores: [0.2, 0.8, 0.6, 0.4], width: 2 },
    ],
    [
      'the maps of a ZipMap',
      '{"l": [7, 9], "output_probability": [{"7": 0.8, "9": 0.2}, {"7": 0.1, "9": 0.9}]}',
      { scores: [0.8, 0.2, 0.1, 0.9], width: 2, classes: ['7', '9'] },
    ],
  ])(
    'may answer with %s',
    async (_, predictions, wanted: {
      labels?: string[];
      values?: number[];
      scores?: number[];
      width?: number;
      classes?: string[];
    }) => {
      answer = () => ({ text: `{"predictions": ${predictions}}` });
      const predictor = await openEndpoint(url, 'mlflow', onlyAge);
      const { labels, scores, values } = await predictor.predict(ages(2));
      expect(labels).toEqual(wanted.labels ?? null);
      expect(values === null ? null : Array.from(values)).toEqual(wanted.values ?? null);
      expect(scores === null ? null : Array.from(scores.values)).toEqual(wanted.scores ?? null);
      expect(scores?.width).toBe(wanted.width);
      expect(predictor.facts.classes).toEqual(wanted.classes ?? null);
    },
  );

  it('gets a large batch in parts, four at once at most, and the answers keep their order', async () => {
    answer = (body) => {
      const { data } = body.dataframe_split as { data: number[][] };
      return { text: JSON.stringify({ predictions: data.map(([age]) => age) }) };
    };
    const predicted = await (await openEndpoint(url, 'mlflow', onlyAge)).predict(ages(9500));
    expect(requests).toHaveLength(10);
    expect(mostAtOnce).toBeGreaterThan(1);
    expect(mostAtOnce).toBeLessThanOrEqual(4);
    expect(predicted.rows).toBe(9500);
    expect(predicted.values?.every((value, i) => value === i)).toBe(true);
  });

  it('is asked again after 503, and not after 400', async () => {
    answer = (_, call) =>
      call < 3 ? { status: 503, text: 'busy', headers: { 'retry-after': '0' } } : { text: '[1]' };
    const predictor = await openEndpoint(url, 'mlflow', onlyAge);
    expect((await predictor.predict(ages(1))).values).toEqual(Float64Array.of(1));
    expect(requests).toHaveLength(3);
    answer = () => ({
      status: 400,
      text: JSON.stringify({ message: `bad\u001b[31m ${'x'.repeat(500)}`, stack_trace: 'at f' }),
    });
    const failed = predictor.predict(ages(1));
    await expect(failed).rejects.toThrow(/invocations answered 400: bad \[31m x{190,}…\.$/);
    expect(requests).toHaveLength(4);
  });

  it.each([
    ['too few predictions', '{"predictions": [1]}', /gave 1 predictions for 2 rows/],
    ['a missing prediction', '{"predictions": [1, null]}', /neither labels nor finite numbers/],
    ['rows of unequal length', '{"predictions": [[1, 2], [1]]}', /neither labels nor finite numbers/],
    ['no predictions', '{"result": []}', /answered without `predictions`/],
    ['no JSON', '<html>', /did not answer with JSON: <html>/],
  ])('answers with %s', async (_, reply, message) => {
    answer = () => ({ text: reply });
    const predictor = await openEndpoint(url, 'mlflow', onlyAge);
    await expect(predictor.predict(ages(2))).rejects.toThrow(message);
  });

  it('says what a Python exception says, when MLflow itself says little', async () => {
    const body = {
      error_code: 'BAD_REQUEST',
      message:
        'Encountered an unexpected error while evaluating the model. Verify that the serialized input …',
      stack_trace:
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    raise ValueError(m)\nValueError: The feature names should match\n- a\n',
    };
    answer = () => ({ status: 400, text: JSON.stringify(body) });
    const predictor = await openEndpoint(url, 'mlflow', onlyAge);
    await expect(predictor.predict(ages(1))).rejects.toThrow(
      /answered 400: ValueError: The feature names should match - a\.$/,
    );
    const enforced = "Failed to predict data '     a\n0  1.0'. \nError: Failed to enforce schema";
    answer = () => ({ status: 400, text: JSON.stringify({ message: enforced }) });
    await expect(predictor.predict(ages(1))).rejects.toThrow(
      /answered 400: Error: Failed to enforce schema\.$/,
    );
  });

  it('gets no missing value unless that was asked for, and never infinity', async () => {
    answer = () => ({ text: '[1, 2]' });
    const holes = batchOf({ age: numeric(1, Number.NaN) });
    const strict = await openEndpoint(url, 'mlflow', onlyAge);
    await expect(strict.predict(holes)).rejects.toThrow(FeatureValueError);
    const lenient = await openEndpoint(url, 'mlflow', { ...onlyAge, missingValues: 'nan' });
    await lenient.predict(holes);
    expect(requests[0]?.text).toContain('[[1.0],[null]]');
    await expect(lenient.predict(batchOf({ age: numeric(Number.POSITIVE_INFINITY) }))).rejects.toThrow(
      /infinite/,
    );
  });

  it('gets the credentials of the address, which are not shown', async () => {
    answer = () => ({ status: 401, text: 'no' });
    const predictor = await openEndpoint(url.replace('//', '//me:secret@'), 'mlflow', onlyAge);
    const failed = predictor.predict(ages(1));
    await expect(failed).rejects.toThrow(/answered 401: no\. It wants credentials\./);
    await expect(failed).rejects.not.toThrow(/secret/);
    expect(requests[0]?.authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
  });
});

describe('the Open Inference Protocol', () => {
  const metadata = {
    name: 'iris',
    platform: 'onnxruntime_onnx',
    inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 2] }],
    outputs: [{ name: 'p', datatype: 'FP32', shape: [-1, 2] }],
  };
  const outputs = [
    { name: 'label', datatype: 'INT64', shape: [2], data: [1, 0] },
    { name: 'p', datatype: 'FP32', shape: [2, 2], data: [0.2, 0.8, 0.6, 0.4] },
  ];
  const pair = { ...options, featureColumns: ['age', 'visits'] };

  it('gets the tensors that the model declares', async () => {
    answer = (_, call) => ({ text: JSON.stringify(call === 1 ? metadata : { outputs }) });
    const predictor = await openEndpoint(`${url}/v2/models/iris/infer`, 'kserve-v2', pair);
    const predicted = await predictor.predict(two);
    expect(requests.map((request) => `${request.method} ${request.path}`)).toEqual([
      'GET /v2/models/iris',
      'POST /v2/models/iris/infer',
    ]);
    expect(JSON.parse(requests[1]?.text ?? '')).toEqual({
      inputs: [{ name: 'X', shape: [2, 2], datatype: 'FP32', data: [40, 3, 41.5, 4] }],
    });
    expect(predicted.labels).toEqual(['1', '0']);
    expect(predicted.scores).toEqual({ values: Float64Array.of(0.2, 0.8, 0.6, 0.4), width: 2 });
  });

  it('reads text labels', async () => {
    const words = [{ name: 'predict', datatype: 'BYTES', shape: [2, 1], data: ['yes', 'no'] }];
    answer = (_, call) => ({
      text: JSON.stringify(call === 1 ? { name: 'm', inputs: [] } : { outputs: words }),
    });
    const predictor = await openEndpoint(`${url}/v2/models/m`, 'kserve-v2', options);
    expect((await predictor.predict(two)).labels).toEqual(['yes', 'no']);
    expect(
      JSON.parse(requests[1]?.text ?? '').inputs.map((input: { datatype: string }) => input.datatype),
    ).toEqual(['FP64', 'INT64', 'BYTES', 'BOOL', 'INT64']);
  });

  it('must name the model', async () => {
    await expect(openEndpoint(url, 'kserve-v2', options)).rejects.toThrow(
      /write https:\/\/host\/v2\/models\/<name>/,
    );
  });

  it('says that there is no such model', async () => {
    answer = () => ({ status: 404, text: '{"error":"unknown model"}' });
    await expect(openEndpoint(`${url}/v2/models/x`, 'kserve-v2', options)).rejects.toThrow(
      /v2\/models\/x answered 404: \{"error":"unknown model"\}\. Is the name of the model right\?/,
    );
  });

  it('refuses data that do not fit what the model declares', async () => {
    answer = () => ({ text: JSON.stringify(metadata) });
    await expect(openEndpoint(`${url}/v2/models/x`, 'kserve-v2', onlyAge)).rejects.toThrow(
      /wants 2 features, but 1 columns/,
    );
  });

  it.each([
    [
      'fewer values than rows',
      { datatype: 'FP32', shape: [2, 2], data: [0.2, 0.8, 0.6] },
      /which is 4 values, and 3 values/,
    ],
    [
      'a shape of other values',
      { datatype: 'FP32', shape: [2, 1], data: [0.2, 0.8, 0.6, 0.4] },
      /shape \[2, 1\], which is 2 values, and 4/,
    ],
    [
      'null, as JSON writes NaN',
      { datatype: 'FP32', shape: [2, 2], data: [0.2, 0.8, null, 0.4] },
      /`p` of float32 whose value 3 is null/,
    ],
    [
      'text for numbers',
      { datatype: 'FP64', shape: [2, 1], data: ['', '0.5'] },
      /`p` of float64 whose value 1 is ""/,
    ],
    [
      'a fraction as text',
      { datatype: 'INT64', shape: [2], data: ['1', '0.5'] },
      /`p` of int64 whose value 2 is "0\.5"/,
    ],
    ['numbers for text', { datatype: 'BYTES', shape: [2], data: [1, 2] }, /`p` of string whose value 1 is 1/],
    ['objects', { datatype: 'BYTES', shape: [2], data: [{ a: 1 }, 'b'] }, /whose value 1 is \{"a":1\}/],
    ['nothing', null, /answered without outputs/],
  ])('refuses an answer with %s', async (_, output, message) => {
    const outputs = output === null ? [] : [{ name: 'p', ...output }];
    answer = (__, call) => ({ text: JSON.stringify(call === 1 ? metadata : { outputs }) });
    const predictor = await openEndpoint(`${url}/v2/models/m`, 'kserve-v2', pair);
    const failed = predictor.predict(two);
    await expect(failed).rejects.toThrow(RunError);
    await expect(failed).rejects.toThrow(message);
  });

  it('reads 64-bit labels that are written as text, and nested rows', async () => {
    const outputs = [
      { name: 'label', datatype: 'INT64', shape: [2], data: ['9007199254740993', '0'] },
      {
        name: 'p',
        datatype: 'FP32',
        shape: [2, 2],
        data: [
          [0.2, 0.8],
          [0.6, 0.4],
        ],
      },
    ];
    answer = (_, call) => ({ text: JSON.stringify(call === 1 ? metadata : { outputs }) });
    const predictor = await openEndpoint(`${url}/v2/models/m`, 'kserve-v2', pair);
    const predicted = await predictor.predict(two);
    expect(predicted.labels).toEqual(['9007199254740993', '0']);
    expect(predicted.scores?.values).toEqual(Float64Array.of(0.2, 0.8, 0.6, 0.4));
  });

  it('gets booleans as numbers where it wants numbers, and no fraction where it wants integers', async () => {
    const declares = (datatype: string) => ({ name: 'm', inputs: [{ name: 'X', datatype, shape: [-1, 1] }] });
    const outputs = [{ name: 'label', datatype: 'INT64', shape: [2], data: [1, 0] }];
    const of = async (datatype: string, kind: ColumnKind, cells: ColumnBatch) => {
      requests.length = 0;
      answer = (_, call) => ({ text: JSON.stringify(call === 1 ? declares(datatype) : { outputs }) });
      const one = { ...options, columns: [{ name: 'a', kind, cellShape: [] }], featureColumns: ['a'] };
      const predictor = await openEndpoint(`${url}/v2/models/m`, 'kserve-v2', one);
      await predictor.predict(batchOf({ a: cells }));
      return JSON.parse(requests[1]?.text ?? '').inputs[0].data;
    };
    expect(await of('FP32', 'boolean', numeric(1, 0))).toEqual([1, 0]);
    expect(await of('BOOL', 'boolean', numeric(1, 0))).toEqual([true, false]);
    expect(await of('INT32', 'number', numeric(3, 4))).toEqual([3, 4]);
    await expect(of('INT32', 'number', numeric(3, 4.5))).rejects.toThrow(
      /`a` is 4\.5, and the model wants int32/,
    );
  });
});

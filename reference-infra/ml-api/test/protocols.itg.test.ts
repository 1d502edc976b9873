/** What clients get, by each protocol, from models that are made so that the answers are known. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { echo, echoColumns, lookup, scaled, shareOfBatch, writeModel } from './models.ts';
import { type RunningService, startService } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'protocols-'));
const running: RunningService[] = [];
async function start(model: string, env: Readonly<Record<string, string>> = {}): Promise<RunningService> {
  const service = await startService({ model, env });
  running.push(service);
  return service;
}
afterAll(async () => {
  await Promise.all(running.map((service) => service.stop()));
  rmSync(folder, { recursive: true, force: true });
});

describe('a model with one input a column', () => {
  let service: RunningService;
  const row = { age: 1.5, id: 7, city: 'Köln', member: true, embedding: [1, 2, 3] };
  beforeAll(async () => {
    const model = writeModel(
      folder,
      'columns.onnx',
      echoColumns({
        age: ['float32', ['N', 1]],
        id: ['int64', ['N', 1]],
        city: ['string', ['N', 1]],
        member: ['bool', ['N', 1]],
        embedding: ['float64', ['N', 3]],
      }),
    );
    service = await start(model);
  });
  const outputs = (given: object) =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [`${name}_out`, value]));

  test('takes rows as objects in any order and as arrays in its own', async () => {
    const { city, ...rest } = row;
    const answer = await service.post('/predict', { instances: [row, { city, ...rest }] });
    expect(answer).toMatchObject({
      status: 200,
      json: { model: 'model', predictions: [outputs(row), outputs(row)] },
    });
    const arrays = await service.post('/predict', { instances: [Object.values(row)] });
    expect(arrays.json.predictions).toEqual([outputs(row)]);
  });

  test('gives back 64-bit integers with all their digits, by every protocol', async () => {
    const digits = '-9223372036854775807';
    const text = JSON.stringify({ instances: [row] }).replace('"id":7', `"id":${digits}`);
    expect((await service.post('/predict', text)).text).toContain(`"id_out":${digits}`);
    const frame = text.replace('instances', 'dataframe_records');
    expect((await service.post('/invocations', frame)).text).toContain(`"id_out":${digits}`);
    const csv = `age,id,city,member,embedding\n1,${digits},x,true,1`;
    const refused = await service.post('/invocations', csv, { 'content-type': 'text/csv' });
    expect(refused).toMatchObject({ status: 400, json: { message: expect.stringContaining('embedding') } });
    const infer = await service.post(
      '/v2/models/model/infer',
      `{"inputs":[
        {"name":"age","shape":[1,1],"datatype":"FP32","data":[1]}, {"name":"id","shape":[1,1],"datatype":"INT64","data":[${digits}]},
        {"name":"city","shape":[1,1],"datatype":"BYTES","data":["x"]}, {"name":"member","shape":[1,1],"datatype":"BOOL","data":[true]},
        {"name":"embedding","shape":[1,3],"datatype":"FP64","data":[1,2,3]}],
        "outputs":[{"name":"id_out"},{"name":"member_out"}]}`,
    );
    expect(infer.text).toContain(`"data":[${digits}]`);
    expect(
      infer.json.outputs.map(({ name, datatype, shape }: Record<string, unknown>) => [name, datatype, shape]),
    ).toEqual([
      ['id_out', 'INT64', [1, 1]],
      ['member_out', 'BOOL', [1, 1]],
    ]);
  });

  test.each<[string, object, object]>([
    ['a column too few', { age: 1, id: 1, city: 'x', member: true }, { row: 0, column: 'embedding' }],
    ['a column too many', { ...row, extra: 1 }, { row: 0, column: 'extra' }],
    [
      'a misspelled column',
      { ...row, age: undefined, agee: 1 },
      { row: 0, column: 'age', error: expect.stringContaining('Is `agee` meant?') },
    ],
    ['text for a number', { ...row, age: 'old' }, { row: 0, column: 'age', expected: 'a number (float32)' }],
    ['a number as text', { ...row, age: '1.5' }, { row: 0, column: 'age' }],
    ['a number for text', { ...row, city: 1 }, { row: 0, column: 'city', expected: 'a text' }],
    [
      'a fraction for a whole number',
      { ...row, id: 1.5 },
      { row: 0, column: 'id', expected: 'a whole number (int64)' },
    ],
    ['null', { ...row, age: null }, { row: 0, column: 'age', error: expect.stringContaining('is null') }],
    [
      'too large a number',
      { ...row, age: 1e39 },
      { row: 0, column: 'age', error: expect.stringContaining('does not fit float32') },
    ],
    ['two for a boolean', { ...row, member: 2 }, { row: 0, column: 'member', expected: 'true or false' }],
    ['an array that is too short', { ...row, embedding: [1, 2] }, { row: 0, column: 'embedding' }],
    ['a value for an array', { ...row, embedding: 1 }, { row: 0, column: 'embedding' }],
    ['text in an array', { ...row, embedding: [1, 'b', 3] }, { row: 0, column: 'embedding' }],
  ])('refuses %s and says where', async (_, instance, place) => {
    const answer = await service.post('/predict', { instances: [instance] });
    expect(answer).toMatchObject({ status: 400, json: { reason: 'invalid_input', ...place } });
    expect(answer.json.error).toMatch(/^[A-Z].*[.?]$/);
  });

  test('names the row that is wrong among many', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => (i === 37 ? { ...row, age: 'x' } : row));
    const answer = await service.post('/predict', { instances: rows });
    expect(answer).toMatchObject({ status: 400, json: { row: 37, column: 'age' } });
  });

  test('ignores columns that it does not know where MLflow does', async () => {
    const columns = ['zip', ...Object.keys(row)];
    const data = [['50667', ...Object.values(row)]];
    const answer = await service.post('/invocations', { dataframe_split: { columns, data } });
    expect(answer).toMatchObject({ status: 200, json: { predictions: [outputs(row)] } });
    const short = await service.post('/invocations', { dataframe_split: { columns: ['age'], data: [[1]] } });
    expect(short).toMatchObject({
      status: 400,
      json: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringMatching(/`id`, `city`, `member`, `embedding` are missing/),
      },
    });
  });

  test('takes MLflow’s inputs by name, as columns', async () => {
    const inputs = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, [value, value]]));
    const answer = await service.post('/invocations', { inputs });
    expect(answer.json.predictions).toMatchObject({
      age_out: [[1.5], [1.5]],
      embedding_out: [row.embedding, row.embedding],
    });
    const uneven = await service.post('/invocations', { inputs: { ...inputs, id: [1] } });
    expect(uneven).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('each row needs all inputs') },
    });
  });
});

describe('a model with one tensor', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await start(writeModel(folder, 'tensor.onnx', echo('float32', ['N', 3])), {
      REQUEST_MAX_ROWS: '10',
      BODY_LIMIT: '2000',
    });
  });

  const tensor = (over: object = {}) => ({
    inputs: [{ name: 'x', shape: [2, 3], datatype: 'FP32', data: [1, 2, 3, 4, 5, 6], ...over }],
  });

  test('takes rows as arrays, flat and nested data, and echoes the id', async () => {
    expect((await service.post('/predict', { instances: [[1, 2, 3]] })).json.predictions).toEqual([
      [1, 2, 3],
    ]);
    const expected = { outputs: [{ name: 'y', datatype: 'FP32', shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }] };
    expect((await service.post('/v2/models/model/infer', tensor())).json).toMatchObject(expected);
    const nested = {
      ...tensor({
        data: [
          [1, 2, 3],
          [4, 5, 6],
        ],
      }),
      id: 'request 7',
    };
    expect((await service.post('/v2/models/model/infer', nested)).json).toMatchObject({
      ...expected,
      id: 'request 7',
    });
  });

  test('describes itself', async () => {
    const { json } = await service.get('/v2/models/model');
    expect(json).toEqual({
      name: 'model',
      versions: [expect.any(String)],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 3] }],
    });
    const version = json.versions[0];
    expect((await service.get(`/v2/models/model/versions/${version}`)).json).toEqual(json);
    expect((await service.get(`/v2/models/model/versions/${version}/ready`)).json).toEqual({
      name: 'model',
      ready: true,
    });
    expect((await service.post(`/v2/models/model/versions/${version}/infer`, tensor())).status).toBe(200);
    expect(await service.get('/v2/models/other')).toMatchObject({
      status: 404,
      json: { error: 'There is no model `other`; this service has `model`.' },
    });
    expect((await service.post('/v2/models/model/versions/0/infer', tensor())).status).toBe(404);
    expect((await service.get('/v2')).json).toMatchObject({ name: 'ml-api', extensions: [] });
    expect((await service.get('/v2/health/live')).json).toEqual({ live: true });
    expect((await service.get('/v2/health/ready')).json).toEqual({ ready: true });
  });

  test.each<[string, object, RegExp]>([
    ['another datatype', { datatype: 'FP64' }, /datatype FP64; the model takes FP32/],
    ['a datatype that does not exist', { datatype: 'FLOAT' }, /allowed: BOOL, UINT8/],
    ['another width', { shape: [3, 2] }, /has the shape \[3, 2\]; the model takes \[N, 3\]/],
    ['fewer values than its shape says', { shape: [3, 3] }, /has 6 values; its shape \[3, 3\] is 9/],
    ['a shape beyond all memory', { shape: [2 ** 40, 3] }, /has 6 values/],
    ['a negative size', { shape: [-1, 3] }, /an array of whole numbers is wanted/],
    ['no shape', { shape: undefined }, /has the shape nothing/],
    ['no rows', { shape: [0, 3], data: [] }, /at least one row is wanted/],
    [
      'nested data of another shape',
      {
        data: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      },
      /data of shape \[3, 2\].*its shape is \[2, 3\]/,
    ],
    [
      'ragged data',
      {
        data: [
          [1, 2, 3],
          [4, 5],
        ],
      },
      /row 1, holds an array of 2 where an array of 3 is wanted/,
    ],
    ['text', { data: [1, 2, 3, 4, 5, '6'] }, /row 1, holds "6", which is not a number/],
    ['null', { data: [1, null, 3, 4, 5, 6] }, /row 0, is null/],
    ['another name', { name: 'X' }, /no input `X`; it takes `x`/],
    ['no data', { data: undefined }, /no `data`/],
    ['an object for data', { data: {} }, /has no array of values/],
  ])('refuses a tensor with %s', async (_, over, message) => {
    const answer = await service.post('/v2/models/model/infer', tensor(over));
    expect(answer).toMatchObject({ status: 400, json: { error: expect.stringMatching(message) } });
    expect(Object.keys(answer.json)).toEqual(['error']);
  });

  test('refuses outputs that it does not have, and binary tensors', async () => {
    const body = { ...tensor(), outputs: [{ name: 'z' }] };
    expect(await service.post('/v2/models/model/infer', body)).toMatchObject({
      status: 400,
      json: { error: 'The model has no output `z`; it has `y`.' },
    });
    const binary = await service.post('/v2/models/model/infer', tensor(), {
      'inference-header-content-length': '10',
    });
    expect(binary.status).toBe(400);
  });

  test.each<[string, unknown, number, RegExp]>([
    ['no instances', {}, 400, /has no `instances`/],
    ['a list', [[1, 2, 3]], 400, /The body is \[\[1,2,3\]\]/],
    ['another key beside', { instances: [[1, 2, 3]], model: 'x' }, 400, /`model` beside `instances`/],
    ['no rows', { instances: [] }, 400, /no rows/],
    [
      'a row too narrow',
      {
        instances: [
          [1, 2, 3],
          [1, 2],
        ],
      },
      400,
      /Row 1 has 2 values, and 3 are wanted/,
    ],
    ['a row that is no row', { instances: [[1, 2, 3], 4] }, 400, /Row 1 is 4/],
    ['rows of two kinds', { instances: [{ a: 1 }, [1]] }, 400, /Row 1 is \[1\], and row 0 an object/],
    [
      'names that the model does not have',
      { instances: [{ a: 1, b: 2, c: 3 }] },
      400,
      /does not name its columns/,
    ],
    ['too many rows', { instances: Array.from({ length: 11 }, () => [1, 2, 3]) }, 413, /11 rows; at most 10/],
    ['too many bytes', { instances: [[1, 2, '3'.repeat(3000)]] }, 413, /at most 2000 are taken/],
    ['half a JSON', '{"instances": [[1, 2', 400, /not JSON/],
    ['NaN', '{"instances": [[1, 2, NaN]]}', 400, /JSON has no NaN/],
    ['nothing', '', 400, /is empty/],
  ])('refuses a body with %s', async (_, body, status, message) => {
    const answer = await service.post('/predict', body);
    expect(answer).toMatchObject({ status, json: { error: expect.stringMatching(message) } });
    expect(answer.text).not.toMatch(/\bat .*\.[jt]s/);
  });

  test('refuses what is not JSON, by its type', async () => {
    const form = await service.post('/predict', 'a=1', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(form).toMatchObject({ status: 415, json: { reason: 'unsupported_media_type' } });
    const zipped = await service.post('/predict', '{}', { 'content-encoding': 'gzip' });
    expect(zipped.status).toBe(415);
    const latin = await service.post('/predict', '{}', {
      'content-type': 'application/json; charset=latin1',
    });
    expect(latin.status).toBe(415);
    const csv = await service.post('/v2/models/model/infer', 'a', { 'content-type': 'text/csv' });
    expect(csv.status).toBe(415);
    const utf8 = { 'content-type': 'application/json; charset=utf-8' };
    expect((await service.post('/predict', { instances: [[1, 2, 3]] }, utf8)).status).toBe(200);
  });

  test.each([
    ['GET', '/predict', 'POST'],
    ['DELETE', '/v2/models/model/infer', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['PUT', '/v2/models/model', 'GET, HEAD'],
  ])('answers %s %s with 405 and what is allowed', async (method, path, allowed) => {
    const answer = await service.get(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')?.split(', ').sort().join(', ')).toBe(allowed);
  });

  test('counts what it does not know under one route', async () => {
    for (let i = 0; i < 20; i++) expect((await service.get(`/nothing/${i}`)).status).toBe(404);
    expect((await service.get('/%zz')).status).toBe(400);
    const { text } = await service.get('/metrics');
    const routes = new Set(
      [...text.matchAll(/ml_api_requests_total\{route="([^"]+)"/g)].map(([, route]) => route),
    );
    expect(routes).toContain('unknown');
    expect([...routes].filter((route) => route?.includes('nothing'))).toEqual([]);
    expect(await service.metric('ml_api_errors_total{reason="not_found"}')).toBeGreaterThanOrEqual(20);
  });

  test('takes columns by position where MLflow does', async () => {
    const split = { dataframe_split: { columns: ['a', 'b', 'c'], data: [[1, 2, 3]], index: [0] } };
    expect((await service.post('/invocations', split)).json).toEqual({ predictions: [{ y: [1, 2, 3] }] });
    const inputs = await service.post('/invocations', {
      inputs: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
    expect(inputs.json).toEqual({
      predictions: {
        y: [
          [1, 2, 3],
          [4, 5, 6],
        ],
      },
    });
    const csv = await service.post('/invocations', 'a,b,c\n1,2,3\n', { 'content-type': 'text/csv' });
    expect(csv.json).toEqual({ predictions: [{ y: [1, 2, 3] }] });
  });

  test.each<[unknown, RegExp]>([
    [{}, /exactly one of the input fields dataframe_split/],
    [[], /Received a list/],
    [{ inputs: [[1, 2, 3]], instances: [[1, 2, 3]] }, /exactly one/],
    [{ dataframe_split: [] }, /must be a dictionary/],
    [{ dataframe_split: { data: 1 } }, /an array of rows is wanted/],
    [{ dataframe_split: { columns: ['a'], data: [[1]], rows: 1 } }, /optionally 'columns' and 'index'/],
    [{ dataframe_split: { columns: ['a', 'a', 'b'], data: [[1, 2, 3]] } }, /`a` is there twice/],
    [{ dataframe_split: { columns: ['a', 'b', 'c'], data: [[1, 2]] } }, /Row 0 has 2 values/],
    [{ dataframe_split: { columns: [{}, {}, {}], data: [[1, 2, 3]] } }, /names are wanted/],
    [{ dataframe_records: {} }, /must be a list of records/],
    [{ inputs: { y: [1] } }, /no input `y`/],
  ])('refuses MLflow’s forms when they are none: %j', async (body, message) => {
    const answer = await service.post('/invocations', body);
    expect(answer).toMatchObject({
      status: 400,
      json: { error_code: expect.any(String), message: expect.stringMatching(message) },
    });
  });
});

test('names for the columns of a tensor can be given', async () => {
  const service = await start(writeModel(folder, 'named.onnx', echo('float64', ['N', 2])), {
    FEATURE_NAMES: 'income, age',
    MISSING_VALUES: 'nan',
  });
  const answer = await service.post('/predict', { instances: [{ age: 40, income: 2000.5 }] });
  expect(answer.json.predictions).toEqual([[2000.5, 40]]);
  const missing = await service.post('/predict', { instances: [{ age: null, income: 1 }] });
  expect(missing).toMatchObject({ status: 200, json: { predictions: [[1, null]] } });
});

test('images are taken as nested arrays, half floats exactly', async () => {
  const service = await start(writeModel(folder, 'image.onnx', echo('float16', ['N', 2, 2])));
  const image = [
    [1, 0.5],
    [65504, -2],
  ];
  expect((await service.post('/predict', { instances: [image, { x: image }.x] })).json.predictions).toEqual([
    image,
    image,
  ]);
  expect((await service.post('/invocations', { instances: [{ x: image }] })).json.predictions).toEqual({
    y: [image],
  });
  expect((await service.post('/predict', { instances: [[1, 2]] })).json).toMatchObject({
    row: 0,
    column: 'x',
  });
});

test('a value that only the model can refuse is the client’s mistake', async () => {
  const service = await start(writeModel(folder, 'lookup.onnx', lookup([10, 20, 30])));
  expect((await service.post('/predict', { instances: [2, 0] })).json.predictions).toEqual([30, 10]);
  const answer = await service.post('/predict', { instances: [3] });
  expect(answer).toMatchObject({ status: 400, json: { reason: 'model_failed' } });
  expect(answer.json.error).toContain('idx=3 must be within the inclusive range');
});

test('an output that is not by row is given as it is where a protocol can say so', async () => {
  const service = await start(writeModel(folder, 'total.onnx', shareOfBatch()));
  const together = [1, 2, 3].map((value) =>
    service.post('/v2/models/model/infer', {
      inputs: [{ name: 'x', shape: [2], datatype: 'FP32', data: [value, value] }],
    }),
  );
  const totals = (await Promise.all(together)).map(({ json }) => json.outputs[0].data);
  expect(totals).toEqual([[2], [4], [6]]);
  expect(await service.post('/predict', { instances: [1, 2] })).toMatchObject({
    status: 400,
    json: { error: expect.stringContaining('/v2/models/{name}/infer') },
  });
});

test('inputs may have rows of their own, and are then run by themselves', async () => {
  const service = await start(writeModel(folder, 'scaled.onnx', scaled()), { MODEL_NAME: 'to scale 1/2' });
  const answers = await Promise.all(
    [1, 2, 3, 4].map((k) =>
      service.post('/v2/models/to%20scale%201%2F2/infer', {
        inputs: [
          { name: 'x', shape: [3], datatype: 'FP32', data: [1, 2, 3] },
          { name: 'k', shape: [1], datatype: 'FP32', data: [k] },
        ],
      }),
    ),
  );
  expect(answers.map(({ json }) => json.outputs[0].data)).toEqual([1, 2, 3, 4].map((k) => [k, 2 * k, 3 * k]));
});

test('each request has ids that stand in its answer and in the log, and bodies do not', async () => {
  const service = await start(writeModel(folder, 'ids.onnx', echo('string', ['N', 1])));
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const answer = await service.post(
    '/predict',
    { instances: ['confidential'] },
    {
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      'x-request-id': 'order-4711',
      authorization: 'Bearer hunter2',
    },
  );
  expect(answer.headers.get('x-request-id')).toBe('order-4711');
  const forged = await service.post('/predict', { instances: [1] }, { 'x-request-id': 'a b"{}' });
  expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const line = service.lines().find((each) => each.requestId === 'order-4711');
  expect(line).toMatchObject({ traceId, route: '/predict', status: 200, rows: 1, level: 'info' });
  expect(service.output()).not.toMatch(/confidential|hunter2/);
});

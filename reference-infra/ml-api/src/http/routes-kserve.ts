/** The Open Inference Protocol (KServe V2) over HTTP with JSON. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { malformed, RequestError } from '../errors.ts';
import { parseJson } from '../input/json.ts';
import { datatypes, readInferRequest } from '../input/kserve-request.ts';
import { encodeTensors } from '../input/named-tensors.ts';
import type { OutputSpec } from '../model/description.ts';
import type { ServedModel } from '../model/served-model.ts';
import type { Tensors } from '../model/tensors.ts';
import { flatValues, toJson } from '../output/cells.ts';
import { tensorOf } from '../output/predictions.ts';
import { checkRows, predict } from './predict.ts';
import { currentModel, type Service } from './service.ts';

type ModelParams = { readonly name: string; readonly version?: string };

export function kserveRoutes(app: FastifyInstance, service: Service, version: string): void {
  const config = { protocol: 'kserve' } as const;
  app.get('/v2', { config }, async () => ({ name: 'ml-api', version, extensions: [] }));
  app.get('/v2/health/live', { config }, async () => ({ live: true }));
  app.get('/v2/health/ready', { config }, async (_, reply) => {
    const ready = service.host.current !== null && !service.draining();
    return reply.code(ready ? 200 : 503).send({ ready });
  });
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    app.get(path, { config }, async (request) => metadata(namedModel(service, request)));
    app.get(`${path}/ready`, { config }, async (request, reply) => {
      const { name } = namedModel(service, request);
      const ready = !service.draining();
      return reply.code(ready ? 200 : 503).send({ name, ready });
    });
    const infer = { ...config, predicts: true, takes: ['application/json'] } as const;
    app.post(`${path}/infer`, { config: infer }, async (request, reply) => {
      const model = namedModel(service, request);
      if (request.headers['inference-header-content-length'] !== undefined)
        throw malformed('Binary tensor data are not taken: send the values as JSON in `data`.');
      const { description, layout } = model;
      const asked = readInferRequest(parseJson(request.body as Buffer, layout.exactIntegers), description);
      const { missingAsNan } = service.config;
      const encoded = encodeTensors(layout, asked.inputs, { missingAsNan, booleansAsNumbers: false });
      checkRows(encoded.rows, service.config.requestMaxRows);
      reply.type('application/json');
      return await predict(service, request, reply, model, encoded, (outputs) =>
        toJson({
          model_name: model.name,
          model_version: model.version,
          ...(asked.id === null ? {} : { id: asked.id }),
          outputs: (asked.outputs ?? description.outputs.map((output) => output.name)).map((name) =>
            outputTensor(description.outputs, name, outputs),
          ),
        }),
      );
    });
  }
}

/** @throws RequestError 404 for another model or version than the one that is served. */
function namedModel(service: Service, request: FastifyRequest): ServedModel {
  const model = currentModel(service);
  const { name, version } = request.params as ModelParams;
  if (name !== model.name)
    throw new RequestError(
      404,
      'not_found',
      `There is no model \`${name.slice(0, 100)}\`; this service has \`${model.name}\`.`,
    );
  if (version !== undefined && version !== model.version) {
    throw new RequestError(
      404,
      'not_found',
      `There is no version \`${version.slice(0, 100)}\` of \`${name}\`; this service has version \`${model.version}\`.`,
    );
  }
  return model;
}

function metadata({ name, version, description }: ServedModel): object {
  const free = (shape: readonly (number | null)[]): number[] => shape.map((size) => size ?? -1);
  const byRow = description.inputs.every((input) => input.shape[0] === null);
  return {
    name,
    versions: [version],
    platform: 'onnxruntime_onnx',
    inputs: description.inputs.map((input) => ({
      name: input.name,
      datatype: datatypes[input.type],
      shape: free(input.shape),
    })),
    outputs: description.outputs.map((output) => ({
      name: output.name,
      datatype: datatypes[output.type],
      // LightGBM's exports declare labels of shape [1] and return one a row.
      shape: byRow && output.shape.length === 1 ? [-1] : free(output.shape),
    })),
  };
}

function outputTensor(specs: readonly OutputSpec[], name: string, outputs: Tensors): object {
  const spec = specs.find((output) => output.name === name);
  if (spec === undefined) throw new Error(`there is no output ${name}`);
  const tensor = tensorOf(spec, outputs);
  return { name, datatype: datatypes[tensor.type], shape: tensor.dims, data: flatValues(tensor) };
}

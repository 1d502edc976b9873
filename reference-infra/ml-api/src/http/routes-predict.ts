/** POST /predict: the service's own, simple form. */

import type { FastifyInstance } from 'fastify';
import { nearest } from '../../../../core/gate/nearest.ts';
import { malformed, shown } from '../errors.ts';
import { instancesTable } from '../input/instances.ts';
import { isObject, parseJson } from '../input/json.ts';
import { encodeRows } from '../input/rows.ts';
import { toJson } from '../output/cells.ts';
import { checkRows, predict } from './predict.ts';
import { currentModel, type Service } from './service.ts';

const form = '{"instances": [{"column": value, …}, …]} or {"instances": [[value, …], …]}';

export function predictRoute(app: FastifyInstance, service: Service): void {
  const { missingAsNan, requestMaxRows } = service.config;
  const options = { missingAsNan, booleansAsNumbers: false, ignoreExtra: false, namesByPosition: false };
  app.post(
    '/predict',
    { config: { predicts: true, takes: ['application/json'] } },
    async (request, reply) => {
      const model = currentModel(service);
      const body = parseJson(request.body as Buffer, model.layout.exactIntegers);
      const table = instancesTable(instancesOf(body), model.layout, false);
      checkRows(table.rows.length, requestMaxRows);
      const encoded = encodeRows(model.layout, table, options);
      const { name, version } = model;
      reply.type('application/json');
      return await predict(service, request, reply, model, encoded, (outputs) =>
        toJson({ ...model.read(outputs, encoded.rows), model: name, version }),
      );
    },
  );
}

function instancesOf(body: unknown): unknown {
  if (!isObject(body)) throw malformed(`The body is ${shown(body)}; ${form} is wanted.`);
  const [other] = Object.keys(body).filter((key) => key !== 'instances');
  if (!Object.hasOwn(body, 'instances')) {
    const hint =
      other !== undefined && nearest(other, ['instances']) !== undefined
        ? ` (is \`${other}\` meant to be it?)`
        : '';
    throw malformed(`The body has no \`instances\`${hint}; ${form} is wanted.`);
  }
  if (other !== undefined)
    throw malformed(
      `The body has \`${other.slice(0, 60)}\` beside \`instances\`, which is not known; ${form} is wanted.`,
    );
  return body.instances;
}

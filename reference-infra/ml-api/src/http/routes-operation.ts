/** What platforms ask: is it alive, is it ready, how is it doing. */

import type { FastifyInstance } from 'fastify';
import type { Service } from './service.ts';

export function operationRoutes(app: FastifyInstance, { host, metrics, draining }: Service): void {
  app.get('/health', async () => ({ status: 'live' }));
  app.get('/ready', async (_, reply) => {
    const { current } = host;
    if (draining()) return reply.code(503).send({ status: 'draining' });
    if (current === null) return reply.code(503).send({ status: 'loading' });
    return { status: 'ready', model: current.name, version: current.version };
  });
  app.get('/metrics', async (request, reply) => {
    const { contentType, text } = await metrics.expose(request.headers.accept);
    return reply.type(contentType).header('vary', 'accept').send(text);
  });
}

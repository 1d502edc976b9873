/** From an encoded request to the model's outputs, the same for all protocols. */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../errors.ts';
import type { EncodedRows } from '../input/rows.ts';
import type { ServedModel } from '../model/served-model.ts';
import type { Tensors } from '../model/tensors.ts';
import { outputCells } from '../output/predictions.ts';
import { contextOf, routeOf } from './context.ts';
import type { Service } from './service.ts';

/**
 * Waits for the run that holds this request's rows. `write` makes the answer's text; then the prediction is logged.
 * @throws RequestError
 */
export async function predict(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  model: ServedModel,
  encoded: EncodedRows,
  write: (outputs: Tensors) => string,
): Promise<string> {
  const { rows } = encoded;
  const context = contextOf(request);
  const parsedAt = performance.now();
  const { span } = context;
  span.setAttributes({ 'ml.model.name': model.name, 'ml.model.version': model.version, 'ml.rows': rows });
  span.addPart('parse', context.startedAt, parsedAt);
  const completed = await model.queue
    .submit(encoded.feeds, rows, whenGone(reply), span.sampled ? span : null)
    .catch((error: unknown) => {
      const reason = error instanceof RequestError ? error.reason : 'internal';
      span.addPart('inference', parsedAt, performance.now(), { 'error.type': reason });
      throw error;
    });
  const { outputs, queuedAt, startedAt, endedAt, batchRows, spans } = completed;
  const text = write(outputs);
  context.prediction = { model: model.name, version: model.version, rows };
  service.metrics.predicted(model.name, model.version, rows);
  span.addPart('queue', queuedAt, startedAt);
  span.addPart('inference', startedAt, endedAt, { 'ml.batch.rows': batchRows }, spans);
  span.addPart('write', endedAt, performance.now());
  const log = service.predictionLog;
  if (log.wanted()) {
    const time = new Date();
    const latencyMs = performance.now() - context.startedAt;
    // After the answer has been sent.
    setImmediate(() => {
      log.record({
        time,
        traceId: span.traceId,
        requestId: request.id,
        model: model.name,
        version: model.version,
        route: routeOf(request),
        latencyMs,
        rows,
        inputs: encoded.cells(),
        outputs: outputCells(model.description, outputs, rows),
      });
    });
  }
  return text;
}

/** @throws RequestError 413 */
export function checkRows(rows: number, most: number): void {
  if (rows <= most) return;
  throw new RequestError(
    413,
    'too_large',
    `The request has ${rows} rows; at most ${most} are taken. Send it in parts.`,
  );
}

/** Aborted when the connection closes before the answer was written. */
function whenGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const { raw } = reply;
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  if (raw.destroyed) controller.abort();
  return controller.signal;
}

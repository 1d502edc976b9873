/** What is known of a request while it is open. */

import type { FastifyRequest } from 'fastify';
import type { Place } from '../batching/admission.ts';
import type { ErrorReason } from '../errors.ts';
import type { RequestSpan } from '../types.ts';

export interface RequestContext {
  /** performance.now() */
  readonly startedAt: number;
  readonly span: RequestSpan;
  /** Set for a body whose length is not known beforehand: it is counted as it comes. */
  growing: Place | null;
  /** Set when the request failed. */
  reason: ErrorReason | null;
  /** Set when rows were predicted. */
  prediction: { readonly model: string; readonly version: string; readonly rows: number } | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext | null;
  }
  interface FastifyContextConfig {
    /** How errors are written; default: the service's own form. */
    readonly protocol?: ErrorForm;
    /** Takes a body and needs the model. */
    readonly predicts?: boolean;
    /** Content types that are read. */
    readonly takes?: readonly string[];
  }
}

/** Which protocol's error bodies a route has. */
export type ErrorForm = 'own' | 'mlflow' | 'kserve';

export function contextOf(request: FastifyRequest): RequestContext {
  if (request.context === null) throw new Error('the request has no context');
  return request.context;
}

/** The route's pattern; one value for all that is unknown, so that labels stay few. */
export function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
}

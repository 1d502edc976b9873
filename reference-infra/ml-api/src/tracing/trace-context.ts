/** The header `traceparent` of W3C Trace Context, and ids where a request has none. https://www.w3.org/TR/trace-context/ */

import { randomFillSync } from 'node:crypto';

export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: the span of the caller. */
  readonly spanId: string;
  /** The caller keeps its spans of this trace. */
  readonly sampled: boolean;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Null: the header is missing or does not follow the standard, which then says to begin a new trace. */
export function parseTraceparent(header: string | undefined): TraceParent | null {
  const match = pattern.exec(header?.trim() ?? '');
  if (match === null) return null;
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = match;
  // Later versions may append fields, the first one may not; ff is no version.
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

const pool = Buffer.alloc(4096);
let at = pool.length;

/** 32 hexadecimal digits, not all zero. */
export function makeTraceId(): string {
  return randomHex(16);
}

/** 16 hexadecimal digits, not all zero. */
export function makeSpanId(): string {
  return randomHex(8);
}

/** One call to the system for many ids. */
function randomHex(bytes: number): string {
  for (;;) {
    if (at + bytes > pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += bytes;
    const id = pool.toString('hex', at - bytes, at);
    if (!/^0+$/.test(id)) return id;
  }
}

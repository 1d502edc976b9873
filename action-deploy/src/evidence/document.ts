/** A file as a gate's result document. */

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { validateResult } from '../../../core/gate/index.ts';
import type { GateResult } from '../../../core/gate/types.ts';
import type { ShownFile } from '../../../core/tables/index.ts';
import { contradictionOf } from './contradictions.ts';

/** Documents of real runs have kilobytes; the details of many columns and classes some megabytes. */
const mostBytes = 32 * 1024 * 1024;

export type DocumentReading =
  | { readonly kind: 'document'; readonly digest: string; readonly result: GateResult }
  /** `why` follows the path: `is not JSON`. */
  | { readonly kind: 'unusable'; readonly digest: string | null; readonly why: string };

/** Never throws for what a file may hold, or for a file that is not to be read. */
export async function readDocument({ path }: ShownFile): Promise<DocumentReading> {
  const bytes = await readBounded(path);
  if (typeof bytes === 'string') return { kind: 'unusable', digest: null, why: bytes };
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const unusable = (why: string): DocumentReading => ({ kind: 'unusable', digest, why });
  const document = parse(bytes);
  if (document === undefined) return unusable('is not JSON');
  try {
    const contradiction = contradictionOf(document);
    if (contradiction !== null) return unusable(`was edited: ${contradiction}`);
    const [first, ...more] = validateResult(document);
    if (first === undefined) return { kind: 'document', digest, result: document as GateResult };
    return unusable(`is no gate result: ${first}${more.length === 0 ? '' : `; and ${more.length} more`}`);
  } catch (error) {
    // Lists in lists without an end.
    if (error instanceof RangeError) return unusable('is no gate result: it is nested too deep');
    throw error;
  }
}

/** The bytes, or why there are none. */
async function readBounded(path: string): Promise<Uint8Array | string> {
  const large = `has more than ${mostBytes / 1024 / 1024} MiB`;
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > mostBytes) return large;
    const bytes = await file.readFile();
    // It may have grown in between.
    return bytes.byteLength > mostBytes ? large : bytes;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return `cannot be read (${code})`;
  }
}

/** Undefined: it is none. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

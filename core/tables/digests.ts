/** What was judged, by content. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Subject } from '../gate/types.ts';
import { RunError } from '../inputs/index.ts';
import type { ShownFile } from './file-set.ts';

/** One after the other: there may be thousands. */
export async function subjectsOf(files: readonly ShownFile[]): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const file of files) subjects.push(await subjectOf(file));
  return subjects;
}

export async function subjectOf({ path, shown }: ShownFile): Promise<Subject> {
  const hash = createHash('sha256');
  try {
    const { size } = await stat(path);
    // Thousands of small files would leave as many large buffers to the collector.
    const highWaterMark = Math.min(1 << 20, Math.max(1 << 12, size + 1));
    for await (const chunk of createReadStream(path, { highWaterMark })) hash.update(chunk);
  } catch (error) {
    throw new RunError(`${shown} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { name: shown, digest: { sha256: hash.digest('hex') } };
}

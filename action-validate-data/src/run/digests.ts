/** What was judged, by content. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Subject } from '../../../core/gate/types.ts';
import { RunError } from '../../../core/inputs/index.ts';
import type { PathInput } from '../inputs.ts';

/** One after the other: there may be thousands. */
export async function subjectsOf(files: readonly PathInput[]): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const file of files) subjects.push(await subjectOf(file));
  return subjects;
}

export async function subjectOf({ path, shown }: PathInput): Promise<Subject> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  } catch (error) {
    throw new RunError(`${shown} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { name: shown, digest: { sha256: hash.digest('hex') } };
}

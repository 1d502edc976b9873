/** That what was judged is what the digests name: nobody wrote to the files meanwhile. */

import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { RunError } from '../inputs/index.ts';
import type { ShownFile } from './file-set.ts';

/** Files are read several times: for rules, for the schema, for digests. */
export class FileStamps {
  private readonly stamps: ReadonlyMap<ShownFile, string>;

  private constructor(stamps: ReadonlyMap<ShownFile, string>) {
    this.stamps = stamps;
  }

  static async of(files: readonly ShownFile[]): Promise<FileStamps> {
    const stamps = new Map<ShownFile, string>();
    for (const file of files) stamps.set(file, await stampOf(file));
    return new FileStamps(stamps);
  }

  /** @throws RunError naming the first file that is not what it was. */
  async requireUnchanged(): Promise<void> {
    for (const [file, stamp] of this.stamps) {
      if ((await stampOf(file)) === stamp) continue;
      throw new RunError(`${file.shown} changed while it was judged; run the gate when nothing writes to it`);
    }
  }
}

/** Size, time of the last change, and which file it is: another one may take its place by a rename. */
async function stampOf({ path, shown }: ShownFile): Promise<string> {
  let stats: BigIntStats;
  try {
    stats = await stat(path, { bigint: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new RunError(
      code === 'ENOENT'
        ? `${shown} was there and is gone`
        : `${shown} cannot be read (${code ?? String(error)})`,
    );
  }
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs].join('/');
}

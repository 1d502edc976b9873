/** The two sides: data, or a profile in the place of the reference. */

import { open, readFile } from 'node:fs/promises';
import type { Subject } from '../gate/types.ts';
import {
  type CsvOptions,
  FileStamps,
  openColumns,
  resolveFiles,
  type ShownFile,
  subjectsOf,
  type TableFormat,
} from '../tables/index.ts';
import { isProfile, openProfile, requireSize } from './profile/index.ts';
import { type DriftSource, dataSource } from './source.ts';
import type { Threads } from './threads.ts';

export interface OpenedSide {
  readonly source: DriftSource;
  readonly files: readonly ShownFile[];
  readonly notes: readonly string[];
  /** Digests of the files, which must be as they were when they were opened. */
  finish(): Promise<Subject[]>;
  close(): Promise<void>;
}

export interface SideOptions {
  /** Absolute. */
  readonly workspace: string;
  readonly format: TableFormat | 'auto';
  readonly csv: CsvOptions;
}

/**
 * Both at once, in threads where that is worth while; the reference may be a profile.
 * @throws RunError of the reference, else of the current data
 */
export async function openSides(
  reference: readonly string[],
  current: readonly string[],
  options: SideOptions,
  threads: Threads,
): Promise<{ readonly reference: OpenedSide; readonly current: OpenedSide }> {
  const [before, now] = await Promise.allSettled([
    openSide(reference, options, true, threads.collect),
    openSide(current, options, false, threads.collect),
  ]);
  if (before.status === 'fulfilled' && now.status === 'fulfilled') {
    return { reference: before.value, current: now.value };
  }
  for (const side of [before, now]) if (side.status === 'fulfilled') await side.value.close();
  throw before.status === 'rejected' ? before.reason : now.status === 'rejected' ? now.reason : undefined;
}

/** @param collect reads rows. Default: here */
export async function openSide(
  patterns: readonly string[],
  options: SideOptions,
  mayBeProfile: boolean,
  collect?: Threads['collect'],
): Promise<OpenedSide> {
  const { workspace, csv, format } = options;
  const profile = mayBeProfile ? await findProfile(patterns, workspace) : null;
  if (profile !== null) return profile;
  const { files, notes } = await resolveFiles(patterns, { workspace, format });
  const stamps = await FileStamps.of(files);
  const reader = await openColumns(
    files.map(({ path }) => path),
    { format, csv },
    collect,
  );
  return {
    source: dataSource(reader),
    files,
    notes: [...notes, ...reader.notes],
    async finish() {
      const subjects = await subjectsOf(files);
      await stamps.requireUnchanged();
      return subjects;
    },
    close: async () => await reader.close(),
  };
}

/** One JSON file that says that it is a profile. */
async function findProfile(patterns: readonly string[], workspace: string): Promise<OpenedSide | null> {
  if (patterns.length !== 1) return null;
  const { files } = await resolveFiles(patterns, { workspace, format: 'auto' }).catch(() => ({ files: [] }));
  const [file] = files;
  if (files.length !== 1 || file === undefined || !/\.json$/i.test(file.path)) return null;
  const start = await startOf(file.path);
  if (!isProfile(start.text)) return null;
  requireSize(start.bytes, file.shown);
  const text = await readFile(file.path, 'utf8');
  return {
    source: openProfile(text, file.shown),
    files,
    notes: [],
    finish: async () => await subjectsOf(files),
    close: async () => undefined,
  };
}

/** The first characters, and how long the file is. */
async function startOf(path: string): Promise<{ readonly text: string; readonly bytes: number }> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), bytes: size };
  } finally {
    await handle.close();
  }
}

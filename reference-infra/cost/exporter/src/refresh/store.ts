/** The file of the state: replaced as a whole, never half written. */

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../message-of.ts';
import { nothingKnown } from './questions.ts';
import { readStored, type Stored, storedText } from './stored.ts';

export interface Store {
  /** What a restart goes on from. */
  readonly found: Stored;
  /** Returns once it is on the disk. */
  save(stored: Stored): Promise<void>;
}

export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/**
 * Opens the file, or makes it, with its folder. A file that cannot be written is an error at once: without it each restart would
 * pay anew and the day's budget would not hold. One that cannot be understood is put aside as `….unreadable`, and said so.
 */
export async function openStore(
  path: string,
  settings: string,
  today: string,
  warn: (message: string) => void,
): Promise<Store> {
  const save = async (stored: Stored): Promise<void> => replace(path, storedText(stored, settings));
  try {
    await mkdir(dirname(path), { recursive: true });
    const found = await find(path, settings, warn);
    const first = found ?? { known: nothingKnown, used: { day: today, requests: 0 } };
    await save(first);
    return { found: first, save };
  } catch (error) {
    throw new StoreError(`${path} cannot be used: ${messageOf(error)}`);
  }
}

async function find(path: string, settings: string, warn: (message: string) => void): Promise<Stored | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    return readStored(text, settings);
  } catch (error) {
    await rename(path, `${path}.unreadable`);
    warn(
      `${path} is not a file of this exporter (${messageOf(error)}); it was put aside, costs are asked anew`,
    );
    return null;
  }
}

async function replace(path: string, text: string): Promise<void> {
  const aside = `${path}.new`;
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(text);
    // Before the name changes: a crash of the machine must not leave an empty file under it.
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
}

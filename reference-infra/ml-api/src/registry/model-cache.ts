/**
 * A folder of downloaded models. An entry appears as a whole or not at all, and says what its files must be: after a
 * restart it is used again only when they still are.
 */

import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Relative path of each file, and its SHA-256 in hexadecimal digits. */
export type Digests = Readonly<Record<string, string>>;

export interface CachedModel {
  readonly folder: string;
  readonly digests: Digests;
}

/** The current model, the one before it, and one that is tried. */
const keptEntries = 3;
/** What a process that was killed left behind; a download that takes longer than this is given up. */
const oldestPartialMs = 24 * 3_600_000;
const partialPrefix = '.partial-';
const digestsFile = '.digests.json';

export class ModelCache {
  private readonly root: string;
  private readonly uid: number | undefined;

  /** @param uid whose entries are used; undefined: the system has none */
  constructor(root: string, uid = process.getuid?.()) {
    this.root = root;
    this.uid = uid;
  }

  /**
   * The entry of a key, filled by `fill` when it is missing or damaged.
   * @param key whatever tells one model from another: the same key must mean the same files.
   */
  async get(key: string, fill: (folder: string) => Promise<void>): Promise<CachedModel> {
    await this.checkOwner();
    const folder = join(this.root, createHash('sha256').update(key).digest('hex').slice(0, 24));
    const known = await readIntact(folder, this.uid);
    if (known !== null) {
      // The time says when it was last wanted.
      const now = new Date();
      await utimes(folder, now, now);
      return { folder, digests: known };
    }
    await rm(folder, { recursive: true, force: true });
    await this.make(folder, fill);
    await this.prune(folder);
    const digests = await readIntact(folder, this.uid);
    if (digests === null) throw new Error(`The downloaded files in ${folder} do not stay what they are.`);
    return { folder, digests };
  }

  /** A folder below /tmp may be made by anybody before us, who could then exchange models as they are loaded. */
  private async checkOwner(): Promise<void> {
    await mkdir(this.root, { recursive: true, mode: 0o755 });
    const { uid } = await stat(this.root);
    if (this.uid === undefined || uid === this.uid || uid === 0) return;
    throw new Error(
      `The cache folder ${this.root} belongs to another user (${uid}): give one of your own with MODEL_CACHE_PATH.`,
    );
  }

  private async make(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
    const partial = join(this.root, `${partialPrefix}${randomBytes(8).toString('hex')}`);
    await mkdir(partial, { recursive: true });
    try {
      await fill(partial);
      await writeFile(join(partial, digestsFile), JSON.stringify(await digestsOf(partial)));
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      // Another process has put the same model there in the meantime.
      if (!existsSync(join(folder, digestsFile))) throw error;
    }
  }

  private async prune(current: string): Promise<void> {
    const entries: { path: string; time: number; partial: boolean }[] = [];
    for (const name of await readdir(this.root)) {
      const path = join(this.root, name);
      const partial = name.startsWith(partialPrefix);
      // The folder may hold other things, if that is where somebody pointed us.
      if (!partial && !existsSync(join(path, digestsFile))) continue;
      const facts = await stat(path).catch(() => undefined);
      if (facts !== undefined && path !== current) entries.push({ path, time: facts.mtimeMs, partial });
    }
    const whole = entries.filter(({ partial }) => !partial).sort((a, b) => b.time - a.time);
    const stale = entries.filter(({ partial, time }) => partial && Date.now() - time > oldestPartialMs);
    for (const { path } of [...whole.slice(keptEntries - 1), ...stale]) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** The digests of an entry when all files still have them; null: it is missing, damaged or somebody else's. */
async function readIntact(folder: string, uid: number | undefined): Promise<Digests | null> {
  let stored: unknown;
  try {
    if (uid !== undefined && (await lstat(folder)).uid !== uid) return null;
    stored = JSON.parse(await readFile(join(folder, digestsFile), 'utf8'));
  } catch {
    return null;
  }
  const now = await digestsOf(folder);
  return JSON.stringify(stored) === JSON.stringify(now) ? now : null;
}

async function digestsOf(folder: string): Promise<Digests> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => name !== digestsFile)
    .sort();
  const digests: Record<string, string> = {};
  for (const name of names) digests[name] = await digestOf(join(folder, name));
  return digests;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

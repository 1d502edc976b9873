/** Fetches a part's npm package, checks its digest against the pinned one, and only then unpacks it into the cache. */

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import * as http from 'node:http';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { RunError } from '../inputs/errors.ts';
import type { Environment } from './places.ts';
import type { NativePart } from './platform.ts';
import { tarExtractor } from './tar.ts';

const attempts = 3;
const stallMilliseconds = 60_000;
const nativeFile = /\.(node|dll|dylib|so(\.\d+)*)$/;

export interface FetchOptions {
  readonly environment: Environment;
  /** Waits between attempts; a parameter so that tests need not wait. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** The registry as npm's own configuration variable names it. */
export function registryOf(environment: Environment): string {
  const configured = environment.npm_config_registry ?? environment.NPM_CONFIG_REGISTRY;
  return (configured === undefined || configured === '' ? 'https://registry.npmjs.org' : configured).replace(
    /\/+$/,
    '',
  );
}

/** `<registry>/@scope/name/-/name-1.0.0.tgz` */
export function tarballUrl(part: NativePart, environment: Environment): string {
  return `${registryOf(environment)}/${part.package}/-/${basename(part.package)}-${part.version}.tgz`;
}

/**
 * Puts the part's native files into `target` (which appears whole or not at all) and returns the entry file's path.
 * Several processes may do so at once: the first to finish wins, the others use its files.
 * @throws RunError when the package cannot be had, its digest differs, or it lacks the entry file.
 */
export async function fetchPart(part: NativePart, target: string, options: FetchOptions): Promise<string> {
  const url = tarballUrl(part, options.environment);
  if (part.integrity === null) {
    throw new RunError(`${part.package} is not fetched, because this release pins no digest for it.`);
  }
  const parent = dirname(target);
  let work: string;
  try {
    await mkdir(parent, { recursive: true });
    work = await mkdtemp(join(parent, '.partial-'));
  } catch (error) {
    throw new RunError(`The cache folder ${parent} cannot be written: ${messageOf(error)}`);
  }
  try {
    const tarball = join(work, 'package.tgz');
    const files = join(work, 'files');
    const integrity = await download(url, tarball, options);
    if (integrity !== part.integrity) {
      throw new RunError(
        `${redact(url)} is not the file that was pinned: its digest is ${integrity}, it must be ${part.integrity}. It was not unpacked.`,
      );
    }
    await mkdir(files);
    const prefix = `package/${part.folder === '' ? '' : `${part.folder}/`}`;
    const { stream, written } = tarExtractor(files, (path) =>
      path.startsWith(prefix) && nativeFile.test(path) ? path.slice(prefix.length) : null,
    );
    await pipeline(createReadStream(tarball), createGunzip(), stream);
    if (!written.includes(part.entry)) {
      throw new RunError(`${redact(url)} does not hold ${prefix}${part.entry}.`);
    }
    await settle(files, target, part.entry);
    return join(target, part.entry);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function settle(files: string, target: string, entry: string): Promise<void> {
  try {
    await rename(files, target);
  } catch (error) {
    // Another process was faster, which is as good: both were checked against the same digest.
    if (existsSync(join(target, entry))) return;
    throw new RunError(`The cache folder ${target} cannot be written: ${messageOf(error)}`);
  }
}

async function download(url: string, file: string, options: FetchOptions): Promise<string> {
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((done) => setTimeout(done, ms)));
  const restoreProxy = useProxy(options.environment);
  try {
    for (let attempt = 1; ; attempt++) {
      const outcome = await tryDownload(url, file);
      if (outcome.integrity !== null) return outcome.integrity;
      if (!outcome.again || attempt === attempts) {
        const tries = attempt === 1 ? '' : ` (${attempt} attempts)`;
        throw new RunError(`${redact(url)} ${outcome.problem}${tries}.`);
      }
      await sleep(1000 * 2 ** (attempt - 1));
    }
  } finally {
    restoreProxy();
  }
}

type Outcome =
  | { readonly integrity: string }
  | { readonly integrity: null; readonly problem: string; readonly again: boolean };

async function tryDownload(url: string, file: string): Promise<Outcome> {
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), stallMilliseconds);
  try {
    // fetch refuses an address with a user name and password in it: they go into the header.
    const address = new URL(url);
    const { username, password } = address;
    address.username = '';
    address.password = '';
    const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
      'base64',
    );
    const response = await fetch(address, {
      signal: stall.signal,
      headers: username === '' ? {} : { authorization: `Basic ${login}` },
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const again = response.status >= 500 || response.status === 429;
      return { integrity: null, problem: `answered ${response.status}`, again };
    }
    const hash = createHash('sha512');
    const body = Readable.fromWeb(response.body);
    body.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(), stallMilliseconds);
    });
    await pipeline(body, createWriteStream(file));
    return { integrity: `sha512-${hash.digest('base64')}` };
  } catch (error) {
    const problem = stall.signal.aborted
      ? `sent nothing for ${stallMilliseconds / 1000} s`
      : `cannot be reached: ${messageOf(error)}`;
    return { integrity: null, problem, again: true };
  } finally {
    clearTimeout(timer);
  }
}

/** Node's fetch heeds HTTPS_PROXY and NO_PROXY only when told to (Node 24.14; earlier ones go without). */
function useProxy(environment: Environment): () => void {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  const configured = names.some((name) => !name.toLowerCase().startsWith('no') && environment[name]);
  if (!configured || !('setGlobalProxyFromEnv' in http)) return () => {};
  const set: unknown = http.setGlobalProxyFromEnv;
  if (typeof set !== 'function') return () => {};
  const restore: unknown = set(
    Object.fromEntries(names.map((name) => [name, environment[name]]).filter(([, v]) => v)),
  );
  return () => {
    if (typeof restore === 'function') restore();
  };
}

function redact(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause: unknown = error.cause;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

/** Makes a native part available, then imports the package whose JavaScript needs it. */

import { fileURLToPath } from 'node:url';
import { RunError } from '../inputs/errors.ts';
import { type Log, silentLog } from '../report/log.ts';
import { fetchPart } from './fetch-part.ts';
import { redirectTo } from './hook.ts';
import { cacheFolder, findPart, type Search } from './places.ts';
import { nativePart, type PartName, type Platform, thisPlatform } from './platform.ts';

export interface ProvideOptions {
  readonly platform: Platform;
  readonly search: Search;
  readonly log: Log;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * The absolute path of the part's entry file, fetched into the cache when it lies nowhere.
 * @throws RunError naming the file, the places and how to provide it.
 */
export async function providePart(name: PartName, options: ProvideOptions): Promise<string> {
  const { platform, search, log } = options;
  const part = nativePart(name, platform);
  const { found, looked } = findPart(part, platform, search);
  if (found !== null) return found;
  const target = cacheFolder(part, platform, search.environment);
  log.info(`Fetching ${part.package}@${part.version} (native files of ${part.title}) into ${target}`);
  try {
    return await fetchPart(part, target, {
      environment: search.environment,
      ...(options.sleep === undefined ? {} : { sleep: options.sleep }),
    });
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    throw new RunError(
      `${part.title} needs its native file ${part.entry}, which was not found and could not be fetched. ${error.message} ` +
        `Looked for: ${looked.join('; ')}. To provide it, put the files of ${part.folder === '' ? 'the package' : part.folder} ` +
        `of ${part.package}@${part.version} into ${target}, set npm_config_registry to a registry that can be reached, ` +
        `or run \`npm install ${part.package}@${part.version}\` where the action can see it.`,
    );
  }
}

const provided = new Map<PartName, Promise<void>>();

function provideHere(name: PartName, log: Log): Promise<void> {
  const known = provided.get(name);
  if (known !== undefined) return known;
  const search = { from: fileURLToPath(import.meta.url), environment: process.env };
  const providing = providePart(name, { platform: thisPlatform(), search, log }).then((file) =>
    redirectTo(name, file),
  );
  provided.set(name, providing);
  return providing;
}

/** ONNX Runtime's Node binding. Import it in no other way: a bundle has no native file beside it. */
export async function loadOnnxRuntime(log: Log = silentLog): Promise<typeof import('onnxruntime-node')> {
  await provideHere('onnxruntime', log);
  return await import('onnxruntime-node');
}

/** DuckDB's Node API. Import it in no other way: a bundle has no native file beside it. */
export async function loadDuckDb(log: Log = silentLog): Promise<typeof import('@duckdb/node-api')> {
  await provideHere('duckdb', log);
  return await import('@duckdb/node-api');
}

/** A model of an MLflow registry, by version or by an alias that is followed when it moves. */

import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../../../../core/inputs/errors.ts';
import { createMlflowClient, type MlflowClient } from '../../../../core/models/mlflow-client.ts';
import { parseModelUri } from '../../../../core/models/mlflow-resolve.ts';
import { messageOf } from '../message-of.ts';
import { type LoadedFiles, type Logger, type ModelSource, nobody } from '../types.ts';
import { AliasWatch } from './alias-watch.ts';
import { type FetchedVersion, fetchVersion, type RegistryUri } from './fetch.ts';
import { ModelCache } from './model-cache.ts';
import { backoff, jittered } from './waits.ts';

/** No message shows credentials: the client sees to that. */
export interface RegistrySourceOptions {
  /** `models:/name@alias` or `models:/name/3`. */
  readonly uri: string;
  readonly trackingUri: string;
  /** Holds the credentials, as MLflow names them: MLFLOW_TRACKING_USERNAME, … */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Under which the model is served; null: its name in the registry. */
  readonly name: string | null;
  /** Where downloaded models are kept; made when it is missing. */
  readonly cacheFolder: string;
  /** How often the alias is looked at; 0: never. */
  readonly pollSeconds: number;
  readonly log: Logger;
  /** The first wait after a failure, doubled up to the last. */
  readonly backoffMs?: { readonly first: number; readonly last: number };
}

const usualBackoff = { first: 1_000, last: 30_000 };
/** Of one look at the registry; the next one comes anyway. */
const lookTimeoutMs = 10_000;
/** While nothing changes, the reason why there is no model yet is said again this often. */
const reminderMs = 300_000;

/** @throws RunError when the URI or the environment cannot be used, whatever the registry says. */
export function registrySource(options: RegistrySourceOptions): ModelSource {
  const uri = registryUri(options.uri);
  const client = createMlflowClient({
    trackingUri: options.trackingUri,
    env: options.env,
    timeoutMilliseconds: lookTimeoutMs,
    // Those who wait here do so by themselves.
    attempts: 1,
  });
  const cache = new ModelCache(options.cacheFolder);
  const fetchNow = () => fetchVersion(client, uri, cache, options.name ?? uri.name);
  let first: FetchedVersion | null = null;
  const follows = uri.kind === 'alias' && options.pollSeconds > 0;
  return {
    description: options.uri,
    follows,
    async load(): Promise<LoadedFiles> {
      first = await untilFetched(fetchNow, client, options);
      return first.files;
    },
    watch(onChange, observer = nobody) {
      if (uri.kind === 'version' || !follows) return () => {};
      const watch = new AliasWatch({
        uri,
        client,
        fetchNow,
        onChange,
        observer,
        current: first?.registered ?? null,
        intervalMs: options.pollSeconds * 1000,
        log: options.log,
      });
      return () => watch.stop();
    },
  };
}

function registryUri(text: string): RegistryUri {
  const uri = parseModelUri(text);
  if (uri.kind === 'alias' || uri.kind === 'version') return uri;
  throw new RunError(`${text} is not a registered model: write models:/name@alias or models:/name/3.`);
}

/** A service that starts before its registry, or before the alias is set, waits for it and says so. */
async function untilFetched(
  fetchNow: () => Promise<FetchedVersion>,
  client: MlflowClient,
  { uri, log, backoffMs = usualBackoff }: RegistrySourceOptions,
): Promise<FetchedVersion> {
  let said = '';
  let saidAt = 0;
  for (let failures = 1; ; failures++) {
    try {
      const fetched = await fetchNow();
      log.info({ version: fetched.registered.version, server: client.server }, `${uri} has been fetched`);
      return fetched;
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== said || performance.now() - saidAt > reminderMs) {
        log.warn({ reason }, `${uri} cannot be fetched yet; it is tried again until it can`);
        said = reason;
        saidAt = performance.now();
      }
    }
    await sleep(jittered(backoff(failures, backoffMs.first, backoffMs.last)));
  }
}

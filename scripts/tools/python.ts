import { resolve } from 'node:path';
import type { CacheOptions } from './cache.ts';
import { ensurePythonEnvironment, type PythonEnvironment } from './python-environment.ts';

export type { PythonEnvironment } from './python-environment.ts';

const lockFile = resolve(import.meta.dirname, '../../test/fixtures/python/requirements.lock');

/** The environment of `requirements.lock`, made now if the cache does not hold it; some 1.1 GB and three minutes. */
export async function ensurePython(options: CacheOptions = {}): Promise<PythonEnvironment> {
  return await ensurePythonEnvironment('python-environment', lockFile, options);
}

import { join, resolve } from 'node:path';
import type { CacheOptions } from './cache.ts';
import { ensurePythonEnvironment } from './python-environment.ts';

/** All packages, from `pip install checkov==3.3.30` in an empty environment. */
const lockFile = resolve(import.meta.dirname, 'checkov-requirements.lock');

export interface Checkov {
  readonly program: string;
  readonly origin: 'cached' | 'built';
  readonly seconds: number;
}

/** checkov, which knows what of AWS is left open; some 290 MB and two minutes. */
export async function ensureCheckov(options: CacheOptions = {}): Promise<Checkov> {
  const { bin, origin, seconds } = await ensurePythonEnvironment('checkov', lockFile, options);
  return { program: join(bin, 'checkov'), origin, seconds };
}

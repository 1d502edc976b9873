import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CacheOptions } from './cache.ts';
import { ensurePythonEnvironment } from './python-environment.ts';

/** moto, an emulator of AWS, and botocore, which carries AWS's own descriptions of its services. */
export interface Moto {
  readonly python: string;
  /** The program `moto_server`. */
  readonly motoServer: string;
  /** The folder of the service models: `ecs/2014-11-13/service-2.json.gz`, … */
  readonly botocoreData: string;
  readonly origin: 'cached' | 'built';
  readonly seconds: number;
}

/** All packages, from `pip install moto[server]==5.2.5 botocore==1.44.8` in an empty environment. */
const lockFile = resolve(import.meta.dirname, 'moto-requirements.lock');

/** The environment of the lock, made now if the cache does not hold it; some 320 MB and one minute. */
export async function ensureMoto(options: CacheOptions = {}): Promise<Moto> {
  const { python, bin, origin, seconds } = await ensurePythonEnvironment('moto', lockFile, options);
  const botocoreData = await findBotocoreData(join(bin, '../lib'));
  return { python, motoServer: join(bin, 'moto_server'), botocoreData, origin, seconds };
}

/** `lib/python3.11/site-packages/botocore/data`; asking Python for it would cost a second. */
async function findBotocoreData(lib: string): Promise<string> {
  for (const python of await readdir(lib)) {
    const data = join(lib, python, 'site-packages/botocore/data');
    if (existsSync(data)) return data;
  }
  throw new Error(`no site-packages/botocore/data below ${lib}`);
}

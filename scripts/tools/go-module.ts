/** A program of this repository in Go: a folder with a go.mod that pins what it stands on, built once into the cache. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CacheOptions, ensureTool, type InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

export interface GoModule {
  readonly name: string;
  /** Shown with the digest of its files, which is what makes a build another one. */
  readonly version: string;
  /** Absolute. */
  readonly folder: string;
}

export async function ensureGoModule(
  module: GoModule,
  options: CacheOptions = {},
): Promise<InstalledTool & { readonly program: string }> {
  const digest = createHash('sha256');
  for (const name of (await readdir(module.folder)).sort()) {
    digest.update(`${name}\n`).update(await readFile(join(module.folder, name)));
  }
  const installed = await ensureTool(
    {
      name: module.name,
      version: `${module.version}-${digest.digest('hex').slice(0, 12)}`,
      requires: { go: 'the Go toolchain, https://go.dev/doc/install' },
      install: (directory) => build(module, directory),
    },
    options,
  );
  return { ...installed, program: join(installed.directory, module.name) };
}

async function build({ name, folder }: GoModule, directory: string): Promise<void> {
  const program = join(directory, name);
  const args = ['build', '-trimpath', '-mod=readonly', '-ldflags=-s -w', '-o', program, '.'];
  const { code, stderr } = await runProcess('go', args, {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0' },
    timeoutMs: 20 * 60_000,
  });
  if (code === 0 && existsSync(program)) return;
  throw new Error(`go build of ${name} failed (exit code ${code}):\n${lastLines(stderr, 15)}`);
}

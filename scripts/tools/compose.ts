/** Compose's own loader, the one that `docker compose config` runs, as a program without Docker. */

import { join } from 'node:path';
import type { CacheOptions, InstalledTool } from './cache.ts';
import { ensureGoModule } from './go-module.ts';
import { runProcess } from './process.ts';

const module = {
  name: 'compose-check',
  version: '2.9.0',
  folder: join(import.meta.dirname, 'compose-check'),
};

/** Some 10 s to build, 5 MB. */
export async function ensureComposeCheck(
  options?: CacheOptions,
): Promise<InstalledTool & { readonly program: string }> {
  return await ensureGoModule(module, options);
}

export type ComposeAnswer =
  | { readonly valid: true; readonly project: unknown }
  | { readonly valid: false; readonly message: string };

/** Reads a file as `docker compose --project-directory FOLDER --env-file ENV-FILE config` would. */
export async function loadCompose(
  folder: string,
  file: string,
  envFile: string | null,
): Promise<ComposeAnswer> {
  const { program } = await ensureComposeCheck();
  const args = [folder, file, ...(envFile === null ? [] : [envFile])];
  // No variable of ours is to stand in for one of the file.
  const { code, stdout, stderr } = await runProcess(program, args, { env: {}, timeoutMs: 60_000 });
  if (code === 0) return { valid: true, project: JSON.parse(stdout) as unknown };
  return { valid: false, message: stderr.trim() };
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheOptions, ensureTool, type InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

/** A program that `go install` builds from a pinned version of its module. */
export interface GoTool {
  readonly name: string;
  readonly version: string;
  /** Import path of the main package. */
  readonly package: string;
}

export async function ensureGoTool(
  tool: GoTool,
  options: CacheOptions = {},
): Promise<InstalledTool & { readonly program: string }> {
  const installed = await ensureTool(
    {
      name: tool.name,
      version: tool.version,
      requires: { go: 'the Go toolchain, https://go.dev/doc/install' },
      install: (directory) => goInstall(tool, directory),
    },
    options,
  );
  return { ...installed, program: join(installed.directory, tool.name) };
}

async function goInstall(tool: GoTool, directory: string): Promise<void> {
  const target = `${tool.package}@${tool.version}`;
  const result = await runProcess('go', ['install', '-trimpath', '-ldflags=-s -w', target], {
    env: { ...process.env, GOBIN: directory, CGO_ENABLED: '0' },
    timeoutMs: 20 * 60_000,
  });
  if (result.code !== 0 || !existsSync(join(directory, tool.name))) {
    throw new Error(
      `go install ${target} failed (exit code ${result.code}):\n${lastLines(result.stderr, 15)}`,
    );
  }
}

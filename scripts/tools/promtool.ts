import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheOptions, ensureTool, type InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

/** Of the image in the manifests, v3.5.0: Go modules count it as 0.305. */
const version = 'v0.305.0';
const timeoutMs = 30 * 60_000;

export interface Promtool extends InstalledTool {
  readonly promtool: string;
}

/**
 * promtool as it is in the image: Debian's knows no discovery of Kubernetes, and reads ranges as Prometheus 2 did, with both
 * ends. Its module has a `replace`, which `go install` refuses, and is built in its own folder instead. Some three minutes on two
 * processor cores, 109 MB.
 */
export async function ensurePromtool(options: CacheOptions = {}): Promise<Promtool> {
  const installed = await ensureTool(
    {
      name: 'promtool',
      version,
      requires: { go: 'the Go toolchain, https://go.dev/doc/install' },
      install: build,
    },
    options,
  );
  return { ...installed, promtool: join(installed.directory, 'promtool') };
}

async function build(directory: string): Promise<void> {
  const module = `github.com/prometheus/prometheus@${version}`;
  const { stdout } = await mustRun(['mod', 'download', '-json', module], directory);
  const { Dir: folder } = JSON.parse(stdout) as { readonly Dir: string };
  const flags = ['-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags=-s -w'];
  await mustRun(['build', ...flags, '-o', `${directory}/`, './cmd/promtool'], folder);
  if (!existsSync(join(directory, 'promtool'))) throw new Error(`go build of ${module} made no promtool`);
}

async function mustRun(args: readonly string[], cwd: string): Promise<{ readonly stdout: string }> {
  const env = { ...process.env, CGO_ENABLED: '0' };
  const result = await runProcess('go', args, { cwd, env, timeoutMs });
  if (result.code === 0) return result;
  throw new Error(`go ${args.join(' ')} failed (exit code ${result.code}):\n${lastLines(result.stderr, 15)}`);
}

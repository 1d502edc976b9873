import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CacheOptions, ensureTool, type InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

/**
 * A module whose go.mod pins the release and repeats its `replace` directives: `go install` refuses a main module that
 * has any, and the libraries of Kubernetes are published under other versions than Kubernetes itself.
 */
const module = join(import.meta.dirname, 'kube-build');
const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'];

export interface Kubernetes extends InstalledTool {
  readonly apiServer: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  /** Its `kustomize` subcommand is what renders kustomizations. */
  readonly kubectl: string;
}

/** The control plane of a cluster and kubectl, from source; the first build takes some twelve minutes on two busy cores. */
export async function ensureKubernetes(options: CacheOptions = {}): Promise<Kubernetes> {
  const [goMod, goSum] = await Promise.all([
    readFile(join(module, 'go.mod'), 'utf8'),
    readFile(join(module, 'go.sum'), 'utf8'),
  ]);
  const release = /^require k8s\.io\/kubernetes v(1\.\d+\.\d+)$/m.exec(goMod)?.[1];
  if (release === undefined) throw new Error(`${join(module, 'go.mod')} names no release of Kubernetes`);
  const flags = flagsOf(release);
  const digest = createHash('sha256')
    .update([goMod, goSum, ...flags, ...programs].join('\n'))
    .digest('hex');
  const installed = await ensureTool(
    {
      name: 'kubernetes',
      version: `${release}-${digest.slice(0, 12)}`,
      requires: { go: 'the Go toolchain, https://go.dev/doc/install' },
      install: (directory) => build(flags, directory),
    },
    { lockTimeoutMs: 60 * 60_000, ...options },
  );
  const at = (program: string): string => join(installed.directory, program);
  return {
    ...installed,
    apiServer: at('kube-apiserver'),
    controllerManager: at('kube-controller-manager'),
    scheduler: at('kube-scheduler'),
    kubectl: at('kubectl'),
  };
}

/** Without the version, which the release's own build sets, kubectl and helm would take the server for v0.0.0. */
function flagsOf(release: string): readonly string[] {
  const values = {
    gitVersion: `v${release}`,
    gitMajor: '1',
    gitMinor: release.split('.')[1],
    gitTreeState: 'clean',
  };
  const set = Object.entries(values).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return ['-trimpath', '-mod=readonly', `-ldflags=-s -w ${set.join(' ')}`];
}

async function build(flags: readonly string[], directory: string): Promise<void> {
  const packages = programs.map((name) => `k8s.io/kubernetes/cmd/${name}`);
  const { code, stderr } = await runProcess('go', ['build', ...flags, '-o', `${directory}/`, ...packages], {
    cwd: module,
    env: { ...process.env, CGO_ENABLED: '0' },
    timeoutMs: 60 * 60_000,
  });
  const missing = programs.filter((name) => !existsSync(join(directory, name)));
  if (code !== 0 || missing.length > 0) {
    const what = packages.join(' ');
    throw new Error(`go build ${what} failed (exit code ${code}):\n${lastLines(stderr, 15)}`);
  }
}

/** The Compose file as Compose itself reads it, as far as the tests look at it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadCompose } from '../../../scripts/tools/compose.ts';

export const infra = resolve(import.meta.dirname, '../../../reference-infra');
export const composeFile = resolve(infra, 'docker-compose.yml');

export interface ComposeService {
  readonly profiles?: readonly string[];
  readonly image?: string;
  readonly pull_policy?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly target: number;
    readonly published: string;
  }[];
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly {
    readonly type: 'bind' | 'volume' | 'tmpfs';
    readonly source: string;
    readonly target: string;
    readonly read_only?: boolean;
  }[];
  readonly tmpfs?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly user?: string;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly deploy?: {
    readonly resources?: {
      readonly limits?: { readonly cpus?: number; readonly memory?: string; readonly pids?: number };
    };
  };
}

export interface ComposeProject {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, unknown>>;
}

/** .env.example with a password wherever it wants one. */
export function filledExample(): string {
  return readFileSync(join(infra, '.env.example'), 'utf8').replaceAll(/^(\w+_PASSWORD)=$/gm, '$1=secret1');
}

/** The file with the variables of .env.example. */
export async function loadProject(): Promise<ComposeProject> {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  try {
    const envFile = join(folder, 'env');
    writeFileSync(envFile, filledExample());
    const answer = await loadCompose(infra, composeFile, envFile);
    if (!answer.valid) throw new Error(answer.message);
    return answer.project as ComposeProject;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

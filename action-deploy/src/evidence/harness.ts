/** What the tests of evidence share: documents as gates write them, in a workspace of its own for each test. */

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { buildResult, impliedCheck, judge, serializeResult } from '../../../core/gate/index.ts';
import type { Judged, MetricCatalogue } from '../../../core/gate/types.ts';
import type { EvidenceRecord } from '../types.ts';
import { verifyEvidence } from './index.ts';

export const commit = 'c0ffee00'.repeat(5);
export const otherCommit = 'deadbeef'.repeat(5);
export const digest = `sha256:${'ab'.repeat(32)}`;
export const now = new Date('2026-11-30T12:00:00Z');
export const day = 86_400_000;

let workspace = '';

export function theWorkspace(): string {
  return workspace;
}

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'evidence-'));
});

afterEach(() => rm(workspace, { recursive: true, force: true }));

const catalogue: MetricCatalogue = new Map();

export function accuracy(value: number, severity: 'fail' | 'warn' = 'fail', metric = 'accuracy'): Judged {
  const bound = { kind: 'number', value: 0.85, text: '0.85' } as const;
  const check = { ...impliedCheck(metric, null, { kind: 'compare', operator: '>=', bound }), severity };
  const estimate = { defined: true, value, interval: null, n: 500 } as const;
  return judge(
    check,
    { metric, selector: null, estimate, baseline: null, contrast: null },
    { confidence: 0.95 },
  );
}

export interface Made {
  readonly judged?: readonly Judged[];
  readonly commit?: string | null;
  readonly image?: string;
  readonly ageMs?: number;
}

/** What a gate writes. */
export function documentOf(made: Made = {}): string {
  const finishedAt = new Date(now.getTime() - (made.ageMs ?? 3_600_000));
  const result = buildResult({
    action: 'validate-model',
    id: '',
    subject: [
      { name: 'model.onnx', digest: { sha256: (made.image ?? 'ef'.repeat(32)).replace('sha256:', '') } },
    ],
    configuration: [],
    judged: made.judged ?? [accuracy(0.91)],
    catalogue,
    metrics: {},
    undefinedMetrics: {},
    notices: [],
    startedAt: new Date(finishedAt.getTime() - 1000),
    finishedAt,
    commit: made.commit === undefined ? commit : made.commit,
    run: null,
    details: {},
  });
  return serializeResult(result).text;
}

/** As a hand with an editor does it. */
export function edited<Result>(text: string, edit: (result: Result) => void): string {
  const result = JSON.parse(text) as Result;
  edit(result);
  return JSON.stringify(result);
}

export async function put(path: string, text: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(workspace, path)), { recursive: true });
  await writeFile(join(workspace, path), text);
}

export async function verify(
  globs: readonly string[],
  known: { commit?: string | null } = {},
): Promise<{ record: readonly EvidenceRecord[]; judged: readonly Judged[] }> {
  return verifyEvidence(
    { globs, maxAgeMs: 7 * day },
    { image: { digest }, commit: known.commit === undefined ? commit : known.commit },
    { workspace, clock: () => now },
  );
}

export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

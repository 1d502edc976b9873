/** What tests of the issue and of retraining share: results of runs, and a repository in which days go by. */

import type { ColumnDrift } from '../../../core/drift/types.ts';
import type { GateResult, Verdict } from '../../../core/gate/types.ts';
import type { EventContext } from '../../../core/github/index.ts';
import { readContext } from '../../../core/github/index.ts';
import type { FinishedResult, FollowContext } from '../../../core/run/index.ts';
import { columnOf } from '../prometheus/testing.ts';
import type { DriftDetails } from '../types.ts';
import type { IssueConfig, RetrainConfig } from './inputs.ts';

export const digest = `sha256:${'d'.repeat(64)}`;

export function columnDrift(column: string, changes: Partial<ColumnDrift> = {}): ColumnDrift {
  return columnOf(column, {
    value: 0.5,
    noise_floor: 0.02,
    effect: 0.48,
    test: null,
    n_current: 5000,
    drifted: true,
    signals: ['distribution'],
    score: 4.8,
    sentence: `the median of ${column} is up by 4.1`,
    ...changes,
  });
}

export interface RunOfTest {
  readonly verdict: Verdict;
  readonly at: Date;
  readonly id?: string;
  /** Drifted ones; default: `age` of a failed run. */
  readonly columns?: readonly ColumnDrift[];
  readonly details?: Partial<DriftDetails>;
  readonly checks?: GateResult['predicate']['gate']['checks'];
}

export function finishedRun(run: RunOfTest): FinishedResult<DriftDetails> {
  const { verdict, at, id = '', columns = verdict === 'fail' ? [columnDrift('age')] : [] } = run;
  const quiet = columnDrift('height', { drifted: false, score: 0, signals: [] });
  const all = [...columns, quiet];
  return {
    digest,
    result: {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'current.csv', digest: { sha256: 'a'.repeat(64) } }],
      predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
      predicate: {
        result: verdict === 'pass' ? 'PASSED' : 'FAILED',
        configuration: [],
        passedTests: [],
        warnedTests: [],
        failedTests: [],
        gate: {
          version: 1,
          action: 'drift-check',
          id,
          verdict,
          startedAt: at.toISOString(),
          finishedAt: at.toISOString(),
          commit: null,
          run: null,
          checks: run.checks ?? [],
          metrics: {},
          undefinedMetrics: {},
          notices: [],
          details: {
            mode: 'check',
            reference: { kind: 'data', rows: 5000, files: ['reference.csv'] },
            current: { rows: 5000, files: ['current.csv'] },
            alpha: 0.05,
            minRows: 200,
            columns: all,
            newColumns: [],
            share_drifted: columns.length / all.length,
            drifted: columns.map(({ column }) => column),
            performance: [],
            profile: null,
            metricsPath: null,
            ...run.details,
          },
        },
      },
    },
  };
}

export const retrainConfig = (changes: Partial<RetrainConfig> = {}): RetrainConfig => ({
  target: { kind: 'workflow', file: 'retrain.yml' },
  after: 2,
  cooldown: 24 * 3600,
  ...changes,
});

export const issueConfig = (changes: Partial<IssueConfig> = {}): IssueConfig => ({
  issue: 'auto',
  labels: ['data-drift'],
  assignees: [],
  retrain: null,
  ...changes,
});

export function scheduleContext(apiUrl: string, run: number, attempt = 1, event = 'schedule'): EventContext {
  return readContext(
    {
      GITHUB_EVENT_NAME: event,
      GITHUB_REPOSITORY: 'octo/models',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_SHA: 'b'.repeat(40),
      GITHUB_RUN_ID: String(run),
      GITHUB_RUN_ATTEMPT: String(attempt),
      GITHUB_API_URL: apiUrl,
    },
    () => '{}',
  );
}

export type GitHubOfTest = NonNullable<FollowContext['github']>;

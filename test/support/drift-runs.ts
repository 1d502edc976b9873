/** A repository of the tests in which scheduled drift checks run, one after the other or at once. */

import { type Followed, followDrift } from '../../action-drift-check/src/issue/follow.ts';
import type { IssueConfig } from '../../action-drift-check/src/issue/inputs.ts';
import {
  finishedRun,
  issueConfig,
  type RunOfTest,
  scheduleContext,
} from '../../action-drift-check/src/issue/testing.ts';
import type { GitHubServer } from './github-server.ts';
import { recordingLog, testClient } from './github-setup.ts';
import type { Issue } from './github-state.ts';

export interface DriftRun extends Partial<RunOfTest> {
  readonly verdict: RunOfTest['verdict'];
  /** Default: the next one. */
  readonly run?: number;
  readonly attempt?: number;
  readonly event?: string;
  readonly config?: IssueConfig;
  /** Default: a client of the server; null: no token. */
  readonly client?: null;
}

export interface DriftRuns {
  /** The time of the next run. */
  now: Date;
  run(run: DriftRun): Promise<Followed & { readonly lines: readonly string[] }>;
  /** `ffp`: one a day. */
  days(verdicts: string): Promise<readonly Followed[]>;
  readonly issues: readonly Issue[];
  /** Bodies of the comments, without the lines that readers do not see. */
  readonly comments: readonly string[];
  /** The text of the issue, as readers see it. */
  text(number?: number): string;
}

const DAY = 24 * 3600 * 1000;
const verdicts = { f: 'fail', p: 'pass', i: 'inconclusive' } as const;

export function driftRuns(server: GitHubServer, config: IssueConfig = issueConfig()): DriftRuns {
  let next = 100;
  const runs: DriftRuns = {
    now: new Date('2026-07-01T06:00:00Z'),
    async run({ run = next++, attempt = 1, event, config: own = config, client, ...rest }) {
      const at = rest.at ?? runs.now;
      server.state.now = () => runs.now;
      const log = recordingLog();
      const context = scheduleContext(server.url, run, attempt, event);
      const followed = await followDrift(finishedRun({ ...rest, at }), own, {
        log,
        clock: () => runs.now,
        reportUrl: 'https://github.com/octo/models/actions/runs/1/artifacts/2',
        github: { context, client: client === null ? null : testClient(server), secrets: ['test-token'] },
      });
      return { ...followed, lines: log.lines };
    },
    async days(letters) {
      const all: Followed[] = [];
      for (const letter of letters) {
        const verdict = verdicts[letter as keyof typeof verdicts];
        all.push(await runs.run({ verdict }));
        runs.now = new Date(runs.now.getTime() + DAY);
      }
      return all;
    },
    get issues() {
      return server.state.issues;
    },
    get comments() {
      return server.state.comments.map(({ body }) => visible(body));
    },
    text: (number = 1) => visible(server.state.issues.find((issue) => issue.number === number)?.body ?? ''),
  };
  return runs;
}

function visible(body: string): string {
  return body
    .split('\n')
    .filter((line) => !line.startsWith('<!-- '))
    .join('\n')
    .trim();
}

/** Results of the deploy action as its report has to show them: each outcome, ECS and Kubernetes, and hostile texts. */

import type { DeployDetails, TimelineEvent, Unit } from '../../action-deploy/src/types.ts';
import { buildResult } from '../../core/gate/index.ts';
import type { Check, GateResult, Judged, MetricDefinition, Verdict } from '../../core/gate/types.ts';
import { hostileTexts } from './gate-samples.ts';

export type DeploySample = GateResult<DeployDetails>;

const start = Date.parse('2026-05-04T09:00:07Z');
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();
const digest = `sha256:${'1f3c07a9'.repeat(8)}`;
const formerDigest = `sha256:${'77aa21b4'.repeat(8)}`;
const repository = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api';
const taskDefinition = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:42';
const serviceDeployment =
  'arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/Zp3rT8kQ1vXn5mYw7uBcD';

const image: NonNullable<DeployDetails['image']> = {
  given: `${repository}:2026.05.04`,
  repository,
  tag: '2026.05.04',
  digest,
  reference: `${repository}@${digest}`,
  platforms: [
    { os: 'linux', architecture: 'amd64' },
    { os: 'linux', architecture: 'arm64' },
  ],
};

const kubernetesImage: typeof image = {
  ...image,
  given: 'ghcr.io/octo/api:v7',
  repository: 'ghcr.io/octo/api',
  tag: 'v7',
  reference: `ghcr.io/octo/api@${digest}`,
};

const event = (seconds: number, kind: TimelineEvent['kind'], text: string, subject = ''): TimelineEvent => ({
  at: at(seconds),
  kind,
  subject,
  text,
});

function task(name: string, more: Partial<Unit> = {}): Unit {
  return {
    name,
    revision: 'new',
    state: 'RUNNING',
    healthy: true,
    reason: null,
    startedAt: at(40),
    stoppedAt: null,
    ...more,
  };
}

const former = (name: string, more: Partial<Unit> = {}): Unit =>
  task(name, { revision: 'old', startedAt: '2026-04-20T11:32:00Z', ...more });

const ecsPlan: NonNullable<DeployDetails['plan']> = {
  headline: `service web of cluster prod: web:41 with api@${digest.slice(0, 19)}… in place of api@${formerDigest.slice(0, 19)}…`,
  unchanged: false,
  changes: [
    {
      place: 'containerDefinitions[app].image',
      from: `"${repository}@${formerDigest}"`,
      to: `"${repository}@${digest}"`,
    },
    { place: 'containerDefinitions[app].environment[LOG_LEVEL]', from: null, to: '"info"' },
  ],
  before: {
    name: 'web:41',
    images: [{ container: 'app', image: `api@${formerDigest.slice(0, 19)}…` }],
    desired: 3,
  },
  after: { name: null, images: [{ container: 'app', image: `api@${digest.slice(0, 19)}…` }], desired: 3 },
  inProgress: null,
  current: { deployment: null, taskDefinitionArn: null, revision: 'web:41' },
  notices: [],
};

const kubernetesPlan: NonNullable<DeployDetails['plan']> = {
  headline: `Deployment/web of namespace shop: ghcr.io/octo/api@${digest.slice(0, 19)}… in place of ghcr.io/octo/api@${formerDigest.slice(0, 19)}…`,
  unchanged: false,
  changes: [
    {
      place: 'Deployment/web spec.template.spec.containers[app].image',
      from: `"ghcr.io/octo/api@${formerDigest}"`,
      to: `"ghcr.io/octo/api@${digest}"`,
    },
    {
      place: 'Deployment/web spec.template.spec.containers[app].resources.limits.memory',
      from: '"512Mi"',
      to: '"256Mi"',
    },
  ],
  before: { name: 'revision 6', images: [], desired: 3 },
  after: { name: 'revision 7', images: [], desired: 3 },
  inProgress: null,
  current: { deployment: 'Deployment/web@6', taskDefinitionArn: null, revision: 'revision 6' },
  notices: ['The namespace sets no limits of its own.'],
};

const base: DeployDetails = {
  outcome: 'succeeded',
  target: 'ecs',
  cause: null,
  causes: [],
  image,
  scan: null,
  plan: ecsPlan,
  strategy: 'rolling',
  evidence: [],
  analysis: [],
  timeline: [],
  units: [],
  rollback: null,
  left: 'web:42 runs as service web of cluster prod: 3 of 3 tasks are healthy.',
  ids: { deployment: serviceDeployment, taskDefinitionArn: taskDefinition, revision: 'web:42' },
  deployment: {
    id: 4711,
    environment: 'production',
    url: 'https://github.com/octo/models/deployments/production',
  },
};

const metric: MetricDefinition = {
  name: 'rollout',
  label: 'rollout',
  unit: 'ratio',
  direction: 'higher',
  definition: 'The rollout ended as it should.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html',
  selector: 'optional',
  selectorHelp: null,
  standsAlone: true,
};

function judgedAs(id: string, verdict: Verdict, reason: string): Judged {
  const check: Check = {
    id,
    metric: 'rollout',
    selector: null,
    condition: { kind: 'holds' },
    confidence: null,
    severity: 'fail',
    place: null,
  };
  const value = verdict === 'pass' ? 1 : 0;
  const estimate = { defined: true, value, interval: null, n: 1 } as const;
  return {
    check,
    measurement: { metric: 'rollout', selector: null, estimate, baseline: null, contrast: null },
    verdict,
    reason,
  };
}

export function deployResult(
  details: Partial<DeployDetails>,
  judged: readonly Judged[] | null = null,
  notices: readonly string[] = [],
): DeploySample {
  const whole = { ...base, ...details };
  const passes = ['succeeded', 'unchanged', 'planned'].includes(whole.outcome);
  return buildResult({
    action: 'deploy',
    id: '',
    subject: [
      {
        name: whole.image?.repository ?? 'api',
        digest: { sha256: (whole.image?.digest ?? digest).slice(7) },
      },
    ],
    configuration: [],
    judged: judged ?? [
      judgedAs('rollout', passes ? 'pass' : 'fail', passes ? whole.left : (whole.cause ?? whole.left)),
    ],
    catalogue: new Map([['rollout', metric]]),
    metrics: {},
    undefinedMetrics: {},
    notices,
    startedAt: new Date(start - 5000),
    finishedAt: new Date(start + 600_000),
    commit: 'c0ffee0123456789c0ffee0123456789c0ffee01',
    run: { id: 99, attempt: 1, url: 'https://github.com/octo/models/actions/runs/99' },
    details: whole,
  });
}

const errorRate =
  'error_rate: sum(rate(http_requests_total{service="web",code=~"5.."}[2m])) / sum(rate(http_requests_total{service="web"}[2m])) < 1%';
const latency =
  'warn: p95: histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{service="web"}[2m]))) < 200ms';

const evidence: DeployDetails['evidence'] = [
  {
    path: 'gate-results/validate-model.json',
    action: 'validate-model',
    verdict: 'pass',
    commit: 'c0ffee0123456789c0ffee0123456789c0ffee01',
    digest: `sha256:${'ab'.repeat(32)}`,
    finishedAt: '2026-05-04T08:51:00Z',
    accepted: true,
    reason: 'a pass for this commit, 9 minutes old',
  },
  {
    path: 'gate-results/perf-gate.json',
    action: 'perf-gate',
    verdict: 'pass',
    commit: 'c0ffee0123456789c0ffee0123456789c0ffee01',
    digest: `sha256:${'cd'.repeat(32)}`,
    finishedAt: '2026-05-04T08:55:12Z',
    accepted: true,
    reason: 'a pass for this image, 5 minutes old',
  },
];

const scan: DeployDetails['scan'] = {
  kind: 'enhanced',
  counts: { high: 1, medium: 3, low: 12, informational: 2 },
  gravest: [
    {
      id: 'CVE-2025-4802',
      severity: 'high',
      package: 'glibc 2.36-9',
      uri: 'https://security-tracker.debian.org/tracker/CVE-2025-4802',
    },
    { id: 'CVE-2024-8176', severity: 'medium', package: 'expat 2.5.0', uri: null },
  ],
  finishedAt: '2026-05-04T08:40:31Z',
};

const canarySteps: readonly TimelineEvent[] = [
  event(0, 'step', 'registered web:42'),
  event(4, 'step', 'starting 3 tasks of web:42'),
  event(5, 'progress', '0 of 3 tasks run', 'service web'),
  event(52, 'progress', '3 of 3 tasks run and are healthy', 'service web'),
  event(60, 'step', '10% of the traffic to web:42'),
  event(360, 'analysis', 'after 10% of the traffic: goes on'),
  event(362, 'step', 'all of the traffic to web:42'),
];

/** By name; made anew by each call. */
export const deploySamples: Readonly<Record<string, () => DeploySample>> = {
  'a canary that succeeded': () =>
    deployResult({
      strategy: 'canary: 10% for 5 min, then 2 min before the former tasks go',
      evidence,
      scan,
      timeline: [
        ...canarySteps,
        event(482, 'analysis', 'before the former tasks go: goes on'),
        event(484, 'step', 'the former tasks go'),
        event(530, 'step', 'completed'),
      ],
      analysis: [
        {
          stage: 'after 10% of the traffic',
          at: at(360),
          promote: true,
          lines: [
            { check: errorRate, value: 0.0034, verdict: 'pass', reason: '0.0034 is below 0.01' },
            { check: latency, value: 0.2183, verdict: 'fail', reason: '218.3 ms is not below 200 ms' },
          ],
        },
        {
          stage: 'before the former tasks go',
          at: at(482),
          promote: true,
          lines: [
            { check: errorRate, value: 0.0021, verdict: 'pass', reason: '0.0021 is below 0.01' },
            { check: latency, value: 0.1731, verdict: 'pass', reason: '173.1 ms is below 200 ms' },
          ],
        },
      ],
      units: [
        task('1f3c0a77d1e94c0f9f27aab0c3d41e52'),
        task('5b11f9302e2c4b5a8dd0a6f7be90c8d4', { startedAt: at(43) }),
        task('c98d4410aa6b4de3b7f21c5506e7f3b9', { startedAt: at(47) }),
        ...['a0', 'b1', 'c2'].map((name, index) =>
          former(name.repeat(16), { state: 'STOPPED', healthy: false, stoppedAt: at(500 + index * 6) }),
        ),
      ],
    }),

  'a circuit breaker that rolled back': () => {
    const cause =
      'task 9a2e: container app was killed for its memory (OutOfMemoryError, exit code 137), 3 times in 2 min';
    return deployResult({
      outcome: 'rolled-back',
      cause,
      causes: [
        {
          source: 'unit',
          reason: 'OutOfMemoryError',
          text: cause,
          logLines: [
            'INFO:     Started server process [1]',
            'INFO:     loading model fraud-v7.onnx (1.9 GB)',
            'INFO:     warming up with 64 rows',
            '    at Session.run (/app/model/session.js:88:17)',
            'WARNING:  memory 498 MiB of 512 MiB',
          ],
        },
        {
          source: 'event',
          reason: 'deployment failed',
          text: 'service web: (deployment ecs-svc/1847) deployment failed: tasks failed to start.',
          logLines: [],
        },
      ],
      timeline: [
        event(0, 'step', 'registered web:42'),
        event(4, 'step', 'starting 3 tasks of web:42'),
        event(48, 'failure', 'OutOfMemoryError: container app killed, exit code 137', 'task 9a2e'),
        event(93, 'failure', 'OutOfMemoryError: container app killed, exit code 137', 'task 77b0'),
        event(120, 'warning', 'is unable to consistently start tasks successfully', 'service web'),
        event(141, 'failure', 'OutOfMemoryError: container app killed, exit code 137', 'task 03c4'),
        event(150, 'rollback', 'the circuit breaker goes back to web:41'),
        event(171, 'progress', '3 of 3 tasks of web:41 run', 'service web'),
      ],
      units: [
        task('9a2e4410aa6b4de3b7f21c5506e7f3b9', {
          state: 'STOPPED',
          healthy: false,
          startedAt: at(36),
          stoppedAt: at(48),
          reason: 'OutOfMemoryError: Container killed due to memory usage; exit code 137',
        }),
        task('77b04410aa6b4de3b7f21c5506e7f3b9', {
          state: 'STOPPED',
          healthy: false,
          startedAt: at(80),
          stoppedAt: at(93),
          reason: 'OutOfMemoryError: Container killed due to memory usage; exit code 137',
        }),
        task('03c44410aa6b4de3b7f21c5506e7f3b9', {
          state: 'STOPPED',
          healthy: false,
          startedAt: at(127),
          stoppedAt: at(141),
          reason: 'OutOfMemoryError: Container killed due to memory usage; exit code 137',
        }),
        ...['a0', 'b1', 'c2'].map((name) => former(name.repeat(16))),
      ],
      rollback: { by: 'platform', verified: true, text: 'web:41 runs again, 3 of 3 tasks are healthy' },
      left: 'web:41 runs again as service web of cluster prod: 3 of 3 tasks are healthy.',
      ids: { deployment: serviceDeployment, taskDefinitionArn: taskDefinition, revision: 'web:41' },
    });
  },

  'pods whose image cannot be pulled, left in between': () => {
    const cause =
      'pod web-6d4cf56db6-x2x9k: image ghcr.io/octo/api cannot be pulled (ImagePullBackOff): 401 Unauthorized';
    return deployResult({
      target: 'kubernetes',
      outcome: 'rollback-failed',
      plan: kubernetesPlan,
      image: kubernetesImage,
      cause,
      causes: [
        { source: 'unit', reason: 'ImagePullBackOff', text: cause, logLines: [] },
        {
          source: 'platform',
          reason: 'Forbidden',
          text: 'the former Deployment/web could not be restored: deployments.apps "web" is forbidden: User "ci" cannot patch resource',
          logLines: [],
        },
      ],
      timeline: [
        event(0, 'step', 'applied Deployment/web, Service/web'),
        event(2, 'progress', '1 of 3 pods updated', 'Deployment/web'),
        event(6, 'warning', 'ErrImagePull', 'pod web-6d4cf56db6-x2x9k'),
        event(21, 'failure', 'ImagePullBackOff: 401 Unauthorized', 'pod web-6d4cf56db6-x2x9k'),
        event(22, 'rollback', 'going back to revision 6'),
        event(23, 'failure', 'deployments.apps "web" is forbidden', 'Deployment/web'),
      ],
      units: [
        task('web-6d4cf56db6-x2x9k', {
          state: 'Pending',
          healthy: false,
          startedAt: null,
          reason: 'ImagePullBackOff: Back-off pulling image',
        }),
        ...['2fkq8', '7hnvd', 'zk4pm'].map((name) => former(`web-55c8b7f9d4-${name}`, { state: 'Running' })),
      ],
      rollback: {
        by: 'action',
        verified: false,
        text: 'the former Deployment/web could not be restored: forbidden',
      },
      left: 'Deployment/web is in between: 3 pods of revision 6 are ready, 1 pod of revision 7 cannot start.',
      ids: { deployment: 'Deployment/web@7', taskDefinitionArn: null, revision: 'revision 7' },
      deployment: null,
    });
  },

  'a readiness probe that fails until the deadline': () => {
    const cause = 'pod web-7c9d8-aaaaa: readiness probe failed: HTTP probe failed with statuscode: 503';
    return deployResult({
      target: 'kubernetes',
      outcome: 'timed-out',
      plan: kubernetesPlan,
      image: kubernetesImage,
      ids: { deployment: 'Deployment/web@7', taskDefinitionArn: null, revision: 'revision 7' },
      cause,
      causes: [
        {
          source: 'unit',
          reason: 'Unhealthy',
          text: cause,
          logLines: ['model registry does not answer, trying again'],
        },
        {
          source: 'deadline',
          reason: 'deadline',
          text: 'the rollout had not ended after 30 min',
          logLines: [],
        },
      ],
      timeline: [
        event(0, 'step', 'applied Deployment/web'),
        ...Array.from({ length: 40 }, (_, index) =>
          event(20 + index * 43, 'progress', `${index % 2} of 3 new pods ready`, 'Deployment/web'),
        ),
        event(1800, 'failure', 'the rollout had not ended after 30 min'),
      ],
      units: [
        task('web-7c9d8-aaaaa', {
          state: 'Running',
          healthy: false,
          startedAt: at(8),
          reason: 'Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503',
        }),
        task('web-7c9d8-bbbbb', { state: 'Running', startedAt: at(9) }),
        former('web-55c8b7f9d4-2fkq8', { state: 'Running' }),
      ],
      left: 'Deployment/web was left as it is (rollback: false): 1 of 3 new pods is ready, 1 former one still runs.',
    });
  },

  'an analysis without an answer': () =>
    deployResult(
      {
        outcome: 'rolled-back',
        strategy: 'canary: 10% for 5 min',
        cause: 'analysis after 10% of the traffic: error_rate is not known',
        causes: [
          {
            source: 'analysis',
            reason: 'no data',
            text: 'analysis after 10% of the traffic: error_rate is not known: the query gives no data: no series matches it',
            logLines: [],
          },
        ],
        timeline: [
          ...canarySteps.slice(0, 5),
          event(360, 'analysis', 'after 10% of the traffic: stops here'),
          event(361, 'rollback', 'all of the traffic back to web:41'),
        ],
        analysis: [
          {
            stage: 'after 10% of the traffic',
            at: at(360),
            promote: false,
            lines: [
              {
                check: errorRate,
                value: null,
                verdict: 'inconclusive',
                reason: 'the query gives no data: no series matches it',
              },
              { check: latency, value: 0.3, verdict: 'fail', reason: '300 ms is not below 200 ms' },
            ],
          },
        ],
        units: [task('1f3c0a77d1e94c0f9f27aab0c3d41e52'), former('a0'.repeat(16))],
        rollback: { by: 'action', verified: true, text: 'all of the traffic goes to web:41 again' },
        left: 'web:41 runs as service web of cluster prod: 3 of 3 tasks are healthy.',
      },
      [judgedAs(errorRate, 'inconclusive', 'the query gives no data: no series matches it')],
    ),

  'a plan': () =>
    deployResult(
      {
        outcome: 'planned',
        plan: {
          ...ecsPlan,
          changes: [
            ...ecsPlan.changes,
            {
              place: 'containerDefinitions[app].healthCheck.command',
              from: '["CMD-SHELL","curl -f http://localhost/health"]',
              to: JSON.stringify([
                'CMD-SHELL',
                `node -e "${'fetch(process.env.URL).then(check);'.repeat(30)}"`,
              ]),
            },
            {
              place: 'containerDefinitions[app].secrets[API_KEY].valueFrom',
              from: '(not shown)',
              to: '(not shown, changed)',
            },
            { place: 'cpu', from: '"256"', to: null },
          ],
          notices: ['The service has a circuit breaker, but it does not roll back: this action does.'],
        },
        left: 'web:41 runs as before; nothing was changed.',
        ids: { deployment: null, taskDefinitionArn: null, revision: 'web:41' },
        deployment: null,
        evidence,
      },
      null,
      ['dry-run: nothing was changed.'],
    ),

  'nothing to do': () =>
    deployResult({
      outcome: 'unchanged',
      plan: {
        ...ecsPlan,
        unchanged: true,
        changes: [],
        headline: 'service web of cluster prod: web:41 runs this image already',
      },
      left: 'web:41 runs as service web of cluster prod: 3 of 3 tasks are healthy.',
      ids: { deployment: null, taskDefinitionArn: taskDefinition, revision: 'web:41' },
    }),

  'a newer deployment by somebody else': () =>
    deployResult({
      outcome: 'superseded',
      cause: 'web:43 was brought to service web by another deployment 1 min 30 s after this one began',
      causes: [
        {
          source: 'platform',
          reason: 'superseded',
          text: 'web:43 was brought to service web by another deployment 1 min 30 s after this one began',
          logLines: [],
        },
      ],
      timeline: [
        event(0, 'step', 'registered web:42'),
        event(4, 'step', 'starting 3 tasks of web:42'),
        event(90, 'warning', 'another deployment brings web:43', 'service web'),
      ],
      units: [
        task('1f3c0a77d1e94c0f9f27aab0c3d41e52', {
          state: 'DEPROVISIONING',
          healthy: false,
          stoppedAt: at(95),
        }),
      ],
      left: 'web:43 is being rolled out to service web of cluster prod by somebody else.',
    }),

  'evidence that is missing': () =>
    deployResult({
      outcome: 'failed',
      plan: null,
      image: null,
      cause: 'gate-results/perf-gate.json: verdict fail',
      causes: [
        {
          source: 'evidence',
          reason: 'evidence',
          text: 'gate-results/perf-gate.json: verdict fail',
          logLines: [],
        },
      ],
      evidence: [
        ...evidence.slice(0, 1),
        {
          path: 'gate-results/perf-gate.json',
          action: 'perf-gate',
          verdict: 'fail',
          commit: null,
          digest: null,
          finishedAt: null,
          accepted: false,
          reason: 'its verdict is fail: p95 < 200ms: 312 ms is not below 200 ms',
        },
        {
          path: 'gate-results/data*.json',
          action: null,
          verdict: null,
          commit: null,
          digest: null,
          finishedAt: null,
          accepted: false,
          reason: 'no file matches',
        },
      ],
      left: 'Nothing was changed: web:41 runs as before.',
      ids: { deployment: null, taskDefinitionArn: null, revision: null },
      deployment: null,
    }),

  'hostile texts': hostile,
};

function hostile(): DeploySample {
  const all = hostileTexts.join(' ');
  const of = (index: number): string => hostileTexts[index % hostileTexts.length] ?? '';
  return deployResult(
    {
      outcome: 'rollback-failed',
      strategy: all,
      cause: all,
      causes: hostileTexts.map((text) => ({
        source: 'unit',
        reason: text,
        text: `${text} ${all}`,
        logLines: [`  ${text}`, ...hostileTexts],
      })),
      image: {
        ...image,
        given: all,
        repository: all,
        tag: all,
        platforms: [{ os: of(1), architecture: of(2) }],
      },
      scan: {
        kind: of(1),
        counts: Object.fromEntries(hostileTexts.map((text, index) => [text, index])),
        gravest: hostileTexts.map((text) => ({
          id: text,
          severity: text,
          package: text,
          uri: 'javascript:alert(1)',
        })),
        finishedAt: all,
      },
      plan: {
        headline: all,
        unchanged: false,
        changes: Array.from({ length: 400 }, (_, index) => ({
          place: of(index),
          from: index % 3 === 0 ? null : all.repeat(3),
          to: of(index),
        })),
        before: {
          name: all,
          images: hostileTexts.map((text) => ({ container: text, image: text })),
          desired: 0,
        },
        after: { name: all, images: [], desired: null },
        inProgress: all,
        current: { deployment: all, taskDefinitionArn: all, revision: all },
        notices: hostileTexts,
      },
      evidence: hostileTexts.map((text) => ({
        path: text,
        action: text,
        verdict: text,
        commit: text,
        digest: text,
        finishedAt: text,
        accepted: false,
        reason: all,
      })),
      analysis: hostileTexts.map((text, index) => ({
        stage: text,
        at: index % 2 === 0 ? at(index) : text,
        promote: false,
        lines: hostileTexts.map((check) => ({
          check,
          value: index === 0 ? null : 1e-9 * 10 ** index,
          verdict: 'inconclusive',
          reason: all,
        })),
      })),
      timeline: Array.from({ length: 500 }, (_, index) => ({
        at: index % 50 === 7 ? of(index) : at(index * index),
        kind:
          (['step', 'progress', 'warning', 'failure', 'analysis', 'rollback'] as const)[index % 6] ?? 'step',
        subject: of(index),
        text: of(index + 1),
      })),
      units: Array.from({ length: 200 }, (_, index) => ({
        name: of(index),
        revision: index % 3 === 0 ? 'old' : 'new',
        state: of(index + 1),
        healthy: index % 5 === 0,
        reason: of(index + 2),
        startedAt: index % 4 === 0 ? null : at(index),
        stoppedAt: index % 4 === 1 ? of(index) : at(index - 50),
      })),
      rollback: { by: 'action', verified: false, text: all },
      left: all,
      ids: { deployment: all, taskDefinitionArn: all, revision: all },
      deployment: { id: 1, environment: all, url: 'javascript:alert(1)' },
    },
    hostileTexts.map((text) => judgedAs(text, 'fail', text)),
    hostileTexts,
  );
}

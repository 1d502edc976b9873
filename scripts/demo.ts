/**
 * `npm run demo`: the bundled actions (dist, not the sources) on real models and data of this repository, as a
 * runner would start them, each once passing and once failing. Exits 0 when each ends as it should.
 */

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { type DeployScene, startDeployScene } from '../test/support/deploy-scene.ts';
import { ensureMlApi } from './tools/ml-api.ts';

interface Scene {
  readonly title: string;
  readonly action: string;
  readonly id: string;
  readonly exitCode: 0 | 1;
  readonly inputs: Readonly<Record<string, string>>;
  /** Where it is shown, when that has to be started; its inputs come beside those above. */
  readonly start?: () => Promise<DeployScene>;
}

const root = resolve(import.meta.dirname, '..');
const models = 'test/fixtures/models';
const data = 'test/fixtures/data';
const parcels = 'test/fixtures/drift';
const features =
  'mean_radius, mean_texture, mean_perimeter, mean_area, mean_smoothness, mean_compactness, mean_concavity, mean_concave_points';

const orderRules = [
  'row_count >= 100',
  'unique(order_id)',
  `exists(customer in ${data}/customers.csv:id)`,
  'holds(shipped_at >= ordered_at)',
  'null_fraction(shipped_at) <= 20%',
  'mean(amount) between 50 and 200',
  'warn: matches(note, /^[^@]*$/)',
].join('\n');

const scenes: readonly Scene[] = [
  {
    title: 'A better model: accuracy by its interval, recall of every region, no worse than the champion',
    action: 'action-validate-model',
    id: 'passing',
    exitCode: 0,
    inputs: {
      'model-path': `${models}/pair/candidate.onnx`,
      'baseline-path': `${models}/pair/baseline.onnx`,
      'data-path': `${models}/pair/data.csv`,
      'feature-columns': features,
      slices: 'region',
      thresholds: [
        'accuracy >= 0.85 at 95%',
        'recall >= 0.9',
        'recall(region=EU) >= 0.85',
        'roc_auc >= baseline - 0.01',
        'model_size <= 1MB',
        'warn: ece <= 0.05',
      ].join('\n'),
    },
  },
  {
    title: 'A worse model: the same data, the champion as baseline',
    action: 'action-validate-model',
    id: 'failing',
    exitCode: 1,
    inputs: {
      'model-path': `${models}/pair/baseline.onnx`,
      'baseline-path': `${models}/pair/candidate.onnx`,
      'data-path': `${models}/pair/data.csv`,
      'feature-columns': features,
      slices: 'region',
      thresholds: [
        'accuracy >= 0.9 at 95%',
        'roc_auc >= baseline - 0.01',
        'f1(macro) >= 0.9 at 95%',
        'recall(region=EU) >= 0.85',
      ].join('\n'),
    },
  },
  {
    title:
      'Orders as they should be: every row before the schema, keys, dates, and the customers they refer to',
    action: 'action-validate-data',
    id: 'orders',
    exitCode: 0,
    inputs: {
      'data-path': `${data}/orders.csv`,
      'schema-path': `${data}/order.schema.json`,
      rules: orderRules,
    },
  },
  {
    title: 'A bad export of them: each wrong cell with its line',
    action: 'action-validate-data',
    id: 'orders-broken',
    exitCode: 1,
    inputs: {
      'data-path': `${data}/orders-broken.csv`,
      'schema-path': `${data}/order.schema.json`,
      rules: orderRules,
    },
  },
  {
    title: 'Parcels as they usually are: no alarm, whatever chance does',
    action: 'action-drift-check',
    id: 'parcels',
    exitCode: 0,
    inputs: driftInputs('parcels-today.csv'),
  },
  {
    title:
      'Parcels that go farther, some of them unweighed, with a new carrier, and a model that knows none of it',
    action: 'action-drift-check',
    id: 'parcels-drifted',
    exitCode: 1,
    inputs: driftInputs('parcels-drifted.csv'),
  },
  {
    title: 'The inference service under load: fast enough, by latency, processor time and memory',
    action: 'action-perf-gate',
    id: 'ml-api',
    exitCode: 0,
    inputs: {
      ...loadInputs(''),
      thresholds: ['p95 < 500ms', 'cpu_per_request < 100ms', 'memory_peak < 1GB', 'error_rate < 1%'].join(
        '\n',
      ),
      // On a machine that is busy with other things the run says that it cannot tell.
      'on-inconclusive': 'warn',
    },
  },
  {
    title: 'The same with a queue for one request: it refuses what comes at the same time',
    action: 'action-perf-gate',
    id: 'ml-api-refusing',
    exitCode: 1,
    inputs: { ...loadInputs('QUEUE_MAX_REQUESTS=1 '), thresholds: 'p95 < 500ms\nerror_rate < 1%' },
  },
  {
    title: 'A deployment as a plan: what runs on (a simulated) ECS, what would, and nothing is changed',
    action: 'action-deploy',
    id: 'deploy-plan',
    exitCode: 0,
    inputs: { 'dry-run': 'true' },
    start: async () => await startDeployScene(null),
  },
  {
    title: 'The same for real, with an image that does not start: the cause, and what was there runs again',
    action: 'action-deploy',
    id: 'deploy-rolled-back',
    exitCode: 1,
    inputs: { 'require-results': 'gate-results/passing.json' },
    start: async () => await startDeployScene({ kind: 'dies', of: 'exit-1' }),
  },
];

function driftInputs(current: string): Scene['inputs'] {
  return {
    'reference-path': `${parcels}/parcels.csv`,
    'current-path': `${parcels}/${current}`,
    'label-column': 'label',
    'prediction-column': 'prediction',
    'score-column': 'score',
    'positive-class': 'late',
  };
}

/** `settings`: environment of the service. */
function loadInputs(settings: string): Scene['inputs'] {
  const row = [17.95, 20.01, 114.2, 982, 0.084, 0.0672, 0.0729, 0.056];
  const infer = { inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 8], data: row }] };
  return {
    url: 'http://127.0.0.1:{port}/v2/models/cancer/infer',
    'start-command': `${settings}MODEL_PATH=${models}/pair/candidate.onnx MODEL_NAME=cancer HOST=127.0.0.1 DRAIN_DELAY=0s exec node reference-infra/ml-api/src/index.ts`,
    'ready-url': '/ready',
    body: JSON.stringify(infer),
    rate: '200/s',
    duration: '5s',
    warmup: '2s',
  };
}

const reports: string[] = [];
let wrong = 0;
let service: Promise<unknown> | null = null;
for (const scene of scenes) {
  // Its packages are not those of the root.
  if (scene.action === 'action-perf-gate') {
    service ??= ensureMlApi({ log: (line) => console.log(`\n${line}`) });
    await service;
  }
  console.log(`\n=== ${scene.title}\n`);
  const place = await scene.start?.();
  const { exitCode, output } = await run(scene, place).finally(() => place?.stop());
  console.log(output);
  const report = join(root, 'gate-results', `${scene.id}.html`);
  reports.push(`${scene.id.padEnd(18)} exit code ${exitCode}   ${relative(process.cwd(), report)}`);
  if (exitCode !== scene.exitCode || !existsSync(report)) {
    console.error(`this should have ended with exit code ${scene.exitCode} and a report`);
    wrong += 1;
  }
}
console.log(`=== Reports: open them in a browser\n\n${reports.join('\n')}\n`);
process.exitCode = wrong === 0 ? 0 : 1;

/** Runs the bundle in a process of its own with the environment that a runner gives it. */
async function run(scene: Scene, place?: DeployScene): Promise<{ exitCode: number; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'ml-gates-demo-'));
  try {
    const summary = join(folder, 'summary.md');
    const child = spawn(process.execPath, [join(root, scene.action, 'dist/index.js')], {
      cwd: root,
      env: { ...process.env, ...place?.env, ...runnerEnvironment(scene, place, summary) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const exitCode = await new Promise<number>((done) => child.on('close', (code) => done(code ?? 1)));
    mkdirSync(join(root, 'gate-results'), { recursive: true });
    if (existsSync(summary)) cpSync(summary, join(root, 'gate-results', `${scene.id}.summary.md`));
    return { exitCode, output: readable(Buffer.concat(chunks).toString()) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runnerEnvironment(
  scene: Scene,
  place: DeployScene | undefined,
  summary: string,
): Record<string, string> {
  const action = parse(readFileSync(join(root, scene.action, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  };
  const inputs: Record<string, string> = {};
  for (const [name, { default: value }] of Object.entries(action.inputs)) inputs[name] = value ?? '';
  Object.assign(inputs, place?.inputs, scene.inputs, {
    id: scene.id,
    'github-token': '',
    'report-artifact': '',
    'result-path': `gate-results/${scene.id}.json`,
  });
  const variables = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  return {
    ...Object.fromEntries(variables),
    GITHUB_WORKSPACE: root,
    GITHUB_STEP_SUMMARY: summary,
    // The commit that the results name, and that the deployment asks them for.
    GITHUB_SHA: 'd'.repeat(40),
  };
}

/** The runner turns workflow commands into annotations; here they would only repeat the summary. */
function readable(output: string): string {
  return output
    .split('\n')
    .filter((line) => !line.startsWith('::'))
    .join('\n')
    .trimEnd();
}

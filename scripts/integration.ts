/**
 * `npm run test:integration`: installs the real tools, runs every `*.itg.test.ts` against them and says what it ran; with
 * them the tests of `reference-infra/ml-api` and `reference-infra/cost/exporter`, whose packages are not those of the root.
 * A tool that cannot be installed, a test that is skipped and a run without tests are failures.
 *
 *   npm run test:integration -- [path filters]
 *
 * `ML_GATES_INTEGRATION_REPORT` names a file for vitest's JSON report.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readTestReport, type TestCounts } from './ci/test-report.ts';
import { actTool } from './tools/act.ts';
import { actionlintTool } from './tools/actionlint.ts';
import { ensureAlertmanager } from './tools/alertmanager.ts';
import { type InstalledTool, toolsRoot } from './tools/cache.ts';
import { ensureCheckov } from './tools/checkov.ts';
import { ensureChromium, findChromium } from './tools/chromium.ts';
import { ensureCollector } from './tools/collector.ts';
import { ensureComposeCheck } from './tools/compose.ts';
import { ensureCostExporter } from './tools/cost.ts';
import { ensureDataPipeline } from './tools/data-pipeline.ts';
import { ensureEtcd } from './tools/etcd.ts';
import { ensureGoTool, type GoTool } from './tools/go-tool.ts';
import { helmTool } from './tools/helm.ts';
import { ensureJsonSchemaSuite } from './tools/json-schema-suite.ts';
import { ensureKubernetes } from './tools/kubernetes.ts';
import { ensureMlApi } from './tools/ml-api.ts';
import { ensureMoto } from './tools/moto.ts';
import { ensureNodeExporter } from './tools/node-exporter.ts';
import { ensurePostgres } from './tools/postgres.ts';
import { runProcess } from './tools/process.ts';
import { ensurePrometheus } from './tools/prometheus.ts';
import { ensurePromtool } from './tools/promtool.ts';
import { ensurePushgateway } from './tools/pushgateway.ts';
import { ensurePython } from './tools/python.ts';
import { ensureTerraform } from './tools/terraform.ts';
import { tflintTool } from './tools/tflint.ts';

interface Preparation {
  readonly name: string;
  /** Installs the tool if it is missing; returns how that went, in words. */
  prepare(): Promise<string>;
}

const root = resolve(import.meta.dirname, '..');
const log = (line: string): void => console.log(`  ${line}`);

const preparations: readonly Preparation[] = [
  { name: actTool.name, prepare: () => prepareGoTool(actTool) },
  { name: actionlintTool.name, prepare: () => prepareGoTool(actionlintTool) },
  { name: helmTool.name, prepare: () => prepareGoTool(helmTool) },
  { name: 'kubernetes', prepare: async () => said(await ensureKubernetes({ log })) },
  { name: 'etcd-server', prepare: async () => said(await ensureEtcd({ log })) },
  { name: 'chromium', prepare: prepareChromium },
  { name: 'python', prepare: preparePython },
  { name: 'moto', prepare: prepareMoto },
  { name: 'json-schema-suite', prepare: async () => said(await ensureJsonSchemaSuite({ log })) },
  { name: 'pushgateway', prepare: async () => said(await ensurePushgateway({ log })) },
  { name: 'node-exporter', prepare: async () => said(await ensureNodeExporter({ log })) },
  { name: 'prometheus', prepare: async () => said(await ensurePrometheus({ log })) },
  { name: 'promtool', prepare: async () => said(await ensurePromtool({ log })) },
  { name: 'compose-check', prepare: async () => said(await ensureComposeCheck({ log })) },
  { name: 'collector', prepare: async () => said(await ensureCollector({ log })) },
  { name: 'alertmanager', prepare: async () => said(await ensureAlertmanager({ log })) },
  { name: 'ml-api', prepare: async () => said(await ensureMlApi({ log })) },
  { name: 'data-pipeline', prepare: async () => said(await ensureDataPipeline({ log })) },
  { name: 'cost-exporter', prepare: async () => said(await ensureCostExporter({ log })) },
  { name: 'postgresql', prepare: preparePostgres },
  { name: 'terraform', prepare: prepareTerraform },
  { name: tflintTool.name, prepare: () => prepareGoTool(tflintTool) },
  { name: 'checkov', prepare: prepareCheckov },
];

await prepareTools();
const scratch = mkdtempSync(join(tmpdir(), 'integration-'));
try {
  const report = process.env.ML_GATES_INTEGRATION_REPORT ?? join(scratch, 'report.json');
  const exitCode = await runTests(report);
  process.exitCode = conclude(exitCode, readTestReport(resolve(report), root));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function prepareTools(): Promise<void> {
  console.log(`tools, in ${toolsRoot()}:`);
  const started = performance.now();
  const missing: string[] = [];
  // One after the other: a Go build takes all processor cores as it is.
  for (const { name, prepare } of preparations) {
    try {
      log(await prepare());
    } catch (error) {
      missing.push(name);
      log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  log(`ready after ${seconds(performance.now() - started)}`);
  if (missing.length > 0) {
    console.error(`no test was run: ${missing.join(', ')} could not be installed`);
    process.exit(1);
  }
}

async function prepareGoTool(tool: GoTool): Promise<string> {
  const installed = await ensureGoTool(tool, { log });
  return `${tool.name} ${tool.version}: ${installed.origin} (${installed.seconds.toFixed(1)} s)`;
}

async function prepareChromium(): Promise<string> {
  const started = performance.now();
  const origin = (await findChromium()) === undefined ? 'installed' : 'on PATH';
  const program = await ensureChromium({ log });
  const { stdout } = await runProcess(program, ['--version', '--no-sandbox'], { timeoutMs: 60_000 });
  return `chromium: ${stdout.trim()}, ${origin} (${seconds(performance.now() - started)})`;
}

async function preparePython(): Promise<string> {
  const environment = await ensurePython({ log });
  const { stdout } = await runProcess(environment.python, ['--version'], { timeoutMs: 60_000 });
  return `${stdout.trim()} with the packages of the lock: ${environment.origin} (${environment.seconds.toFixed(1)} s)`;
}

async function prepareMoto(): Promise<string> {
  const { origin, seconds } = await ensureMoto({ log });
  return `moto with the packages of its lock: ${origin} (${seconds.toFixed(1)} s)`;
}

async function preparePostgres(): Promise<string> {
  const { version, origin, seconds } = await ensurePostgres({ log });
  return `postgresql ${version}: ${origin} (${seconds.toFixed(1)} s)`;
}

async function prepareTerraform(): Promise<string> {
  const { version, provider } = await ensureTerraform({ log });
  return `terraform ${version}: on PATH; ${said(provider)}`;
}

async function prepareCheckov(): Promise<string> {
  const { origin, seconds } = await ensureCheckov({ log });
  return `checkov with the packages of its lock: ${origin} (${seconds.toFixed(1)} s)`;
}

function said({ name, version, origin, seconds }: InstalledTool): string {
  return `${name} ${version}: ${origin} (${seconds.toFixed(1)} s)`;
}

async function runTests(report: string): Promise<number> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const filters = process.argv.slice(2);
  const args = [vitest, 'run', '--config', 'vitest.itg.config.ts', ...reporters, ...filters];
  return (await runProcess(process.execPath, args, { cwd: root, output: 'inherit' })).code;
}

/** Says what was run; the exit code of the whole. */
function conclude(exitCode: number, counts: TestCounts | undefined): number {
  if (counts === undefined) {
    console.error(`integration: vitest ended with exit code ${exitCode} and wrote no report`);
    return 1;
  }
  console.log(
    `integration: ${counts.files} files, ${counts.passed} tests passed, ${counts.failed} failed, ${counts.skipped.length} skipped`,
  );
  for (const failure of counts.failures) console.error(`  failed: ${failure}`);
  for (const title of counts.skipped) console.error(`  skipped, which counts as a failure here: ${title}`);
  if (counts.passed + counts.failed === 0) console.error('  no test was run');
  const good = exitCode === 0 && counts.failed === 0 && counts.skipped.length === 0 && counts.passed > 0;
  return good ? 0 : 1;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

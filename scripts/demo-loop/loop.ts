/**
 * Once around: the pipeline makes data, training a model, the gate lets it pass, the service serves it and logs what it
 * predicts, the data drift, the drift check starts retraining, and the new model takes the old one's place. Twice it does
 * not go on: nothing has drifted, and a model is worse than the one that is served.
 */

import { join, relative } from 'node:path';
import type { GateResult } from '../../core/gate/types.ts';
import { checkDrift, type Judged, judgeModel, runPipeline, type Trained, train } from './commands.ts';
import { makeInput, makeWrongExport, wards } from './input.ts';
import { champion, promote } from './registry.ts';
import { startService } from './servers.ts';
import { type ModelRow, percent, type Step } from './telling.ts';
import { predict, served, untilServed, writeWindow } from './traffic.ts';
import { retrainWorkflow, type World } from './world.ts';

/** Before the first model is served, and for each that wants to take its place. */
const alone = ['accuracy >= 0.9', 'roc_auc >= 0.95'];
const beside = ['accuracy >= 0.85', 'accuracy >= baseline', 'roc_auc >= baseline - 0.01'];

/** Names of the steps after which the world may be looked at. */
export type Moment = 'served' | 'quiet' | 'drifted' | 'exchanged' | 'refused';

export interface Watch {
  readonly tell: (step: Step) => void;
  /** Called when the moment has come, with the address of the service. */
  readonly at?: (moment: Moment, service: string) => Promise<void>;
  /** Throws when somebody wants it to end. */
  readonly check: () => void;
}

export interface Finished {
  readonly models: readonly ModelRow[];
  /** Relative to the folder of the loop. */
  readonly reports: readonly string[];
}

/** @throws Error when a step does not end as it must. */
export async function runLoop(world: World, watch: Watch): Promise<Finished> {
  const { out } = world;
  const models: ModelRow[] = [];
  const reports: string[] = [];
  const dataset = join(out, 'pipeline/dataset');
  const log = join(out, 'predictions');

  /** Times the work, and says what came of it. */
  const step = async <T>(part: string, work: () => Promise<readonly [string, T]>): Promise<T> => {
    watch.check();
    const started = performance.now();
    const [said, value] = await work();
    watch.tell({ part, said, seconds: (performance.now() - started) / 1000 });
    return value;
  };
  const judged = (trained: Trained, gate: Judged, alias: string): void => {
    const { value, baseline } = accuracyOf(gate.result);
    const verdict = gate.passed ? 'passed' : 'refused';
    const row = { version: trained.version, trainedOn: trained.rows.train, accuracy: value };
    models.push({ ...row, champion: baseline, verdict, alias });
    reports.push(relative(out, gate.report));
  };

  /** Data of a month, and a model of all that there are. */
  const dataAndModel = async (month: string): Promise<Trained> => {
    const run = await step('pipeline', async () => {
      makeInput(join(out, 'pipeline'), world.root, month);
      const made = await runPipeline(world, join(out, 'pipeline'), month);
      const counts = `${count(made.read)} rows read, ${count(made.rejected)} set aside`;
      return [`run ${month}: ${counts}, ${count(made.total)} in the dataset`, made] as const;
    });
    return await step('training', async () => {
      const trained = await train(world, month, dataset, run.manifest);
      return [`version ${trained.version}, ${sizes(trained)}, alias candidate`, trained] as const;
    });
  };

  const first = await dataAndModel('2026-01');
  const firstGate = await step('model gate', async () => {
    const gate = await judge(world, 'first-model', first, first, false);
    requireVerdict(gate, true, 'the first model');
    return [`version ${first.version} passed: ${accuracyText(gate)} on rows held out`, gate] as const;
  });
  const service = await step('service', async () => {
    await promote(world, first.version);
    const url = await startService(world);
    await requireServed(url, first);
    return [`champion is version ${first.version}, and ml-api serves it`, url] as const;
  });
  judged(first, firstGate, 'champion, then replaced');
  await watch.at?.('served', service);

  await step('traffic', async () => {
    const since = new Date();
    const answers = await predict(service, wards.usual());
    await writeWindow(log, since, wards.usual().length, join(out, 'windows/usual.jsonl'));
    return [`${count(wards.usual().length)} patients, ${percent(answers.accuracy)} right`, null] as const;
  });
  await step('drift check', async () => {
    const gate = await checkDrift(world, 'usual', 1, {
      reference: join(dataset, '**/*.parquet'),
      current: join(out, 'windows/usual.jsonl'),
    });
    requireVerdict(gate, true, 'the usual traffic');
    requireDispatches(world, 0);
    reports.push(relative(out, gate.report));
    return ['no drift, and no retraining', null] as const;
  });
  await watch.at?.('quiet', service);

  const before = await step('traffic', async () => {
    const since = new Date();
    const answers = await predict(service, wards.drifted());
    await writeWindow(log, since, wards.drifted().length, join(out, 'windows/drifted.jsonl'));
    const said = `${count(wards.drifted().length)} patients on a new device, ${percent(answers.accuracy)} right`;
    return [said, answers] as const;
  });
  await step('drift check', async () => {
    const gate = await checkDrift(world, 'drifted', 2, {
      reference: join(dataset, '**/*.parquet'),
      current: join(out, 'windows/drifted.jsonl'),
    });
    requireVerdict(gate, false, 'the drifted traffic');
    requireDispatches(world, 1);
    reports.push(relative(out, gate.report));
    const columns = driftedColumns(gate.result);
    const issue = world.github.state.issues[0]?.number ?? 0;
    return [
      `${columns.length} of 8 columns drifted; issue #${issue}, ${retrainWorkflow} dispatched`,
      null,
    ] as const;
  });
  await watch.at?.('drifted', service);

  // What GitHub would do with the dispatch: start the workflow that it names.
  const second = await dataAndModel('2026-02');
  const secondGate = await step('model gate', async () => {
    const gate = await judge(world, 'second-model', second, second, true);
    requireVerdict(gate, true, 'the second model');
    return [`version ${second.version} passed: ${accuracyText(gate)}`, gate] as const;
  });
  judged(second, secondGate, 'champion');
  await step('service', async () => {
    await promote(world, second.version);
    await untilServed(service, second.version);
    await requireServed(service, second);
    const after = await predict(service, wards.drifted());
    if (after.versions.join() !== second.version || after.accuracy <= before.accuracy)
      throw new Error(
        `version ${after.versions} is right for ${percent(after.accuracy)}, no more than before`,
      );
    const change = `${percent(after.accuracy)} of the same patients right, ${percent(before.accuracy)} before`;
    return [`version ${second.version} took over without a restart: ${change}`, null] as const;
  });
  await watch.at?.('exchanged', service);

  const worse = await step('training', async () => {
    const file = makeWrongExport(join(out, 'wrong-export.csv'));
    const trained = await train(world, 'wrong-export', file, null);
    return [`version ${trained.version}, from an export with wrong diagnoses`, trained] as const;
  });
  const worseGate = await step('model gate', async () => {
    const gate = await judge(world, 'worse-model', worse, second, true);
    requireVerdict(gate, false, 'the worse model');
    return [`version ${worse.version} refused: ${accuracyText(gate)}`, gate] as const;
  });
  judged(worse, worseGate, 'candidate');
  await step('service', async () => {
    const now = await champion(world);
    if (now !== second.version) throw new Error(`champion is version ${now} and not ${second.version}`);
    await requireServed(service, second);
    return [`champion is still version ${second.version}, and so is what is served`, null] as const;
  });
  await watch.at?.('refused', service);
  return { models, reports };
}

/** On the rows that the other training held out: those of `data`. */
async function judge(
  world: World,
  name: string,
  trained: Trained,
  data: Trained,
  againstChampion: boolean,
): Promise<Judged> {
  const gate = await judgeModel(world, {
    name,
    version: trained.version,
    data: join(data.folder, 'holdout.csv'),
    thresholds: againstChampion ? beside : alone,
    againstChampion,
  });
  const digests = gate.result.subject.map(({ digest }) => `sha256:${digest.sha256}`);
  if (!digests.includes(trained.digest))
    throw new Error(`${name}: the gate judged ${digests.join(', ')}, training made ${trained.digest}`);
  return gate;
}

async function requireServed(service: string, { version, digest }: Trained): Promise<void> {
  const now = await served(service);
  const same = now.digest === digest || `sha256:${now.digest}` === digest;
  if (now.version !== version || !same)
    throw new Error(`the service has version ${now.version} (${now.digest}), and not ${version} (${digest})`);
}

function requireVerdict({ passed, result }: Judged, wanted: boolean, what: string): void {
  if (passed === wanted) return;
  const reasons = result.predicate.gate.checks.map(({ id, reason }) => `${id}: ${reason}`);
  throw new Error(`${what} should have ${wanted ? 'passed' : 'failed'}, and did not:\n${reasons.join('\n')}`);
}

function requireDispatches({ github }: World, wanted: number): void {
  const { dispatches } = github.state;
  if (dispatches.length !== wanted)
    throw new Error(`${dispatches.length} workflows were started, and not ${wanted}`);
}

function accuracyOf({ predicate }: GateResult<unknown>): { value: number; baseline: number | null } {
  const checks = predicate.gate.checks.filter(({ metric }) => metric === 'accuracy');
  const compared = checks.find(({ baseline }) => baseline !== null) ?? checks[0];
  return { value: compared?.value ?? Number.NaN, baseline: compared?.baseline ?? null };
}

function accuracyText({ result }: Judged): string {
  const { value, baseline } = accuracyOf(result);
  return `accuracy ${percent(value)}${baseline === null ? '' : `, the champion's ${percent(baseline)}`}`;
}

function driftedColumns({ predicate }: GateResult<unknown>): readonly string[] {
  const { drifted } = predicate.gate.details as { readonly drifted: readonly string[] };
  return drifted;
}

function sizes({ rows }: Trained): string {
  return `${count(rows.train)} rows, ${count(rows.holdout)} held out`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

/** The command line of `retraining-trigger.ts`: looks at all that may be a reason, decides, and starts the workflow. */

import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import {
  type ClientOptions,
  type Environment,
  type GitHubClient,
  proxyFetch,
  readContext,
  writeOutputs,
} from '../../../core/github/index.ts';
import { isUserFacing, RunError } from '../../../core/inputs/index.ts';
import type { Fetch } from '../../../core/prometheus/index.ts';
import { escapeTerminal } from '../../../core/report/index.ts';
import { silentLog } from '../../../core/report/log.ts';
import { failureText } from '../command-line.ts';
import { readAccuracy } from './accuracy.ts';
import { type Decision, decide, type Finding, weigh } from './decide.ts';
import { readOptions, type TriggerConfig } from './options.ts';
import { readResult } from './results.ts';
import { readGrowth } from './rows.ts';
import { defaultBranch, listTrainings, type RunsWorld, startTraining, type Target } from './runs.ts';
import type { Evidence, Source, Trainings } from './types.ts';

const usage = `node triggers/retraining-trigger.ts --workflow FILE [reasons] [options]

Starts a retraining when there is a reason for it, none runs, and the last one is not too near.

Reasons, of which at least one is looked for:
  --drift-result FILE --drift-digest DIGEST   result document of the drift check, and its output result-digest
  --model-result FILE --model-digest DIGEST   the same of the model gate, on new rows with their labels
  --prometheus-url URL --model NAME --min-accuracy N
                           ml_model_accuracy of the version that is served
    --model-version V      of that version instead
    --accuracy-dataset D   on that dataset only
  --runs DIR --min-new-rows N       by how much the pipeline's dataset has grown since the last retraining
  --new-rows N --min-new-rows N     the same, counted by somebody else
  --every TIME             since the last retraining, such as 30d

  --workflow FILE          in .github/workflows, with workflow_dispatch
  --ref NAME               branch or tag (default: that of this run, else the default branch)
  --repository OWNER/NAME  (default: GITHUB_REPOSITORY)
  --cooldown TIME          from the start of one retraining to the next (default: 24h)
  --max-age TIME           of results and of measured accuracy (default: 48h)
  --dataset TEXT, --baseline TEXT   inputs of the workflow, beside reason
  --dry-run                decides, and starts nothing
  --help                   this text

GITHUB_TOKEN needs actions: write; actions: read with --dry-run.
Exit code 0: it was decided, and standard output says how. 1: it could not be, and standard error says why.
`;

export interface CommandWorld {
  readonly env: Environment;
  readonly folder: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly append: (path: string, text: string) => void;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly client: (options: ClientOptions) => GitHubClient;
}

/** GitHub takes 65,535 characters of inputs. */
const reasonLimit = 4000;

/** @returns the exit code */
export async function main(args: readonly string[], world: CommandWorld): Promise<number> {
  const say = (line: string): void => world.out(`${escapeTerminal(line)}\n`);
  try {
    const config = readOptions(args, world.folder);
    if (config === null) world.out(usage);
    else await run(config, world, say);
    return 0;
  } catch (error) {
    world.err(failureText(error));
    return 1;
  }
}

async function run(config: TriggerConfig, world: CommandWorld, say: (line: string) => void): Promise<void> {
  const runs = await openGitHub(config, world);
  const evidence = await readEvidence(config, world);
  const target: Target = {
    workflow: config.workflow,
    ref: config.ref ?? runs.context.ref ?? (await defaultBranch(runs)),
  };
  const trainings = await listTrainings(runs, target);
  const now = world.now();
  const findings = evidence.map((each) => weigh(each, trainings.succeeded, now));
  for (const finding of findings) say(`${sign(finding)} ${finding.text}`);
  const decision = decide(findings, trainings, { cooldown: config.cooldown, now });
  const url = await follow(decision, { config, runs, target, trainings, say });
  const started = decision.kind === 'start' && !config.isDryRun;
  const reason = decision.kind === 'nothing' ? '' : reasonOf(decision.reasons);
  const size = (path: string): number => (existsSync(path) ? statSync(path).size : 0);
  writeOutputs(
    { env: world.env, append: world.append, size, uuid: randomUUID },
    { triggered: String(started), reason, 'run-url': url ?? '' },
  );
}

interface Following {
  readonly config: TriggerConfig;
  readonly runs: RunsWorld;
  readonly target: Target;
  readonly trainings: Trainings;
  readonly say: (line: string) => void;
}

/** The address of the run that was started; null: none was, or it does not show yet. */
async function follow(
  decision: Decision,
  { config, runs, target, trainings, say }: Following,
): Promise<string | null> {
  switch (decision.kind) {
    case 'nothing':
      say('no retraining: there is no reason for one');
      return null;
    case 'wait':
      say(`no retraining: ${decision.why}`);
      return null;
    case 'start': {
      const inputs = { reason: reasonOf(decision.reasons), ...config.inputs };
      const what = `${target.workflow} on ${target.ref} with ${JSON.stringify(inputs)}`;
      if (config.isDryRun) {
        say(`dry run: this would start ${what}`);
        return null;
      }
      const { run, undeclared, cancelled } = await startTraining(runs, target, inputs, trainings);
      say(`retraining: started ${what}${run === null ? '' : `: ${run.url}`}`);
      if (run === null) say('note: the list of runs does not show it yet');
      if (undeclared.length > 0)
        say(`note: ${target.workflow} has no input ${undeclared.join(', ')}, and was started without`);
      if (cancelled > 0) say(`note: another trigger started it as well; cancelled: ${cancelled}`);
      return run?.url ?? null;
    }
  }
}

/** Everything, or nothing is decided: what could not be read might have been a reason. @throws RunError */
async function readEvidence(config: TriggerConfig, world: CommandWorld): Promise<Evidence[]> {
  const settled = await Promise.allSettled(
    config.sources.map(async (source) => await read(source, config, world)),
  );
  const errors = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const foreign = errors.find((error) => !isUserFacing(error));
  if (foreign !== undefined) throw foreign;
  if (errors.length > 0)
    throw new RunError(errors.map((error) => String((error as Error).message)).join('\n'));
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

async function read(
  source: Source,
  { maxAge }: TriggerConfig,
  { now, env }: CommandWorld,
): Promise<Evidence> {
  const age = { now: now(), maxAge };
  switch (source.kind) {
    case 'drift':
    case 'model':
      return readResult(source, age);
    case 'accuracy': {
      const send = ((await proxyFetch(env, source.url.href)) as Fetch | undefined) ?? fetch;
      const { kind, model, least } = source;
      return { kind, model, least, measured: await readAccuracy(source, age, send) };
    }
    case 'runs':
      return { kind: 'runs', grown: readGrowth(source.folder, source.shown), least: source.least };
    case 'count':
    case 'calendar':
      return source;
  }
}

async function openGitHub(config: TriggerConfig, { env, client, sleep }: CommandWorld): Promise<RunsWorld> {
  const context = readContext(env, (path) => readFileSync(path, 'utf8'));
  const { repo } = context;
  const place = config.repository ?? (repo === null ? null : { owner: repo.owner, repo: repo.name });
  if (place === null)
    throw new RunError('--repository is missing, and GITHUB_REPOSITORY is not set; allowed: owner/name');
  const token = env.GITHUB_TOKEN ?? '';
  if (token === '')
    throw new RunError('GITHUB_TOKEN is not set: a token with the permission actions: write is needed');
  const options: ClientOptions = {
    token,
    apiUrl: context.apiUrl,
    userAgent: 'ml-gates-retraining-trigger',
    log: silentLog,
    fetch: await proxyFetch(env, context.apiUrl),
  };
  return { client: client(options), place, context, token, sleep };
}

function reasonOf(reasons: readonly string[]): string {
  const text = reasons.join('; ');
  return text.length > reasonLimit ? `${text.slice(0, reasonLimit).toWellFormed()}…` : text;
}

function sign({ says }: Finding): string {
  return says === 'retrain' ? '[reason]' : says === 'unsure' ? '[unsure]' : '[no]';
}

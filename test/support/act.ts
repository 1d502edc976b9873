import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { ensureAct } from '../../scripts/tools/act.ts';
import { lastLines, runProcess } from '../../scripts/tools/process.ts';
import { type ActJob, type ActStep, actMessages, parseActLog } from './act-log.ts';

export interface ActOptions {
  /** The workflow's YAML; it is committed as `.github/workflows/test.yml` of the sample repository. */
  readonly workflow: string;
  readonly event: 'push' | 'pull_request' | 'schedule' | 'workflow_dispatch' | 'repository_dispatch';
  /** The webhook payload, as `github.event` has it. */
  readonly payload?: unknown;
  /** What the sample repository holds: text, or a file or folder to copy. */
  readonly files?: Readonly<Record<string, string | { readonly copyOf: string }>>;
  /** Environment of every step, e.g. GITHUB_API_URL of a test server. */
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Folders that `uses:` resolves to: `{ 'org/action-x@v1': folder }`. */
  readonly actions?: Readonly<Record<string, string>>;
  /** `owner/name` that the run believes to be in. */
  readonly repository?: string;
  /** Jobs that this run must skip; any other job that does not run is an error. */
  readonly skippedJobs?: readonly string[];
  readonly timeoutMs?: number;
}

export interface ActRun {
  /** 0 when every job succeeded. */
  readonly exitCode: number;
  readonly jobs: ReadonlyMap<string, ActJob>;
  /** What steps wrote into the folder `$ACT_OUTBOX`, by path relative to it; workspaces are gone after a run. */
  readonly outbox: ReadonlyMap<string, Buffer>;
}

const rootFolder = resolve(import.meta.dirname, '../..');

/**
 * Runs a workflow by act in host mode, in a sample repository and a home folder of its own. Steps run as processes of
 * this machine, JavaScript actions on the Node 24 of node_modules. Throws when a job that should run did not: act
 * skips jobs with an unknown `runs-on` in silence and exits 0.
 */
export async function runAct(options: ActOptions): Promise<ActRun> {
  const act = await ensureAct();
  const sandbox = await mkdtemp(join(tmpdir(), 'act-run-'));
  try {
    const folders = {
      repository: join(sandbox, 'repository'),
      home: join(sandbox, 'home'),
      cache: join(sandbox, 'cache'),
      outbox: join(sandbox, 'outbox'),
      temp: join(sandbox, 'temp'),
    };
    for (const folder of Object.values(folders)) await mkdir(folder);
    const env = isolatedEnv(folders.home, folders.temp);
    await createRepository(folders.repository, options, env);
    const eventPath = join(sandbox, 'event.json');
    await writeFile(eventPath, JSON.stringify(options.payload ?? {}));

    const args = actArguments(options, eventPath, folders.cache, folders.outbox);
    const result = await runProcess(act, args, {
      cwd: folders.repository,
      env,
      timeoutMs: options.timeoutMs ?? 180_000,
    });
    const jobs = parseActLog(result.stdout);
    assertJobsRan(options, jobs, `${actMessages(result.stdout).join('\n')}\n${result.stderr}`);
    return { exitCode: result.code, jobs, outbox: await readFolder(folders.outbox) };
  } finally {
    await rm(sandbox, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The step of that `id`; throws with the steps that ran when it is not among them. */
export function stepOf(run: ActRun, jobId: string, stepId: string): ActStep {
  const job = run.jobs.get(jobId);
  const step = job?.steps.find((candidate) => candidate.id === stepId);
  if (step === undefined) {
    const ran = job?.steps.map((candidate) => candidate.id).join(', ') ?? 'none';
    throw new Error(`step ${stepId} of job ${jobId} did not run; steps that ran: ${ran}`);
  }
  return step;
}

function actArguments(options: ActOptions, eventPath: string, cache: string, outbox: string): string[] {
  const env = { ...options.env, ACT_OUTBOX: outbox };
  return [
    options.event,
    ...['--workflows', '.github/workflows/test.yml', '--eventpath', eventPath],
    ...['-P', 'ubuntu-latest=-self-hosted', '--pull=false', '--no-cache-server', '--json'],
    ...['--action-cache-path', cache],
    ...Object.entries(options.actions ?? {}).flatMap(([ref, folder]) => [
      '--local-repository',
      `${ref}=${resolve(folder)}`,
    ]),
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...Object.entries(options.secrets ?? {}).flatMap(([name, value]) => ['--secret', `${name}=${value}`]),
  ];
}

/** Nothing of this machine but PATH: no tokens, no git configuration, no CI variables. */
function isolatedEnv(home: string, temp: string): NodeJS.ProcessEnv {
  return {
    PATH: [join(rootFolder, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
    HOME: home,
    TMPDIR: temp,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

async function createRepository(folder: string, options: ActOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const files: NonNullable<ActOptions['files']> = {
    ...options.files,
    '.github/workflows/test.yml': options.workflow,
  };
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    if (typeof content === 'string') await writeFile(target, content);
    else await cp(content.copyOf, target, { recursive: true });
  }
  const remote = `https://github.com/${options.repository ?? 'octo-org/octo-repo'}.git`;
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  for (const args of [
    ['init', '--quiet', '--initial-branch', 'main'],
    ['remote', 'add', 'origin', remote],
    ['add', '--all'],
    [...identity, 'commit', '--quiet', '--message', 'sample'],
  ]) {
    const result = await runProcess('git', args, { cwd: folder, env, timeoutMs: 60_000 });
    if (result.code !== 0) throw new Error(`git ${args.join(' ')} failed: ${result.stderr}`);
  }
}

function assertJobsRan(options: ActOptions, ran: ReadonlyMap<string, ActJob>, messages: string): void {
  const workflow: unknown = parseYaml(options.workflow);
  const declared = Object.keys((workflow as { jobs?: Record<string, unknown> }).jobs ?? {});
  const skipped = new Set(options.skippedJobs ?? []);
  const missing = declared.filter((id) => !skipped.has(id) && !ran.has(id));
  const surplus = [...skipped].filter((id) => (ran.get(id)?.steps.length ?? 0) > 0);
  if (missing.length === 0 && surplus.length === 0 && declared.length > 0) return;
  const complaint =
    surplus.length > 0 ? `jobs that should have been skipped ran: ${surplus.join(', ')}` : undefined;
  throw new Error(
    `${complaint ?? `jobs did not run: ${missing.join(', ') || 'the workflow has none'}`}\n${lastLines(messages, 30)}`,
  );
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, Buffer>();
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path));
  }
  return files;
}

/** The command line of `run-pipeline.ts`: options in, exit code out. */

import { RunError } from '../../../core/inputs/index.ts';
import { escapeTerminal } from '../../../core/report/index.ts';
import { failureText, readArguments } from '../command-line.ts';
import { Progress, type ProgressTarget } from './progress/progress.ts';
import type { OnPoint } from './run/durable.ts';
import type { Manifest } from './run/records.ts';
import { runPipeline } from './run/run.ts';

const usage = `node etl/run-pipeline.ts FOLDER --run-id ID [options]

Runs the pipeline in FOLDER, which holds pipeline.yaml. The same run id again does nothing, or goes on where a run
was stopped.

  --run-id ID              such as a date; letters, digits, ., _ and -
  --data DIR               folder that sources are relative to (default: FOLDER)
  --state DIR              folder of runs, their manifests and rejected rows (default: FOLDER/.runs)
  --accept-schema-change   a source may have other columns than in the run before
  --quiet                  no progress
  --help                   this text

Exit code 0: the run is finished. 1: it is not, and standard error says why.
`;

const options = {
  'run-id': { type: 'string' },
  data: { type: 'string' },
  state: { type: 'string' },
  'accept-schema-change': { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

export interface CommandWorld {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: ProgressTarget;
  readonly err: ProgressTarget;
  readonly onPoint?: OnPoint;
}

/** @returns the exit code */
export async function main(args: readonly string[], world: CommandWorld): Promise<number> {
  const { environment, out, err } = world;
  const plain = (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  let progress: Progress | null = null;
  try {
    const { values, positionals } = readArguments(args, options);
    if (values.help === true) {
      out.write(usage);
      return 0;
    }
    const [folder] = positionals;
    if (folder === undefined || positionals.length > 1)
      throw new RunError(
        `one folder with a pipeline is expected, not ${positionals.length}; --help tells more`,
      );
    const runId = values['run-id'];
    if (runId === undefined)
      throw new RunError('--run-id is missing: what the run is called, such as a date; --help tells more');
    progress = new Progress({
      target: err,
      now: () => performance.now(),
      plain,
      quiet: values.quiet === true,
    });
    const outcome = await runPipeline({
      folder,
      runId,
      data: values.data ?? null,
      state: values.state ?? null,
      acceptSchemaChange: values['accept-schema-change'] === true,
      environment,
      progress,
      date: () => new Date(),
      clock: () => performance.now(),
      ...(world.onPoint === undefined ? {} : { onPoint: world.onPoint }),
    });
    progress.clear();
    const { manifest, isRepeated, manifestPath } = outcome;
    const said = isRepeated
      ? `was finished at ${manifest.finishedAt}; its inputs are the same, nothing was done`
      : `is finished: ${summary(manifest)}`;
    out.write(`run ${runId} ${escapeTerminal(said)}\nmanifest: ${escapeTerminal(manifestPath)}\n`);
    return 0;
  } catch (error) {
    progress?.clear();
    err.write(failureText(error));
    return 1;
  }
}

function summary({ sources, steps, output }: Manifest): string {
  const read = sources.reduce((sum, { rows }) => sum + rows.read, 0);
  const rejected = [...sources, ...steps].reduce((sum, { rows }) => sum + rows.rejected, 0);
  const count = (value: number): string => value.toLocaleString('en');
  const written =
    output.format === 'parquet'
      ? `${count(output.rows)} written to ${output.path}, which has ${count(output.totalRows)} now`
      : `${count(output.inserted)} inserted into ${output.table}, ${count(output.updated)} updated`;
  return `${count(read)} rows read, ${count(rejected)} set aside, ${written}`;
}

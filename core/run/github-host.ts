/** A gate under GitHub Actions: inputs from INPUT_* variables, reports to the runner and the API. */

import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import {
  appendSummary,
  createClient,
  type EventContext,
  type GitHubClient,
  maskSecret,
  officialUploader,
  type PublishRequest,
  proxyFetch,
  publish,
  readContext,
  type WorkflowFiles,
  writeOutputs,
} from '../github/index.ts';
import { type CommonConfig, isInside, unknownInputs } from '../inputs/index.ts';
import {
  escapeCommandData,
  escapeTerminal,
  headline,
  type Log,
  renderComment,
  renderSummary,
  renderTerminal,
  renderUnfinished,
  visible,
  workflowCommands,
} from '../report/index.ts';
import type { GitHubAccess } from './gate.ts';
import type { Finished, Host, Unfinished } from './host.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `write` gets what goes to the job log, line ends included. */
export function githubHost(env: Environment, write: (text: string) => void): Host {
  const log = jobLog(write);
  const context = readContext(env, (path) => readFileSync(path, 'utf8'));
  const workspace = context.workspace ?? process.cwd();
  const get = (name: string): string => env[`INPUT_${name.toUpperCase()}`] ?? '';
  const clock = (): Date => new Date();
  const token = get('github-token').trim();
  if (token !== '') maskSecret(write, token);
  const files: WorkflowFiles = {
    env,
    append: (path, text) => appendFileSync(path, text),
    size: (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    uuid: randomUUID,
  };

  const secrets = token === '' ? [] : [token];
  let made: Promise<GitHubClient> | null = null;
  const client = async (): Promise<GitHubClient | null> => {
    if (token === '') return null;
    made ??= clientFor(env, context, token, log);
    return await made;
  };

  const github = async (): Promise<GitHubAccess> => ({ context, client: await client(), secrets });

  const publishReport = async (request: PublishRequest) =>
    await publish(request, {
      context,
      client: await client(),
      upload: officialUploader,
      log,
      secrets,
      suffix: () => randomUUID().slice(0, 8),
    });

  /** A file of the runner that cannot be written is told; the verdict stands. */
  const attempt = (what: string, work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      log.warning(`the ${what} could not be written: ${error instanceof Error ? error.message : error}`);
    }
  };

  return {
    env,
    log,
    source: { get, workspace },
    clock,
    commit: context.sha,
    run: context.run,
    github,
    unknownInputs: (known) => unknownInputs(env, known),

    async report(finished, common) {
      write(
        `${renderTerminal(finished.result, { width: 120 }).split('\n').map(escapeTerminal).join('\n')}\n`,
      );
      for (const line of workflowCommands(finished.annotations, common.maxAnnotations)) write(`${line}\n`);
      attempt('job summary', () =>
        appendSummary(files, renderSummary(finished.result, { details: finished.summaryDetails })),
      );
      const published = await publishReport(requestOf(finished, common, workspace));
      const further = await finished.follow({
        log,
        clock,
        reportUrl: published.reportUrl,
        github: await github(),
      });
      attempt('outputs', () =>
        writeOutputs(files, {
          ...commonOutputs(finished, published.reportUrl, workspace),
          ...finished.outputs,
          ...further,
        }),
      );
    },

    async fail(unfinished, common) {
      write(
        `::error title=${escapeCommandData(`${unfinished.title} could not run`)}::${commandText(unfinished.message)}\n`,
      );
      if (unfinished.detail !== null) log.debug(unfinished.detail);
      attempt('job summary', () => appendSummary(files, renderUnfinished(unfinished)));
      if (common !== null) await publishReport(unfinishedRequest(unfinished, common));
    },
  };
}

async function clientFor(env: Environment, { apiUrl }: EventContext, token: string, log: Log) {
  return createClient({ token, apiUrl, userAgent: 'ml-gates', log, fetch: await proxyFetch(env) });
}

function requestOf(
  { result, resultPath, reportPath, besides, annotations }: Finished,
  common: CommonConfig,
  workspace: string,
): PublishRequest {
  const { verdict } = result.predicate.gate;
  const judged = judgedFile(result, workspace);
  return {
    action: common.action,
    id: common.id,
    verdict,
    enforce: common.enforce,
    onInconclusive: common.onInconclusive,
    comment: { mode: common.comment, body: ({ reportUrl }) => renderComment(result, { reportUrl }) },
    checkRun: common.checkRun
      ? {
          title: headline(result).title,
          summary: () => renderSummary(result, { limit: 60_000 }),
          annotations: annotations.map(({ level, title, message, place }) => ({
            level: level === 'error' ? 'failure' : level,
            title,
            message,
            ...(place === null
              ? judged === null
                ? {}
                : { path: judged, line: 1 }
              : { path: place.file, line: place.startLine, endLine: place.endLine }),
          })),
        }
      : null,
    artifact:
      common.reportArtifact === null
        ? null
        : {
            name: common.reportArtifact,
            files: [resultPath, reportPath, ...besides],
            root: dirname(resultPath),
          },
  };
}

/** A check run's annotation needs a file: what is said of a model belongs to the model's, where that is in the checkout. */
function judgedFile({ subject }: Finished['result'], workspace: string): string | null {
  const name = subject[0]?.name ?? '';
  const path = resolve(workspace, name);
  return isInside(workspace, path) && existsSync(path)
    ? relative(workspace, path).split(sep).join('/')
    : null;
}

/** A comment that said "passed" for an earlier commit must not stand when this run came to no verdict. */
function unfinishedRequest(unfinished: Unfinished, common: CommonConfig): PublishRequest {
  return {
    action: common.action,
    id: common.id,
    verdict: 'fail',
    enforce: true,
    onInconclusive: 'fail',
    comment: {
      mode: common.comment,
      body: () => renderUnfinished(unfinished),
    },
    checkRun: null,
    artifact:
      common.reportArtifact === null || unfinished.besides.length === 0
        ? null
        : { name: common.reportArtifact, files: unfinished.besides, root: dirname(common.resultPath) },
  };
}

function commonOutputs(
  { result, resultPath, resultDigest, reportPath }: Finished,
  reportUrl: string | null,
  workspace: string,
) {
  const shown = (path: string): string => relative(workspace, path).split(sep).join('/');
  return {
    verdict: result.predicate.gate.verdict,
    'result-path': shown(resultPath),
    'result-digest': resultDigest,
    'report-path': shown(reportPath),
    'report-url': reportUrl ?? '',
    'failed-checks': JSON.stringify(result.predicate.failedTests),
  };
}

function jobLog(write: (text: string) => void): Log {
  const command = (name: string, line: string): void => write(`::${name}::${commandText(line)}\n`);
  return {
    info: (line) => write(`${line.split('\n').map(escapeTerminal).join('\n')}\n`),
    notice: (line) => command('notice', line),
    warning: (line) => command('warning', line),
    debug: (line) => command('debug', line),
  };
}

/** The message of a command: its lines, with nothing hidden in them. */
function commandText(text: string): string {
  return escapeCommandData(text.split('\n').map(visible).join('\n'));
}

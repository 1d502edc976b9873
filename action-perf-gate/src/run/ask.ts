/** Each kind of request once before the load, so that what is wrong with all of them is one error. */

import { RunError } from '../../../core/inputs/index.ts';
import { counted, type Log } from '../../../core/report/index.ts';
import type { Config } from '../inputs/index.ts';
import { preflight, type RequestTemplate } from '../load/index.ts';

/** Of a large corpus the first of each name: a thousand requests one after the other are a load of their own. */
const mostAsked = 50;
/** A service that fails now and then is to be judged by how often; one that fails each time, at once, is set up wrongly. */
const tries = 3;
const longestMs = 2000;

export async function ask(
  config: Config,
  urls: readonly URL[],
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const byName = new Map<string, RequestTemplate>();
  for (const template of config.requests.templates) {
    if (!byName.has(template.name)) byName.set(template.name, template);
  }
  const templates = [...byName.values()].slice(0, mostAsked);
  const options = {
    targets: urls.map((url) => ({ url })),
    templates,
    expects: config.expects,
    timeoutMs: config.timeoutMs,
    signal,
  };
  const started = performance.now();
  for (let left = tries; ; left--) {
    try {
      const { sent } = await preflight(options);
      signal.throwIfAborted();
      log.info(`${counted(sent, 'request')} answered as expected; the load begins`);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RunError)) throw error;
      if (left > 1 && performance.now() - started < longestMs) continue;
      throw new RunError(config.redact(error.message), { cause: error });
    }
  }
}

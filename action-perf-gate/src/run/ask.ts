/** Each kind of request once before the load, so that what is wrong with all of them is one error. */

import { RunError } from '../../../core/inputs/index.ts';
import { counted, type Log } from '../../../core/report/index.ts';
import type { Config } from '../inputs/index.ts';
import { preflight, type RequestTemplate } from '../load/index.ts';

/** Of a large corpus the first of each name: a thousand requests one after the other are a load of their own. */
const mostAsked = 50;

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
  try {
    const { sent } = await preflight({
      targets: urls.map((url) => ({ url })),
      templates,
      expects: config.expects,
      timeoutMs: config.timeoutMs,
      signal,
    });
    signal.throwIfAborted();
    log.info(`${counted(sent, 'request')} answered as expected; the load begins`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RunError) throw new RunError(config.redact(error.message), { cause: error });
    throw error;
  }
}

/** What a service sees of the gate's environment. */

import { markerName } from './process-tree.ts';

/** What the runner gives to this action is not the service's: inputs, files of the step, tokens of the job. */
const withheld =
  /^(?:INPUT_.*|ACTIONS_RUNTIME_.*|ACTIONS_ID_TOKEN_.*|ACTIONS_RESULTS_URL|ACTIONS_CACHE_URL|GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY))$/i;

export function serviceEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  port: number,
  marker: string,
): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !withheld.test(name));
  return { ...Object.fromEntries(kept), PORT: String(port), [markerName]: marker };
}

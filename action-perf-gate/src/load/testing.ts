/** Short runs for tests. */

import { parseExpect } from './expect/index.ts';
import { runLoad } from './generator.ts';
import { makeSchedule, type SchedulePlan } from './schedule.ts';
import { type LoadOptions, type LoadResult, type Outcome, outcomes, type RequestTemplate } from './types.ts';

export interface ShortRun extends Partial<Omit<LoadOptions, 'schedule' | 'targets' | 'expects'>> {
  readonly url: string;
  readonly path?: string;
  readonly perSecond?: number;
  readonly durationMs?: number;
  readonly arrivals?: SchedulePlan['arrivals'];
  readonly expects?: string;
  readonly headers?: RequestTemplate['headers'];
}

/** 20 requests in 200 ms, if nothing else is said. */
export function shortRun(run: ShortRun): Promise<LoadResult> {
  const {
    url,
    path = '',
    perSecond = 100,
    durationMs = 200,
    arrivals = 'constant',
    expects,
    headers,
    ...rest
  } = run;
  return runLoad({
    targets: [{ url: new URL(url) }],
    templates: [template({ path, ...(headers === undefined ? {} : { headers }) })],
    schedule: makeSchedule({ arrivals, stages: [{ perSecond, durationMs }], weights: [1], seed: 1 }),
    timeoutMs: 5000,
    connections: 'auto',
    ...rest,
    expects: parseExpect(expects ?? 'status < 400'),
  });
}

export function template(change: Partial<RequestTemplate> = {}): RequestTemplate {
  return { name: 'get', method: 'GET', path: '', headers: [], body: null, weight: 1, ...change };
}

/** How many requests ended in each way; only those above 0. */
export function tally({ samples }: LoadResult): Partial<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {};
  for (const index of samples.outcome) {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error(`no outcome ${index}`);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

/** From the intended start, ascending. */
export function latencies({ samples }: LoadResult): Float64Array {
  return samples.doneMs.map((done, i) => done - (samples.schedule.dueMs[i] ?? Number.NaN)).sort();
}

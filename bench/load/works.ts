/** What the generators are compared on: a server that knows its latencies, and what is true of them. */

import { normalQuantile, quantileInterval, sampleQuantile } from '../../core/stats/index.ts';
import { startTruthServer } from '../../test/support/truth-server.ts';
import type { Reading, Tool } from './tools.ts';

export interface Work {
  readonly name: string;
  readonly path: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** The quantile of the distribution, in ms; null: only what the server did is known. */
  readonly truth: ((quantile: number) => number) | null;
}

export const works: readonly Work[] = [
  {
    name: 'log-normal, median 5 ms, sigma 0.5',
    path: '/lognormal?median=5&sigma=0.5',
    perSecond: 500,
    seconds: 20,
    truth: (quantile) => 5 * Math.exp(0.5 * normalQuantile(quantile)),
  },
  {
    name: 'a stall of 1 s every 10 s, else 2 ms',
    path: '/stall?period=10000&stall=1000&ms=2',
    perSecond: 500,
    seconds: 20,
    truth: (quantile) => 2 + Math.max(0, 1000 * (1 - (1 - quantile) / 0.1)),
  },
  {
    name: 'one queue, exponential service of 1 ms on average',
    path: '/queue?mean=1',
    perSecond: 500,
    seconds: 20,
    // Of constant arrivals (D/M/1): exponential with rate 1 - s, where s = exp(-2 (1 - s)) = 0.2032.
    truth: (quantile) => -Math.log(1 - quantile) / (1 - 0.20319),
  },
];

export const quantiles = [0.5, 0.95, 0.99] as const;

/** What is true of one run. */
export interface Truth {
  readonly quantile: number;
  readonly analytic: number | null;
  /** Between taking in a request and answering it, by the server's own clock. */
  readonly actual: number;
  /** The 95% order-statistic interval of `actual`. */
  readonly low: number;
  readonly high: number;
}

export interface Round {
  readonly work: string;
  readonly tool: string;
  readonly reading: Reading;
  readonly truths: readonly Truth[];
  /** How many requests came to the server. */
  readonly received: number;
}

/** A server for each run: draws and stalls begin anew, and no tool meets connections of another. */
export async function measure(work: Work, tool: Tool): Promise<Round> {
  const server = await startTruthServer({ seed: 5 });
  try {
    const { perSecond, seconds } = work;
    const reading = await tool.run({ url: `${server.url}${work.path}`, perSecond, seconds });
    const { receivedMs, answeredMs } = await server.records();
    const actual = answeredMs
      .map((at, i) => at - (receivedMs[i] ?? Number.NaN))
      .filter((each) => !Number.isNaN(each))
      .sort();
    return {
      work: work.name,
      tool: tool.name,
      reading,
      received: receivedMs.length,
      truths: quantiles.map((quantile) => {
        const interval = quantileInterval(actual, quantile, 0.95);
        return {
          quantile,
          analytic: work.truth === null ? null : work.truth(quantile),
          actual: sampleQuantile(actual, quantile),
          low: interval?.low ?? Number.NaN,
          high: interval?.high ?? Number.NaN,
        };
      }),
    };
  } finally {
    await server.close();
  }
}

/** Rates of the ladder, requests a second, each for some seconds. */
export const ladder = { rates: [1000, 2000, 5000, 10_000, 15_000], seconds: 5 };

/** CPU seconds of a tool that has next to nothing to send: of its start, code that is compiled, threads. */
export async function startCost(tool: Tool): Promise<number> {
  const work = { name: '', path: '/constant?ms=1', perSecond: 1, seconds: 2, truth: null };
  return (await measure(work, tool)).reading.cpu;
}

export interface Step {
  readonly tool: string;
  readonly perSecond: number;
  readonly reading: Reading;
  readonly received: number;
  /** p99 that the tool tells, beyond what the server took. */
  readonly excessMs: number;
  readonly clean: boolean;
}

/** Every request sent and answered, and a p99 that is the server's to 2 ms. */
export async function climb(tool: Tool, perSecond: number): Promise<Step> {
  const work = { name: '', path: '/constant?ms=1', perSecond, seconds: ladder.seconds, truth: null };
  const { reading, received, truths } = await measure(work, tool);
  const excessMs = reading.p99 - (truths.at(-1)?.actual ?? Number.NaN);
  const wanted = perSecond * ladder.seconds;
  const clean = reading.ok >= 0.999 * wanted && excessMs < 2;
  return { tool: tool.name, perSecond, reading, received, excessMs, clean };
}

/** The comparison as the tables that are printed and quoted. */

import type { Round, Step } from './works.ts';

/** What the way through the kernel may add in both directions, ms. */
export const allowanceMs = 0.5;

/** CPU seconds of a start, by tool. */
export type Starts = ReadonlyMap<string, number>;

export function renderLoad(rounds: readonly Round[], steps: readonly Step[], starts: Starts): string {
  return [...renderRounds(rounds, starts), '', ...renderSteps(steps, starts)].join('\n');
}

function renderRounds(rounds: readonly Round[], starts: Starts): string[] {
  const lines = [
    '| work | tool | p50 | p95 | p99 | within | requests | start, CPU s | CPU us a request | k6 = 1 | peak MB |',
    '| --- | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |',
  ];
  for (const work of new Set(rounds.map((round) => round.work))) {
    const own = rounds.filter((round) => round.work === work);
    const analytic = own[0]?.truths.map((truth) => ms(truth.analytic)) ?? [];
    lines.push(`| ${work} | the distribution | ${analytic.join(' | ')} | | | | | | |`);
    const k6 = own.find(({ tool }) => tool.startsWith('k6'));
    for (const { tool, reading, truths, received } of own) {
      const { p50, p95, p99, requests, peakMb } = reading;
      lines.push(
        `| | server under ${tool} | ${truths.map(({ actual }) => ms(actual)).join(' | ')} | | ${received} | | | | |`,
      );
      const inside = [p50, p95, p99].map((said, i) => isWithin(said, truths[i]));
      const start = starts.get(tool) ?? 0;
      const cost = costOf(reading, start);
      const ratio = k6 === undefined ? '' : (cost / costOf(k6.reading, starts.get(k6.tool) ?? 0)).toFixed(2);
      lines.push(
        `| | ${tool} | ${[p50, p95, p99].map(ms).join(' | ')} | ${inside.join(' ')} | ${requests} | ${start.toFixed(2)} | ${cost.toFixed(0)} | ${ratio} | ${peakMb.toFixed(0)} |`,
      );
    }
  }
  return lines;
}

function renderSteps(steps: readonly Step[], starts: Starts): string[] {
  const lines = [
    '| tool | rate | answered | p99 beyond the server, ms | lag p99, ms | CPU us a request | clean |',
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
  ];
  for (const { tool, perSecond, reading, excessMs, clean } of steps) {
    const lag = reading.lagP99 === undefined ? '' : reading.lagP99.toFixed(2);
    lines.push(
      `| ${tool} | ${perSecond} | ${reading.ok} | ${excessMs.toFixed(2)} | ${lag} | ${costOf(reading, starts.get(tool) ?? 0).toFixed(0)} | ${clean ? 'yes' : 'no'} |`,
    );
  }
  return lines;
}

function isWithin(said: number | null, truth: Round['truths'][number] | undefined): string {
  if (said === null || truth === undefined) return '-';
  return said >= truth.low && said <= truth.high + allowanceMs ? 'yes' : 'no';
}

/** Beyond the start. */
function costOf({ cpu, requests }: Round['reading'], start: number): number {
  return (1e6 * (cpu - start)) / requests;
}

function ms(value: number | null): string {
  if (value === null) return '';
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** What the duets of the experiment found, as the table that the READMEs quote. */

import type { Finding, Told } from './experiment.ts';

const metrics = ['p50', 'p95', 'p99', 'cpu_per_request'] as const;

/** One row for each kind of run and metric. */
export function renderDuets(findings: readonly Finding[]): string {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { service, slower, burner, perSecond, seconds, lives } = finding;
    const title = [
      service,
      slower === 1 ? 'equal' : `${Math.round(100 * (slower - 1))}% more`,
      burner ? 'burner' : '',
      `${perSecond}/s`,
      `${seconds} s`,
      lives === 0 ? 'one life' : `${lives} lives`,
    ];
    const key = title.filter(Boolean).join(', ');
    kinds.set(key, [...(kinds.get(key) ?? []), finding]);
  }
  return [
    '| duets | runs | | called slower | called faster | change, median | smallest change, median | differ from life to life |',
    '| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |',
    ...[...kinds.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([title, runs]) => rowsOf(title, runs)),
    '',
    '| duets | line | pass | fail | inconclusive |',
    '| --- | --- | ---: | ---: | ---: |',
    ...[...kinds.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([title, runs]) => verdictRows(title, runs)),
  ].join('\n');
}

function rowsOf(title: string, runs: readonly Finding[]): string[] {
  return metrics.flatMap((metric, index) => {
    const told = runs.flatMap((run): Told[] => {
      const one = run.metrics[metric];
      return one === null || one === undefined ? [] : [one];
    });
    if (told.length === 0) return [];
    const count = (is: (one: Told) => boolean): string => `${told.filter(is).length} of ${told.length}`;
    const spread = metric === 'p50' || metric === 'p95' ? deviation(runs, metric) : '';
    const cells = [
      count(({ low }) => low > 0),
      count(({ high }) => high < 0),
      percent(median(told.map(({ value }) => value))),
      percent(median(told.map(({ detectable }) => detectable))),
      spread,
    ];
    return [
      `| ${index === 0 ? title : ''} | ${index === 0 ? runs.length : ''} | ${metric} | ${cells.join(' | ')} |`,
    ];
  });
}

/** Of one service's metric, from the pair's log ratios: the median over runs of a deviation that outliers do not touch. */
function deviation(runs: readonly Finding[], metric: 'p50' | 'p95'): string {
  const each = runs
    .map((run) => run[metric])
    .filter((lives) => lives.length > 2)
    .map((lives) => {
      const centre = median(lives);
      return (1.4826 * median(lives.map((life) => Math.abs(life - centre)))) / Math.SQRT2;
    });
  return each.length === 0 ? '' : percent(median(each));
}

function verdictRows(title: string, runs: readonly Finding[]): string[] {
  const lines = Object.keys(runs[0]?.verdicts ?? {});
  return lines.map((line, index) => {
    const count = (verdict: string): number =>
      runs.filter(({ verdicts }) => verdicts[line] === verdict).length;
    const cells = [count('pass'), count('fail'), count('inconclusive')];
    return `| ${index === 0 ? title : ''} | \`${line}\` | ${cells.join(' | ')} |`;
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))}%`;

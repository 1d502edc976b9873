/** Results as the tables that are printed and quoted. */

import type { Outcome } from './measure.ts';
import type { Results } from './run.ts';
import type { ScalingOutcome } from './scaling.ts';

export function renderTable({ outcomes, scalings, coldStart, bundles, machine }: Results): string {
  const lines = [
    '',
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, load ${machine.loadAverage?.toFixed(1)}`,
    '',
  ];
  const pairs = outcomes.filter(({ contest }) => contest === null);
  const contested = outcomes.filter(({ contest }) => contest !== null);
  for (const [part, rows] of [
    [pairs, pairRows],
    [contested, contestRows],
  ] as const) {
    if (part.length === 0) continue;
    lines.push(
      '| work | | wall s | CPU s | peak MB | ratio wall | ratio CPU | wanted |',
      '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...rows(part),
      '',
    );
  }
  const told = contested.filter(({ peer }) => peer.runs[0]?.flagged !== undefined);
  if (told.length > 0) {
    lines.push('| | | columns flagged | |', '| --- | --- | ---: | --- |', ...told.flatMap(flagRows), '');
  }
  if (scalings.length > 0) {
    lines.push(
      '| | rows | wall s | CPU s | peak MB | times the wall | times the CPU | wanted at most |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...scalings.flatMap(scalingRows),
      '',
    );
  }
  for (const { action, node, firstLine, whole } of coldStart) {
    lines.push(
      `${action}, cold start: node alone ${ms(node)}, first line after ${ms(firstLine)}, whole action on small data ${ms(whole)}`,
    );
  }
  for (const { action, files } of bundles) {
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const parts = files.map(({ name, bytes }) => `${name} ${Math.round(bytes / 1000)}`);
    lines.push(`${action}: ${Math.round(total / 1000)} kB of JavaScript (${parts.join(', ')})`);
  }
  return lines.join('\n');
}

/** One of ours and one peer; the ratio stands beside ours. */
function pairRows(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ title, ours, peer, wallRatio, cpuRatio, target }) => [
    `| ${title} | ${cells(ours)} | **${digits(wallRatio)}** | **${digits(cpuRatio)}** | ${target ?? ''} |`,
    `| | ${cells(peer)} | | | |`,
  ]);
}

/** One of ours and then its peers, each with its ratio. */
function contestRows(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ title, contest, ours, peer, wallRatio, cpuRatio, target }, i) => [
    ...(outcomes[i - 1]?.contest === contest ? [] : [`| ${title} | ${cells(ours)} | | | |`]),
    `| | ${cells(peer)} | **${digits(wallRatio)}** | **${digits(cpuRatio)}** | ${target ?? ''} |`,
  ]);
}

/** Which columns each tool calls drifted; ours has been held to the truth. */
function flagRows({ title, contest, ours, peer }: Outcome, i: number, all: readonly Outcome[]): string[] {
  const row = (head: string, { name, runs }: Outcome['ours']): string => {
    const flagged = runs[0]?.flagged ?? [];
    return `| ${head} | ${name} | ${flagged.length} | ${[...flagged].sort().join(', ')} |`;
  };
  return [...(all[i - 1]?.contest === contest ? [] : [row(title, ours)]), row('', peer)];
}

function scalingRows({ title, steps, wanted }: ScalingOutcome): string[] {
  return steps.map((step, i) => {
    const { rows, wall, cpu, peakMb, wallGrowth, cpuGrowth } = step;
    const grown = [wallGrowth, cpuGrowth].map((growth) => (growth === null ? '' : `**${digits(growth)}**`));
    const limit = i === steps.length - 1 ? `${wanted}` : '';
    const measured = `${digits(wall)} | ${digits(cpu)} | ${peakMb.toFixed(0)}`;
    return `| ${title} | ${rows.toLocaleString('en')} | ${measured} | ${grown.join(' | ')} | ${limit} |`;
  });
}

function cells({ name, wall, cpu, peakMb }: Outcome['ours']): string {
  return `${name} | ${digits(wall)} | ${digits(cpu)} | ${peakMb.toFixed(0)}`;
}

function digits(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function ms(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}

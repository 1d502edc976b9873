/** Results as the table that is printed and quoted. */

import type { Outcome } from './measure.ts';
import type { Results } from './run.ts';

export function renderTable({ outcomes, coldStart, bundle, machine }: Results): string {
  const lines = [
    '',
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, load ${machine.loadAverage?.toFixed(1)}`,
    '',
    '| work | | wall s | CPU s | peak MB | ratio wall | ratio CPU | wanted |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...outcomes.flatMap(rowsOf),
    '',
  ];
  if (coldStart !== null) {
    const { node, firstLine, whole } = coldStart;
    lines.push(
      `cold start: node alone ${ms(node)}, first line after ${ms(firstLine)}, whole action on small data ${ms(whole)}`,
    );
  }
  const total = bundle.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = bundle.map(({ name, bytes }) => `${name} ${Math.round(bytes / 1000)}`);
  lines.push(`bundle: ${Math.round(total / 1000)} kB of JavaScript (${parts.join(', ')})`);
  return lines.join('\n');
}

function rowsOf({ title, ours, peer, wallRatio, cpuRatio, target }: Outcome): string[] {
  const cells = ({ name, wall, cpu, peakMb }: Outcome['ours']): string =>
    `${name} | ${digits(wall)} | ${digits(cpu)} | ${peakMb.toFixed(0)}`;
  const wanted = target === null ? '' : `${target}`;
  return [
    `| ${title} | ${cells(ours)} | **${digits(wallRatio)}** | **${digits(cpuRatio)}** | ${wanted} |`,
    `| | ${cells(peer)} | | | |`,
  ];
}

function digits(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function ms(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}

/** The performance gate's parts of the job summary, to be read on a phone: few cells a line. */

import type { GateResult } from '../../../core/gate/types.ts';
import {
  escapeMarkdown,
  formatCount,
  type MarkdownSection,
  markdownCode,
  shorten,
} from '../../../core/report/index.ts';
import type { ArmRecord, PerfDetails } from '../types.ts';
import { changeText, valueText } from './duet.ts';
import { factsOfLoad, factsOfMachine, factsOfService, latencyRows, resultText } from './facts.ts';
import { labelOf, ms, percent } from './words.ts';

const mostNames = 20;
const exampleLimit = 200;

/** In order of importance: the comparison, failures, latencies, requests by name, the run. */
export function summaryDetails({ predicate: { gate } }: GateResult<PerfDetails>): readonly MarkdownSection[] {
  const { details } = gate;
  return [
    ...duetMarkdown(details),
    ...failureMarkdown(details.candidate),
    latencyMarkdown(details),
    ...nameMarkdown(details.candidate),
    runMarkdown(details),
  ];
}

function duetMarkdown({ duet, stored }: PerfDetails): readonly MarkdownSection[] {
  return [
    ...(duet === null
      ? []
      : [
          {
            title: 'Candidate against baseline',
            open: true,
            header: ['Metric', 'Baseline', 'Candidate', 'Change'],
            rows: duet.metrics.map((compared) => [
              escapeMarkdown(labelOf(compared.metric)),
              escapeMarkdown(valueText(compared, 'baseline')),
              escapeMarkdown(valueText(compared, 'candidate')),
              escapeMarkdown(changeText(compared)),
            ]),
          },
        ]),
    ...(stored === null
      ? []
      : [
          {
            title: stored.comparable ? 'Compared with an earlier run' : 'Not compared with the earlier run',
            open: true,
            header: null,
            rows: stored.remarks.map((remark) => [escapeMarkdown(remark)]),
          },
        ]),
  ];
}

function failureMarkdown({ failures, all }: ArmRecord): readonly MarkdownSection[] {
  if (failures.length === 0) return [];
  return [
    {
      title: `Failed requests: ${formatCount(all.failed)} of ${formatCount(all.due)}`,
      open: true,
      header: ['Kind', 'Requests', 'Example'],
      rows: failures.map(({ kind, count, example }) => [
        escapeMarkdown(kind),
        escapeMarkdown(`${formatCount(count)} (${percent(count / all.due)})`),
        escapeMarkdown(shorten(example ?? '', exampleLimit)),
      ]),
    },
  ];
}

function latencyMarkdown(details: PerfDetails): MarkdownSection {
  return {
    title: `Latency: ${escapeMarkdown(resultText(details))}`,
    header: ['', 'from due', 'from sent'],
    rows: latencyRows(details.candidate.all).map((cells) => cells.map(escapeMarkdown)),
  };
}

function nameMarkdown({ by_name: names }: ArmRecord): readonly MarkdownSection[] {
  if (names.length === 0) return [];
  return [
    {
      title: `By request (${formatCount(names.length)})`,
      header: ['Request', 'Requests', 'Failed', 'p50', 'p95'],
      rows: names
        .slice(0, mostNames)
        .map(({ name, due, failed, latency }) => [
          markdownCode(shorten(name ?? '', 80)),
          formatCount(due),
          formatCount(failed),
          escapeMarkdown(ms(latency.p50)),
          escapeMarkdown(ms(latency.p95)),
        ]),
    },
  ];
}

function runMarkdown(details: PerfDetails): MarkdownSection {
  const facts = [...factsOfLoad(details), ...factsOfService(details.candidate), ...factsOfMachine(details)];
  return {
    title: 'The run',
    header: null,
    rows: facts.map(([name, text]) => [`${escapeMarkdown(name)}: ${escapeMarkdown(shorten(text, 300))}`]),
  };
}

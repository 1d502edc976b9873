/** The performance gate's own parts of the page, drawn from its result and from nothing else. */

import { formatCount } from '../../../core/gate/index.ts';
import type { GateResult } from '../../../core/gate/types.ts';
import {
  barChart,
  counted,
  dataTable,
  html,
  type Markup,
  type Section,
  shorten,
} from '../../../core/report/index.ts';
import type { ArmRecord, PerfDetails, RequestsRecord } from '../types.ts';
import { duetSections } from './duet.ts';
import { type Fact, factsOfLoad, factsOfMachine, factsOfService, latencyRows, resultText } from './facts.ts';
import { byPercentile, card, latencyOverTime, rateOverTime } from './latency-charts.ts';
import { ms, percent } from './words.ts';

const nameLimit = 100;
const exampleLimit = 300;
const mostNames = 50;

/** Sections for `renderPage`, in reading order; verdict, checks, notices and digests are the page's own. */
export function reportSections({ predicate: { gate } }: GateResult<PerfDetails>): readonly Section[] {
  const { details } = gate;
  const { candidate, baseline } = details;
  return [
    ...duetSections(details),
    latencySection(details),
    ...failureSections(candidate, baseline === null ? '' : ' of the candidate'),
    ...(baseline === null ? [] : failureSections(baseline, ' of the baseline')),
    ...nameSections(candidate),
    runSection(details),
  ];
}

function latencySection(details: PerfDetails): Section {
  const { candidate } = details;
  // Three narrow columns: no need to stack them on a phone.
  const table = html`<table><thead><tr><th scope="col">Latency</th><th scope="col" class="number">from due</th><th scope="col" class="number">from sent</th></tr></thead><tbody>${latencyRows(
    candidate.all,
  ).map(
    ([name, latency, service]) =>
      html`<tr><td>${name}</td><td class="number">${latency}</td><td class="number">${service}</td></tr>`,
  )}</tbody></table>`;
  return {
    title: resultText(details),
    body: html`<div class="grid-cards">${card(latencyOverTime(candidate))}${card(byPercentile(details))}${card(rateOverTime(candidate))}<div class="card">${table}<p class="note">Latency counts from when a request was due, whether or not it could be sent: a stall shows in full. Only successful requests are counted.</p></div></div>`,
  };
}

function failureSections({ failures, all }: ArmRecord, whose: string): readonly Section[] {
  if (failures.length === 0) return [];
  const chart = barChart({
    title: 'Failed requests by kind',
    description: failures.map(({ kind, count }) => `${kind}: ${count}`).join('; '),
    rows: failures.slice(0, 10).map(({ kind, count }) => ({
      label: kind,
      value: count,
      text: `${formatCount(count)} (${percent(count / all.due)})`,
    })),
  });
  return [
    {
      title: `Failed${whose}: ${counted(all.failed, 'request')} of ${formatCount(all.due)}`,
      body: html`<div class="grid-cards">${card(chart)}<div class="card"><ul>${failures.map(
        ({ kind, example, p50, max }) =>
          html`<li><strong>${kind}</strong>: ${shorten(example ?? 'no example was kept', exampleLimit)}<span class="small">${p50 === null ? '' : `failed after ${ms(p50)} in the median, ${ms(max)} at most`}</span></li>`,
      )}</ul></div></div>`,
    },
  ];
}

function nameSections({ by_name: names }: ArmRecord): readonly Section[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, mostNames);
  const cell = ({ latency }: RequestsRecord, metric: string): string => ms(latency[metric]);
  const table = dataTable(
    [
      { title: 'Request', kind: 'lead' },
      { title: 'Requests', kind: 'number' },
      { title: 'Failed', kind: 'number' },
      { title: 'p50', kind: 'number' },
      { title: 'p95', kind: 'number' },
      { title: 'p99', kind: 'number' },
    ],
    shown.map((record) => [
      html`<code>${shorten(record.name ?? '', nameLimit)}</code>`,
      formatCount(record.due),
      record.failed === 0 ? '0' : `${formatCount(record.failed)} (${percent(record.failed / record.due)})`,
      cell(record, 'p50'),
      cell(record, 'p95'),
      cell(record, 'p99'),
    ]),
  );
  return [{ title: `By request: ${counted(names.length, 'name')}`, body: table }];
}

function runSection(details: PerfDetails): Section {
  const { candidate, baseline } = details;
  const block = (title: string, facts: readonly Fact[]): Markup | null =>
    facts.length === 0
      ? null
      : html`<div class="card"><h3>${title}</h3><dl>${facts.map(
          ([name, text]) => html`<dt>${name}</dt><dd>${shorten(text, 400)}</dd>`,
        )}</dl></div>`;
  return {
    title: 'The run',
    body: html`<div class="grid-cards">${block('Load', factsOfLoad(details))}${block('Machine', factsOfMachine(details))}${block(baseline === null ? 'Service' : 'Candidate', factsOfService(candidate))}${baseline === null ? null : block('Baseline', factsOfService(baseline))}</div>`,
  };
}

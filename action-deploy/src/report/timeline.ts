/** The rollout over time: steps, lives of tasks or pods, and what happened, as a chart and as a list. */

import {
  counted,
  elapsedText,
  html,
  type Markup,
  type Section,
  shorten,
  type TimelineMark,
  type TimelineRow,
  timelineChart,
} from '../../../core/report/index.ts';
import type { DeployDetails, TimelineEvent, Unit } from '../types.ts';
import { lineStanding } from './analysis.ts';
import { headAndTail } from './head-and-tail.ts';
import {
  clockText,
  nameLimit,
  type Span,
  sinceStart,
  spanOf,
  textLimit,
  timeOf,
  unitNote,
  unitNoun,
} from './words.ts';

const mostSteps = 12;
const mostUnits = 14;
const mostOpenEvents = 24;
const mostEvents = 300;

export function timelineSections(details: DeployDetails): readonly Section[] {
  const span = spanOf(details);
  if (span === null) return [];
  const chart = rolloutChart(details, span);
  const list = eventList(details.timeline, span);
  return [
    {
      title: `Timeline: ${elapsedText(span.end - span.start)}`,
      body: html`<div class="grid-cards"><div class="card">${chart}<p class="note">Minutes and seconds after ${clockText(new Date(span.start).toISOString())} UTC.${leftOut(details)}</p></div><div>${list}</div></div>`,
    },
  ];
}

function leftOut(details: DeployDetails): string {
  const steps = stepEvents(details).length - mostSteps;
  const units = details.units.length - mostUnits;
  const parts = [
    ...(steps > 0 ? [counted(steps, 'more step')] : []),
    ...(units > 0 ? [counted(units, `more ${unitNoun(details)}`)] : []),
  ];
  return parts.length === 0 ? '' : ` Not drawn: ${parts.join(' and ')}.`;
}

function rolloutChart(details: DeployDetails, span: Span): Markup {
  const units = chosenUnits(details.units);
  const noun = unitNoun(details);
  const marks = marksOf(details);
  return timelineChart({
    title: 'The rollout over time',
    description: `${counted(stepEvents(details).length, 'step')}, ${counted(details.units.length, noun)}, ${counted(details.timeline.length, 'event')} in ${elapsedText(span.end - span.start)}`,
    ...span,
    groups: [
      { title: 'Steps', rows: stepRows(details, span) },
      {
        title: `New ${noun}s`,
        rows: units.filter(({ revision }) => revision === 'new').map((unit) => unitRow(unit, span)),
      },
      {
        title: `Former ${noun}s`,
        rows: units.filter(({ revision }) => revision === 'old').map((unit) => unitRow(unit, span)),
      },
    ],
    marks,
    legend: (
      [
        ['failed', 'a failure, or an analysis that did not hold'],
        ['warning', 'a warning, or an analysis without an answer'],
        ['passed', 'an analysis that held'],
      ] as const
    ).flatMap(([tone, name]) => (marks.some((mark) => mark.tone === tone) ? [{ tone, name }] : [])),
  });
}

function stepEvents({ timeline }: DeployDetails): readonly TimelineEvent[] {
  return timeline.filter(({ kind }) => kind === 'step' || kind === 'rollback');
}

/** Each step lasts until the next one begins. */
function stepRows(details: DeployDetails, span: Span): readonly TimelineRow[] {
  const steps = stepEvents(details);
  return steps.slice(0, mostSteps).map((step, index) => {
    const from = timeOf(step.at);
    const to = timeOf(steps[index + 1]?.at ?? null) ?? span.end;
    return {
      label: shorten(step.text, nameLimit),
      note: from === null || to === from ? '' : elapsedText(to - from),
      from,
      to,
      tone: step.kind === 'rollback' ? 'warning' : 'plain',
    };
  });
}

/** What died first, then the new ones, then the former ones. */
function chosenUnits(units: readonly Unit[]): readonly Unit[] {
  const rank = ({ healthy, revision, stoppedAt }: Unit): number =>
    revision === 'new' ? (healthy ? 1 : 0) : stoppedAt === null ? 2 : 3;
  return [...units].sort((a, b) => rank(a) - rank(b)).slice(0, mostUnits);
}

function unitRow(unit: Unit, span: Span): TimelineRow {
  const from = timeOf(unit.startedAt);
  return {
    label: shortName(unit.name),
    note: unitNote(unit),
    from: from === null ? null : Math.max(from, span.start),
    to: timeOf(unit.stoppedAt),
    tone: unit.revision === 'old' ? 'old' : unit.healthy ? 'passed' : 'failed',
  };
}

/** Of the 32 digits of a task's id a few tell it from others. */
function shortName(name: string): string {
  return /^[0-9a-f]{32}$/.test(name) ? name.slice(0, 12) : shorten(name, nameLimit);
}

function marksOf({ timeline, analysis }: DeployDetails): readonly TimelineMark[] {
  const events = timeline.flatMap(({ at, kind, subject, text }): readonly TimelineMark[] => {
    const time = timeOf(at);
    if (time === null || (kind !== 'failure' && kind !== 'warning')) return [];
    return [
      {
        at: time,
        tone: kind === 'failure' ? 'failed' : 'warning',
        text: `${clockText(at)} ${subject} ${text}`,
      },
    ];
  });
  const rounds = analysis.flatMap(({ at, stage, promote, lines }): readonly TimelineMark[] => {
    const time = timeOf(at);
    if (time === null) return [];
    const fails = lines.some(({ check, verdict }) => lineStanding(check, verdict) === 'failed');
    const tone = promote ? 'passed' : fails ? 'failed' : 'warning';
    return [{ at: time, tone, text: `${clockText(at)} analysis ${stage}` }];
  });
  // What is grave is drawn over the rest.
  const order = ['passed', 'warning', 'failed'];
  return [...events, ...rounds].sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
}

const eventTones: Readonly<Record<TimelineEvent['kind'], string>> = {
  step: '',
  progress: '',
  analysis: '',
  warning: 'standing warning',
  failure: 'standing failed',
  rollback: 'standing warning',
};

function eventList(timeline: readonly TimelineEvent[], span: Span): Markup {
  if (timeline.length === 0) return html`<p class="note">No events were told.</p>`;
  const grave = timeline.filter(({ kind }) => kind !== 'progress');
  const isLong = timeline.length > mostOpenEvents;
  const open = isLong ? headAndTail(grave, mostOpenEvents) : timeline;
  const left = timeline.length - mostEvents;
  return html`${eventTable(open, span)}${
    isLong
      ? html`<details><summary>${counted(timeline.length, 'event')} in all</summary>${eventTable(headAndTail(timeline, mostEvents), span)}${
          left > 0
            ? html`<p class="note">… and ${counted(left, 'more event')}; the result document has them all.</p>`
            : null
        }</details>`
      : null
  }`;
}

/** Two narrow columns: no need to stack them on a phone. */
function eventTable(events: readonly TimelineEvent[], span: Span): Markup | null {
  if (events.length === 0) return null;
  return html`<table><thead><tr><th scope="col" class="number">After</th><th scope="col">What happened</th></tr></thead><tbody>${events.map(
    ({ at, kind, subject, text }) =>
      html`<tr><td class="number">${sinceStart(at, span)}</td><td>${
        subject === '' ? null : html`<span class="small">${shorten(subject, nameLimit)}</span>`
      }${
        eventTones[kind] === ''
          ? shorten(text, textLimit)
          : html`<span class="${eventTones[kind].replace('standing ', '')}">${shorten(text, textLimit)}</span>`
      }</td></tr>`,
  )}</tbody></table>`;
}

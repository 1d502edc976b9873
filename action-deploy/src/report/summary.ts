/** The deploy action's parts of the job summary, to be read on a phone: few cells a line. */

import type { GateResult } from '../../../core/gate/types.ts';
import {
  counted,
  escapeMarkdown,
  formatNumber,
  type MarkdownSection,
  markdownCode,
  shorten,
} from '../../../core/report/index.ts';
import type { DeployDetails } from '../types.ts';
import { lineStanding, roundTitle } from './analysis.ts';
import { revisionText } from './changes.ts';
import { headAndTail } from './head-and-tail.ts';
import { imageFacts, rolloutFacts, scanText } from './records.ts';
import { sortedUnits, unitTitle } from './units.ts';
import {
  clockText,
  indented,
  nameLimit,
  outcomeTitle,
  sinceStart,
  spanOf,
  textLimit,
  unitNote,
  unitNoun,
} from './words.ts';

const mostEvents = 60;
const mostUnits = 30;
const mostChanges = 60;
const mostLines = 30;
/** The last ones decided. */
const mostRounds = 8;

const text = (value: string): string => escapeMarkdown(shorten(value, textLimit));
const code = (value: string): string => markdownCode(shorten(value, nameLimit));

/** In reading order: what runs now and why, the timeline, tasks or pods, the difference, analysis, evidence, image. */
export function summaryDetails({
  predicate: { gate },
}: GateResult<DeployDetails>): readonly MarkdownSection[] {
  const { details } = gate;
  return [
    outcomeMarkdown(details),
    ...logMarkdown(details),
    ...timelineMarkdown(details),
    ...unitMarkdown(details),
    ...changeMarkdown(details),
    ...analysisMarkdown(details),
    ...evidenceMarkdown(details),
    imageMarkdown(details),
  ];
}

function outcomeMarkdown(details: DeployDetails): MarkdownSection {
  const { left, plan, outcome, causes, rollback } = details;
  return {
    title: escapeMarkdown(outcomeTitle(details)),
    open: true,
    header: null,
    rows: [
      [text(left)],
      ...(outcome === 'planned' && plan !== null ? [[text(plan.headline)]] : []),
      ...causes
        .slice(0, 10)
        .map((cause, index) => [
          `${index === 0 ? 'Cause: ' : ''}<strong>${escapeMarkdown(shorten(cause.reason, 100))}</strong>: ${text(cause.text)}`,
        ]),
      ...(rollback === null
        ? []
        : [[`Rollback, ${rollback.verified ? 'verified' : 'not verified'}: ${text(rollback.text)}`]]),
    ],
  };
}

function logMarkdown({ causes }: DeployDetails): readonly MarkdownSection[] {
  const logged = causes.find(({ logLines }) => logLines.length > 0);
  if (logged === undefined) return [];
  const lines = logged.logLines.slice(-mostLines);
  return [
    {
      title: `${lines.length === 1 ? 'Last line' : `Last ${counted(lines.length, 'line')}`} of the log: ${escapeMarkdown(shorten(logged.reason, 100))}`,
      open: true,
      header: null,
      rows: lines.map((line) => [markdownCode(indented(line))]),
    },
  ];
}

function timelineMarkdown(details: DeployDetails): readonly MarkdownSection[] {
  const { timeline } = details;
  const span = spanOf(details);
  if (timeline.length === 0 || span === null) return [];
  const telling =
    timeline.length <= mostEvents ? timeline : timeline.filter(({ kind }) => kind !== 'progress');
  return [
    {
      title: `Timeline: ${counted(timeline.length, 'event')} from ${clockText(new Date(span.start).toISOString())} UTC on`,
      header: ['After', 'What happened'],
      rows: headAndTail(telling, mostEvents).map(({ at, kind, subject, text: said }) => {
        const grave = kind === 'failure' || kind === 'rollback';
        const words = `${subject === '' ? '' : `${escapeMarkdown(shorten(subject, nameLimit))}: `}${text(said)}`;
        return [escapeMarkdown(sinceStart(at, span)), grave ? `<strong>${words}</strong>` : words];
      }),
    },
  ];
}

function unitMarkdown(details: DeployDetails): readonly MarkdownSection[] {
  if (details.units.length === 0) return [];
  return [
    {
      title: escapeMarkdown(unitTitle(details)),
      header: [unitNoun(details) === 'task' ? 'Task' : 'Pod', 'Revision', 'State', 'Why'],
      rows: sortedUnits(details.units)
        .slice(0, mostUnits)
        .map((unit) => [
          code(unit.name),
          unit.revision === 'new' ? 'new' : 'former',
          escapeMarkdown(shorten(unitNote(unit), 60)),
          unit.reason === null ? '' : text(unit.reason),
        ]),
    },
  ];
}

function changeMarkdown({ plan, outcome }: DeployDetails): readonly MarkdownSection[] {
  if (plan === null || plan.changes.length === 0) return [];
  const value = (of: string | null): string => (of === null ? '<em>not there</em>' : code(of));
  return [
    {
      title: counted(plan.changes.length, 'difference'),
      open: outcome === 'planned',
      header: ['Place', 'Before', 'After'],
      rows: plan.changes
        .slice(0, mostChanges)
        .map(({ place, from, to }) => [code(place), value(from), value(to)]),
    },
  ];
}

function analysisMarkdown(details: DeployDetails): readonly MarkdownSection[] {
  const { analysis } = details;
  if (analysis.length === 0) return [];
  return [
    {
      title: `Analysis: ${counted(analysis.length, 'round')}`,
      open: analysis.some(({ promote }) => !promote),
      header: ['Stage', 'Check', 'Value', 'Verdict'],
      rows: analysis
        .slice(-mostRounds)
        .reverse()
        .flatMap((round) =>
          round.lines.map(({ check, value, verdict, reason }) => [
            escapeMarkdown(roundTitle(round)),
            markdownCode(shorten(check, 300)),
            value === null ? '–' : escapeMarkdown(formatNumber(value)),
            `${lineStanding(check, verdict)}: ${text(reason)}`,
          ]),
        ),
    },
  ];
}

function evidenceMarkdown({ evidence }: DeployDetails): readonly MarkdownSection[] {
  if (evidence.length === 0) return [];
  return [
    {
      title: `Evidence: ${evidence.filter(({ accepted }) => accepted).length} of ${counted(evidence.length, 'gate result')} accepted`,
      open: evidence.some(({ accepted }) => !accepted),
      header: ['Document', 'Counts', 'Why'],
      rows: [...evidence]
        .sort((a, b) => Number(a.accepted) - Number(b.accepted))
        .map(({ path, accepted, reason }) => [code(path), accepted ? 'yes' : 'no', text(reason)]),
    },
  ];
}

function imageMarkdown(details: DeployDetails): MarkdownSection {
  const { scan, plan } = details;
  const facts = [
    ...imageFacts(details),
    ...(scan === null ? [] : [['Scan', scanText(scan)] as const]),
    ...rolloutFacts(details),
    ...(plan?.before == null ? [] : [['Before', revisionText(plan.before)] as const]),
  ];
  return {
    title: 'The image and the rollout',
    header: null,
    rows: facts.map(([name, value]) => [`${escapeMarkdown(name)}: ${text(value)}`]),
  };
}

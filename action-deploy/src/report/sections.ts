/** The deploy action's own parts of the page, drawn from its result and from nothing else. */

import type { GateResult } from '../../../core/gate/types.ts';
import type { Section } from '../../../core/report/index.ts';
import type { DeployDetails } from '../types.ts';
import { analysisSections } from './analysis.ts';
import { changeSections } from './changes.ts';
import { outcomeSection } from './outcome.ts';
import { evidenceSections, imageSection, rollbackSections } from './records.ts';
import { timelineSections } from './timeline.ts';
import { unitSections } from './units.ts';

/** Sections for `renderPage`, in reading order; verdict, checks, notices and digests are the page's own. */
export function reportSections({ predicate: { gate } }: GateResult<DeployDetails>): readonly Section[] {
  const { details } = gate;
  return [
    outcomeSection(details),
    ...timelineSections(details),
    ...unitSections(details),
    ...changeSections(details),
    ...analysisSections(details),
    ...evidenceSections(details),
    imageSection(details),
    ...rollbackSections(details),
  ];
}

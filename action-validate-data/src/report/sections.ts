/** The data gate's own parts of the page, drawn from its result and from nothing else. */

import type { GateResult } from '../../../core/gate/types.ts';
import type { Section } from '../../../core/report/index.ts';
import type { DataDetails } from '../types.ts';
import { violationSections } from './examples.ts';
import { filesSection } from './files.ts';
import { glanceSection } from './glance.ts';

/** Sections for `renderPage`, in reading order; verdict, checks, notices and digests are the page's own. */
export function reportSections(result: GateResult<DataDetails>): readonly Section[] {
  const { gate } = result.predicate;
  return [glanceSection(gate), ...violationSections(gate), filesSection(gate.details)];
}

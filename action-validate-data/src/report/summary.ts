/** The data gate's folded parts of the job summary. */

import type { GateResult } from '../../../core/gate/types.ts';
import type { MarkdownSection } from '../../../core/report/index.ts';
import type { DataDetails } from '../types.ts';
import { violationMarkdown } from './examples.ts';
import { filesMarkdown } from './files.ts';
import { glanceMarkdown } from './glance.ts';

/** In order of importance: what is wrong, the columns, the files. */
export function summaryDetails(result: GateResult<DataDetails>): readonly MarkdownSection[] {
  const { gate } = result.predicate;
  return [violationMarkdown(gate), glanceMarkdown(gate.details), filesMarkdown(gate.details)];
}

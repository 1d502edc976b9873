/** The model gate's own parts of its reports, drawn from its result and from nothing else. */

import type { GateResult } from '../../../core/gate/types.ts';
import type { MarkdownSection, Section } from '../../../core/report/index.ts';
import { classificationSections } from './classification.ts';
import type { ModelDetails } from './details.ts';
import { factsMarkdown, factsSection, speedSection } from './facts.ts';
import { metricsMarkdown, metricsSection } from './numbers.ts';
import { regressionSections } from './regression.ts';
import { sliceMarkdown, sliceSections } from './slice-sections.ts';

/** Sections for `renderPage`, in reading order; verdict, checks, notices and digests are the page's own. */
export function reportSections(result: GateResult<ModelDetails>): readonly Section[] {
  const { details } = result.predicate.gate;
  return [
    metricsSection(details),
    ...(details.task === 'regression' ? regressionSections(details) : classificationSections(details)),
    ...sliceSections(details),
    ...speedSection(details),
    factsSection(details),
  ];
}

/** Folded sections for `renderSummary`: slices, every metric, the model. */
export function summaryDetails(result: GateResult<ModelDetails>): readonly MarkdownSection[] {
  const { details } = result.predicate.gate;
  return [...sliceMarkdown(details), metricsMarkdown(details), factsMarkdown(details)];
}

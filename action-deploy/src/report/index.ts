/** What the reports of a rollout show; pure functions of the result document. */

export { reportSections } from './sections.ts';
export { summaryDetails } from './summary.ts';

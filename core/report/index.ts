export {
  type Annotation,
  type AnnotationLevel,
  annotationsOf,
  workflowCommands,
} from './annotations.ts';
export * from './charts/index.ts';
export { type CommentOptions, commentLimit, renderComment } from './comment.ts';
export {
  escapeCommandData,
  escapeCommandProperty,
  escapeHtml,
  escapeMarkdown,
  escapeTerminal,
  markdownCode,
  shorten,
  visible,
} from './escape.ts';
export { fairShares } from './fair-shares.ts';
export {
  absent,
  counted,
  differenceText,
  estimateText,
  formatCount,
  formatNumber,
  formatPercent,
  intervalText,
  valueText,
} from './format.ts';
export { pageLimit, renderPage, type Section } from './html.ts';
export {
  type JunitCase,
  type JunitOutcome,
  type JunitSuite,
  writeJunit,
} from './junit.ts';
export { type Log, silentLog } from './log.ts';
export type { MarkdownSection } from './markdown.ts';
export { html, Markup, type MarkupValue } from './markup.ts';
export {
  type SarifResult,
  type SarifRule,
  type SarifRun,
  type SarifWritten,
  sarifLimit,
  writeSarif,
} from './sarif.ts';
export { renderSummary, type SummaryOptions, summaryLimit } from './summary.ts';
export { type Column, dataTable } from './table.ts';
export { renderTerminal, type TerminalOptions } from './terminal.ts';
export { renderUnfinished, type UnfinishedRun } from './unfinished.ts';
export { type Headline, headline, type Standing, standingOf, worstFirst } from './verdict.ts';
export { within } from './within.ts';
export { writeWhole } from './write-whole.ts';

/** Thresholds over PromQL: reading them, and judging a rollout by what Prometheus says. */

export { analysisCatalogue, analysisChecks, createAnalysis, invalidQueries } from './analysis.ts';
export { type AnalysisReading, parseAnalysis } from './parse.ts';
export { prometheusUrlProblem, type QueryOptions, throughProxy } from './query.ts';

/** The model gate: run a model on labelled data, measure, judge, and keep what the report shows. */

import type { GateResult } from '../../core/gate/types.ts';
import { commonInputs } from '../../core/inputs/index.ts';
import { modelCatalogue } from '../../core/metrics/index.ts';
import type { Gate, Measured, RunContext } from '../../core/run/index.ts';
import { cautions } from './checks/cautions.ts';
import { completeChecks } from './checks/complete-checks.ts';
import { judgeChecks } from './checks/judge-checks.ts';
import { measureAll, reportedMetrics } from './checks/measure.ts';
import { bindChecks } from './checks/selected-checks.ts';
import { bySize, slicesOf } from './checks/slices.ts';
import { type Config, modelInputs, readConfig } from './inputs.ts';
import { isSameModel, openInputs } from './predictions/open-inputs.ts';
import { settle } from './predictions/settle.ts';
import { describe } from './report/describe.ts';
import type { ModelDetails } from './report/details.ts';
import { reportSections, summaryDetails } from './report/sections.ts';

export const modelGate: Gate<Config, ModelDetails> = {
  action: 'validate-model',
  title: 'Model gate',
  inputs: [...commonInputs, ...modelInputs],
  catalogue: modelCatalogue,
  readConfig,
  measure,
  sections: reportSections,
  summaryDetails,
  outputs: (result) => ({
    accuracy: accuracyOutput(result),
    metrics: JSON.stringify(result.predicate.gate.metrics),
  }),
};

async function measure(config: Config, context: RunContext): Promise<Measured<ModelDetails>> {
  const notices: string[] = [];
  const opened = await openInputs(config, context);
  const settled = settle(opened, config, notices);
  const { groups } = opened.candidate.collected;
  const checks = bindChecks(completeChecks(config, opened.selected, settled.task), {
    ...settled,
    groups,
    thresholds: config.thresholds,
  });
  const slices = bySize(
    config.slices.flatMap((columns) => slicesOf(columns, groups)),
    config.minSliceSize,
  );
  const reported = reportedMetrics(settled.task, settled.classes);
  const numbers = measureAll(
    settled.candidate,
    { checks, reported, slices: slices.large },
    opened.operational,
    {
      confidence: config.confidence,
      seed: config.seed,
      minSliceSize: config.minSliceSize,
      groups,
      baseline: settled.baseline,
      sameModel: isSameModel(opened),
      recorded: opened.recorded,
    },
  );
  const judged = judgeChecks(checks, numbers.measurements, config.confidence, settled);
  notices.push(
    ...cautions({
      checks: checks.map(({ check }) => check),
      rows: opened.candidate.collected.rows,
      minSliceSize: config.minSliceSize,
      data: opened.data,
      classes: settled.classes,
      recorded: opened.recordedResult,
    }),
  );
  return describe({ config, opened, settled, judged, reported, slices, numbers, notices });
}

function accuracyOutput(result: GateResult<ModelDetails>): string {
  const accuracy = result.predicate.gate.metrics.accuracy;
  return accuracy === null || accuracy === undefined ? '' : String(accuracy);
}

/** The model gate: run a model on labelled data, measure, judge, and keep what the report shows. */

import { judge } from '../../core/gate/index.ts';
import type { GateResult, Measurement } from '../../core/gate/types.ts';
import { commonInputs } from '../../core/inputs/index.ts';
import { modelCatalogue } from '../../core/metrics/index.ts';
import type { Gate, Measured, RunContext } from '../../core/run/index.ts';
import { cautions } from './cautions.ts';
import { completeChecks } from './checks.ts';
import { describe } from './describe.ts';
import type { ModelDetails } from './details.ts';
import { type Config, modelInputs, readConfig } from './inputs.ts';
import { measureAll, reportedMetrics } from './measure.ts';
import { isSameModel, openInputs } from './open-inputs.ts';
import { reportSections, summaryDetails } from './report-sections.ts';
import { type BoundCheck, bindChecks } from './selected-checks.ts';
import { type Settled, settle } from './settle.ts';
import { bySize, slicesOf } from './slices.ts';

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
  const judged = checks.map(({ check }, i) =>
    judge(check, numbers.measurements[i] as Measurement, {
      confidence: config.confidence,
      unit: modelCatalogue.get(check.metric)?.unit ?? 'number',
      samples: samplesOf(checks[i] as BoundCheck, settled),
    }),
  );
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

/** What `n` counts: recall and precision of a class are measured on that class's rows only. */
function samplesOf({ check, variant }: BoundCheck, { classes, positiveClass }: Settled): string {
  const name =
    variant.kind === 'class' ? classes[variant.index] : variant.kind === 'default' ? positiveClass : null;
  if (name === null || name === undefined) return 'rows';
  if (check.metric === 'recall') return `rows of class \`${name}\``;
  return check.metric === 'precision' ? `rows predicted as \`${name}\`` : 'rows';
}

function accuracyOutput(result: GateResult<ModelDetails>): string {
  const accuracy = result.predicate.gate.metrics.accuracy;
  return accuracy === null || accuracy === undefined ? '' : String(accuracy);
}

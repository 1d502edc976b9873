/** How far a regression model is off, and where. */

import type { Evaluation } from '../../../core/metrics/types.ts';
import {
  formatCount,
  histogramChart,
  html,
  type Markup,
  type Section,
  scatterChart,
} from '../../../core/report/index.ts';
import type { ModelDetails } from './details.ts';

export function regressionSections(details: ModelDetails): readonly Section[] {
  const models = [
    { name: 'Candidate', evaluation: details.candidate.evaluation },
    { name: 'Baseline', evaluation: details.baseline?.evaluation ?? null },
  ];
  const cards = models.flatMap(({ name, evaluation }) =>
    evaluation === null || evaluation.residuals === null ? [] : residualCards(name, evaluation.residuals),
  );
  if (cards.length === 0) return [];
  return [
    {
      title: 'How far predictions are off',
      body: html`<p class="note">A residual is predicted minus actual: right of zero the model says too much. A good model’s residuals are narrow and centred on zero, and its points lie along the dotted line.</p><div class="grid-cards">${cards}</div>`,
    },
  ];
}

function residualCards(name: string, residuals: NonNullable<Evaluation['residuals']>): readonly Markup[] {
  const rows = residuals.histogram.reduce((sum, bin) => sum + bin.count, 0);
  return [
    html`<div class="card"><h3>${name}: residuals</h3>${histogramChart({
      title: `Residuals, ${name.toLowerCase()}`,
      description: `${formatCount(rows)} rows in ${residuals.histogram.length} bins`,
      xLabel: 'Residual (predicted minus actual)',
      yLabel: 'Rows',
      bins: residuals.histogram,
      mark: { value: 0, name: 'no error' },
    })}</div>`,
    html`<div class="card"><h3>${name}: predicted against actual</h3>${scatterChart({
      title: `Predicted against actual, ${name.toLowerCase()}`,
      description: `${formatCount(residuals.sample.length)} rows, evenly chosen; on the dotted line the prediction is exact`,
      xLabel: 'Predicted',
      yLabel: 'Actual',
      points: residuals.sample,
      diagonal: true,
    })}</div>`,
  ];
}

/** What the verdict of a deployment is made of. Lines of `analysis` name their own metrics. */

import type { MetricCatalogue, MetricDefinition } from '../../core/gate/types.ts';

const source = 'README: What the verdict rests on';

const definitions: readonly MetricDefinition[] = [
  {
    name: 'rollout',
    label: 'Rollout',
    unit: 'number',
    direction: 'higher',
    definition: 'What was asked for runs and was seen to; or runs already; or would run, with `dry-run`.',
    source,
    selectorHelp: null,
    selector: 'never',
    standsAlone: true,
  },
  {
    name: 'evidence',
    label: 'Evidence',
    unit: 'number',
    direction: 'higher',
    definition:
      'A required result document is there, whole, passed, not too old, and of this commit or this image.',
    source,
    selectorHelp: 'the path of the document',
    selector: 'required',
    standsAlone: true,
  },
  {
    name: 'scan',
    label: 'Scan findings',
    unit: 'count',
    direction: 'lower',
    definition: 'Findings of the registry above `max-scan-severity`.',
    source,
    selectorHelp: null,
    selector: 'never',
  },
];

export const deployCatalogue: MetricCatalogue = new Map(
  definitions.map((definition) => [definition.name, definition]),
);

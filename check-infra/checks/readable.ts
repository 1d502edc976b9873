/** What has to hold before anything else can be seen: files are YAML, and the tools render them. */

import type { Check } from '../infra.ts';
import { named } from './objects.ts';

export const brokenYaml: Check = {
  name: 'broken-yaml',
  refuses:
    'a manifest, a file of rules or a configuration of Prometheus that is no YAML, or an object that no API server takes',
  run: ({ broken }) =>
    named(
      'broken-yaml',
      broken.map(({ place, why }) => ({
        place,
        message: why,
        mend: 'mend the line; the document that it is in was not checked',
      })),
    ),
};

export const unrendered: Check = {
  name: 'does-not-render',
  refuses: 'a kustomization, or a chart with its default values, that its own tool refuses',
  run: ({ unrendered }) =>
    named(
      'does-not-render',
      unrendered.map(({ place, why }) => ({
        place,
        message: why,
        mend: 'render it as the deployment does (`kubectl kustomize`, `helm template`); what it holds was not checked',
      })),
    ),
};

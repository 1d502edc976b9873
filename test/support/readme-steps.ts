/** The examples of a README, as a workflow would run them. */

import { parse } from 'yaml';

export interface ExampleStep {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

/** The steps of its YAML blocks, which are whole workflows, or bare lists of steps, that use an action. */
export function stepsUsing(action: string, readme: string): readonly ExampleStep[] {
  return [...readme.matchAll(/```yaml\n(.*?)```/gs)]
    .flatMap(([, yaml = '']) => stepsOf(yaml))
    .filter(({ uses }) => uses === action);
}

function stepsOf(yaml: string): readonly ExampleStep[] {
  const document = parse(yaml) as
    | readonly ExampleStep[]
    | { readonly jobs: Readonly<Record<string, { readonly steps: readonly ExampleStep[] }>> };
  return 'jobs' in document ? Object.values(document.jobs).flatMap(({ steps }) => steps) : document;
}

/** Folders of Terraform and plans of them, as they lie there: no tool is run, since `terraform` would run what is in the folder. */

import { basename, dirname } from 'node:path';
import type { PlanFile, TerraformFolder } from '../infra.ts';
import { plannedIn } from '../terraform/plan.ts';
import type { Read } from './parse.ts';

export interface Terraform {
  readonly terraform: readonly TerraformFolder[];
  readonly plans: readonly PlanFile[];
  /** What was not looked at, one line each. */
  readonly leftOut: readonly string[];
}

export function terraformOf(files: readonly Read[], shown: (folder: string) => string): Terraform {
  const plans = files
    .filter(({ is }) => is === 'plan')
    .map(({ place, value }) => ({ place, planned: plannedIn(value ?? {}) }));
  const sources = files.filter(({ path }) => path.endsWith('.tf'));
  const folders = [...Map.groupBy(sources, ({ path }) => dirname(path))];
  // Those hold declarations as well, and are not read.
  const asJson = new Set(
    files.filter(({ path }) => basename(path).endsWith('.tf.json')).map(({ path }) => dirname(path)),
  );
  const places = folders.map(([folder]) => shown(folder));
  return {
    terraform: folders
      .filter(([folder]) => !asJson.has(folder))
      .map(([folder, own]) => ({ place: shown(folder), files: own })),
    plans,
    leftOut: [
      ...(places.length === 0 || plans.length > 0
        ? []
        : [
            `${places.length === 1 ? places[0] : `${places.length} folders of Terraform`}: no plan is here, and what AWS would refuse was not looked at; write one: terraform show -json PLAN > plan.json`,
          ]),
      ...[...asJson].map(
        (folder) => `${shown(folder)}: references not looked at, it holds files of Terraform in JSON`,
      ),
    ],
  };
}

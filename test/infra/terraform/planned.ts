/** What a folder plans, as the checks of plans read it. */

import { ofType, type Planned, plannedIn } from '../../../check-infra/terraform/plan.ts';
import { isObject } from '../../../core/kubernetes/index.ts';
import type { TerraformFolder } from './support.ts';

export async function plannedBy(
  folder: TerraformFolder,
  ...args: readonly string[]
): Promise<readonly Planned[]> {
  const document = await folder.plan(...args);
  if (!isObject(document)) throw new Error('the plan is no object');
  return plannedIn(document);
}

/** The first of the type whose address holds the name. @throws Error where there is none. */
export function theOne(plan: readonly Planned[], type: string, name = ''): Planned {
  const found = ofType(plan, type).find(({ address }) => address.includes(name));
  if (found === undefined) throw new Error(`the plan has no ${type} ${name}`);
  return found;
}

/** What a folder plans, as the checks of plans read it. */

import { ofType, type Planned, plannedIn } from '../../../check-infra/terraform/plan.ts';
import { isObject } from '../../../core/kubernetes/index.ts';
import { type TerraformFolder, terraformFolder } from './support.ts';

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

/** What is wrong with a module by itself: its format, its references, its own tests; none: nothing. */
export async function problemsOfModule(name: string): Promise<readonly string[]> {
  const module = await terraformFolder(`modules/${name}`);
  try {
    const unformatted = (await module.run('fmt', '-check', '-recursive')).stdout.split('\n');
    const { passed, runs, said } = await module.test();
    return [
      ...unformatted.filter((file) => file !== '').map((file) => `${file} is not formatted`),
      ...(await module.validate()),
      ...(passed ? [] : [said]),
      ...(runs.length === 0 ? ['it has no tests'] : []),
    ];
  } finally {
    await module.remove();
  }
}

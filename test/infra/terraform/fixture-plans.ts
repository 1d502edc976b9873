/**
 * `plan.json` of the fixtures of check-infra that hold a `main.tf`: what Terraform plans of it, without what is not set.
 *
 *   node test/infra/terraform/fixture-plans.ts     writes them
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { terraformFiles } from './support.ts';

const fixtures = resolve(import.meta.dirname, '../../../check-infra/fixtures');

interface Change {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly change: { readonly actions: string[]; readonly after: unknown; readonly after_unknown: unknown };
}

/** Folders of fixtures whose plan is judged; that of undeclared references cannot be planned. */
export const planned: readonly string[] = readdirSync(fixtures)
  .filter((check) => check !== 'terraform-undeclared')
  .flatMap((check) => readdirSync(join(fixtures, check)).map((variant) => join(check, variant)))
  .filter((folder) => existsSync(join(fixtures, folder, 'main.tf')));

/** The text of `plan.json` of each, by folder: all are planned at once, each as a module of its own. */
export async function fixturePlans(): Promise<ReadonlyMap<string, string>> {
  const nameOf = (folder: string): string => folder.replaceAll('/', '_');
  const modules = planned.map((folder) => `module "${nameOf(folder)}" {\n  source = "./${folder}"\n}\n`);
  const files = planned.map((folder) => [
    `${folder}/main.tf`,
    readFileSync(join(fixtures, folder, 'main.tf'), 'utf8'),
  ]);
  const terraform = await terraformFiles({
    'main.tf': `provider "aws" {\n  region = "eu-west-1"\n}\n\n${modules.join('\n')}`,
    ...Object.fromEntries(files),
  });
  try {
    const { resource_changes: changes } = (await terraform.plan()) as { resource_changes: Change[] };
    return new Map(
      planned.map((folder) => {
        const prefix = `module.${nameOf(folder)}.`;
        const own = changes.filter(({ address }) => address.startsWith(prefix));
        return [folder, textOf(own.map((one) => ({ ...one, address: one.address.slice(prefix.length) })))];
      }),
    );
  } finally {
    await terraform.remove();
  }
}

export function planPath(folder: string): string {
  return join(fixtures, folder, 'plan.json');
}

function textOf(changes: readonly Change[]): string {
  const plan = {
    format_version: '1.2',
    planned_values: { root_module: {} },
    resource_changes: changes.map(({ address, mode, type, name, change }) => ({
      address,
      mode,
      type,
      name,
      change: {
        actions: change.actions,
        after: withoutNothing(change.after),
        after_unknown: withoutNothing(change.after_unknown),
      },
    })),
  };
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/** Without what is null, false in a block of unknowns, or an empty list. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null && !(Array.isArray(one) && one.length === 0))
      .map(([name, one]) => [name, withoutNothing(one)]),
  );
}

if (import.meta.main) {
  for (const [folder, text] of await fixturePlans()) writeFileSync(planPath(folder), text);
}

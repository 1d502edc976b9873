/** Folders of Terraform, and plans of them. */

import { nearest } from '../../core/gate/index.ts';
import type { Check, TerraformFolder } from '../infra.ts';
import { foundationChecks } from '../terraform/foundations.ts';
import type { PlanCheck } from '../terraform/plan.ts';
import { readFolder } from '../terraform/references.ts';
import { runtimeChecks } from '../terraform/runtime.ts';
import { named, type Problem } from './objects.ts';

const undeclared: Check = {
  name: 'terraform-undeclared',
  refuses:
    'a reference to a resource, a variable, a local value or a module that its folder does not declare',
  run: ({ terraform }) => named('terraform-undeclared', terraform.flatMap(undeclaredIn)),
};

function undeclaredIn({ files }: TerraformFolder): Problem[] {
  const { declared, references } = readFolder(files);
  return references
    .filter(({ name }) => !declared.has(name))
    .map(({ place, line, name }) => {
      const near = nearest(name, declared);
      const asked = near === undefined ? '' : `did you mean ${near}? `;
      return {
        place: `${place}:${line}`,
        message: `${name} is not declared in this folder`,
        mend: `${asked}Declare it, or refer to what there is; \`terraform validate\` refuses the folder`,
      };
    });
}

function ofPlans({ name, refuses, run }: PlanCheck): Check {
  return {
    name,
    refuses,
    run: ({ plans }) =>
      named(
        name,
        plans.flatMap(({ place, planned }) =>
          run(planned).map(({ address, message, mend }) => ({
            place: `${place}: ${address}`,
            message,
            mend,
          })),
        ),
      ),
  };
}

export const terraformChecks: readonly Check[] = [
  undeclared,
  ...[...foundationChecks, ...runtimeChecks].map(ofPlans),
];

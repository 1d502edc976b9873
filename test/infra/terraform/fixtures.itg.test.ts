/** The plans among the fixtures of check-infra are those of Terraform; what is said of references, Terraform says too. */

import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findingsOf, fixturesFolder } from '../check-infra/fixtures.ts';
import { fixturePlans, planned, planPath } from './fixture-plans.ts';
import { terraformFiles } from './support.ts';

test('every plan is what Terraform makes of the files beside it', async () => {
  const plans = await fixturePlans();
  expect(planned.length).toBeGreaterThanOrEqual(38);
  for (const folder of planned)
    expect(readFileSync(planPath(folder), 'utf8'), folder).toBe(plans.get(folder));
});

test.each(['bad', 'good'])(
  'of the %s references Terraform says the same, at the same lines',
  async (variant) => {
    const folder = join(fixturesFolder, 'terraform-undeclared', variant);
    const lines = readFileSync(join(folder, 'main.tf'), 'utf8').split('\n');
    const terraform = await terraformFiles({ 'main.tf': lines.join('\n') });
    const said: number[] = [];
    try {
      // Terraform stops at the first kind of mistake: what it has named is mended, and it is asked again.
      for (;;) {
        const places = (await terraform.validate()).map((one) => Number(/^main\.tf:(\d+): /.exec(one)?.[1]));
        if (places.length === 0) break;
        said.push(...places);
        for (const place of places) lines[place - 1] = lines[place - 1]?.replace(/= .*/, '= "x"') ?? '';
        await writeFile(join(terraform.path, 'main.tf'), lines.join('\n'));
      }
    } finally {
      await terraform.remove();
    }
    const found = (await findingsOf(folder)).text.matchAll(/^terraform-undeclared: main\.tf:(\d+)/gm);
    expect([...found].map(([, line]) => Number(line))).toEqual(said.sort((a, b) => a - b));
    expect(said).toHaveLength(variant === 'bad' ? 4 : 0);
  },
);

/** What modules refuse: each rule has a run that breaks it, and a message that says of which variable, and what is allowed. */

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const modules = resolve(import.meta.dirname, '../../../reference-infra/terraform/modules');

describe.each(['ecs', 'eks', 'monitoring'])('%s', async (module) => {
  const declared = await readFile(join(modules, module, 'variables.tf'), 'utf8');
  const runs = await readFile(join(modules, module, 'tests/refused_values.tftest.hcl'), 'utf8');
  const variables = declared
    .split(/^(?=variable ")/m)
    .slice(1)
    .map((text) => ({
      name: /^variable "([^"]+)"/.exec(text)?.[1] ?? '',
      described: /^ {2}description = ".+\."$/m.test(text),
      messages: [...text.matchAll(/^ {4}error_message = "(.*)"$/gm)].map(([, message = '']) => message),
      rules: [...text.matchAll(/^ {2}validation \{$/gm)].length,
    }));

  test('each variable is described, in a sentence', () => {
    expect(variables.filter(({ described }) => !described).map(({ name }) => name)).toEqual([]);
    expect(variables.length).toBeGreaterThan(5);
  });

  test('each rule names its variable and says what is allowed', () => {
    for (const { name, messages, rules } of variables) {
      expect(messages).toHaveLength(rules);
      // Of an object, the field: `capacity_type of node_groups is ON_DEMAND or SPOT.`
      for (const message of messages) expect(message).toMatch(new RegExp(`\\b${name}\\b|\\btaints\\b`));
      for (const message of messages) expect(message).toMatch(/[.…]$/);
    }
  });

  test('each rule has a run that breaks it', () => {
    const lacking = variables.filter(({ name, rules }) => {
      const broken = [...runs.matchAll(/expect_failures = \[var\.(\w+)\]/g)].filter(([, of]) => of === name);
      return broken.length < rules;
    });
    expect(lacking.map(({ name }) => name)).toEqual([]);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { iamNeeds } from './calls.ts';

const sources = globSync('**/*.ts', { cwd: resolve(import.meta.dirname, '..') })
  .filter((file) => !/(?:\.test|\/testing|\/harness)\.ts$/.test(file))
  .map((file) => readFileSync(resolve(import.meta.dirname, '..', file), 'utf8'));

/** The actions of all commands that a file takes from the clients of AWS, by name or out of all (`sdk.`). */
function actionsOf(text: string): readonly string[] {
  const imports = /import (?:\* as (\w+)|\{([^{}]*)\}) from '@aws-sdk\/client-([a-z-]+)'/g;
  return [...text.matchAll(imports)].flatMap(([, all, names = '', client = '']) => {
    const service = client === 'cloudwatch-logs' ? 'logs' : client;
    const operations =
      all === undefined
        ? names.matchAll(/\b(\w+)Command\b/g)
        : text.matchAll(new RegExp(`\\bnew ${all}\\.(\\w+)Command\\b`, 'g'));
    return [...operations].map(([, operation]) => `${service}:${operation}`);
  });
}

const imported = new Set(sources.flatMap(actionsOf));

test('the table knows every call that the sources can make', () => {
  expect([...imported].filter((action) => iamNeeds[action] === undefined)).toEqual([]);
  expect(imported.size).toBeGreaterThan(10);
});

test('the table asks for nothing that the sources do not need', () => {
  const used = new Set([...imported].map((action) => action.split(':')[0]));
  const needed = Object.keys(iamNeeds).filter((action) => used.has(action.split(':')[0]));
  expect(needed.filter((action) => !imported.has(action))).toEqual([]);
});

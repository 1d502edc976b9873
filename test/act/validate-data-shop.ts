/** A shop with orders, a broken export of them, and a pull request: what the tests of the data gate's workflow share. */

import { readFileSync } from 'node:fs';
import type { Violation } from '../../action-validate-data/src/types.ts';
import type { ActRun } from '../support/act.ts';

export const fixtures = 'test/fixtures/data';
export const good = readFileSync(`${fixtures}/orders.csv`, 'utf8');
export const broken = readFileSync(`${fixtures}/orders-broken.csv`, 'utf8');
export const headSha = 'a'.repeat(40);

/** What `make-orders.ts` broke: rules as reports name them, and the rows that break each, from 0. */
export const wrong: readonly (readonly [string, readonly number[]])[] = [
  ['quantity minimum', [16, 73, 130, 187, 244, 301, 358]],
  ['amount type', [40, 131, 222, 313]],
  ['status enum', [77, 197, 317]],
  ['ordered_at format', [300]],
  ['unique(order_id)', [205]],
  ['exists(customer in data/customers.csv:id)', [333]],
  ['holds(shipped_at >= ordered_at)', [350]],
];

/** The physical line, from 1, on which the row of that index starts: rows of this file begin with a number of five digits. */
export function lineOf(index: number): number {
  const starts = broken.split('\n').flatMap((line, at) => (/^\d{5},/.test(line) ? [at + 1] : []));
  return starts[index] ?? Number.NaN;
}

export function pullRequest(headRepository = 'octo/shop'): unknown {
  return {
    action: 'synchronize',
    number: 12,
    repository: { full_name: 'octo/shop', private: false },
    pull_request: {
      number: 12,
      head: {
        sha: headSha,
        ref: 'new-export',
        repo: { full_name: headRepository, fork: headRepository !== 'octo/shop' },
      },
      base: { ref: 'main', repo: { full_name: 'octo/shop' } },
    },
  };
}

export function outboxText(result: ActRun, name: string): string {
  const content = result.outbox.get(name);
  if (content === undefined) throw new Error(`no step wrote ${name}`);
  return content.toString('utf8');
}

export function outputsOf(result: ActRun, job: string): Record<string, string> {
  return JSON.parse(outboxText(result, `${job}.outputs.json`)) as Record<string, string>;
}

export function violationsOf(result: ActRun, job: string): Violation[] {
  return outboxText(result, `${job}.violations.jsonl`)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Violation);
}

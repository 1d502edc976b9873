import { expect, test } from 'vitest';
import { amountAt, blockIn, namesIn, plannedIn } from './plan.ts';

const document = {
  format_version: '1.2',
  resource_changes: [
    {
      address: 'module.ecs.aws_lb.this',
      mode: 'managed',
      type: 'aws_lb',
      change: {
        actions: ['create'],
        before: null,
        after: { name: 'api', access_logs: [{ enabled: true }] },
        after_unknown: { arn: true, access_logs: [{ bucket: true }] },
      },
    },
    {
      address: 'aws_lb.old',
      mode: 'managed',
      type: 'aws_lb',
      change: { actions: ['delete'], before: { name: 'old' }, after: null, after_unknown: {} },
    },
    {
      address: 'data.aws_region.current',
      mode: 'data',
      type: 'aws_region',
      change: { actions: ['read'], before: null, after: {}, after_unknown: {} },
    },
  ],
};

test('what is made or kept is read, with what is not known yet; data and what goes are not', () => {
  expect(plannedIn(document)).toEqual([
    {
      address: 'module.ecs.aws_lb.this',
      type: 'aws_lb',
      values: { name: 'api', access_logs: [{ enabled: true }] },
      unknown: { arn: true, access_logs: [{ bucket: true }] },
    },
  ]);
});

test('a document that is no plan has nothing', () => {
  expect(plannedIn({})).toEqual([]);
});

test('blocks are read through their lists', () => {
  const values = { a: [{ b: [{ c: 1 }] }], empty: [] };
  expect(blockIn(values, 'a', 'b')).toEqual({ c: 1 });
  expect(blockIn(values, 'empty', 'b')).toBeUndefined();
});

test('numbers that Terraform has as texts are numbers', () => {
  expect([amountAt({ x: '25' }, 'x'), amountAt({ x: 0.1 }, 'x'), amountAt({ x: '25s' }, 'x')]).toEqual([
    25,
    0.1,
    null,
  ]);
});

test('names of a map are told also where its values are not known', () => {
  expect(namesIn({ dimensions: { b: 'x' } }, { dimensions: { a: true } }, 'dimensions')).toEqual(['a', 'b']);
  expect(namesIn({}, { dimensions: true }, 'dimensions')).toBeNull();
});

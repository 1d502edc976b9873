import { describe, expect, test } from 'vitest';
import { serviceModel } from './service-model.ts';

const model = serviceModel({
  metadata: { targetPrefix: 'Things', jsonVersion: '1.1' },
  operations: {
    Make: { input: { shape: 'Thing' }, output: { shape: 'Thing' }, errors: [{ shape: 'NotFound' }] },
  },
  shapes: {
    Thing: {
      type: 'structure',
      required: ['name'],
      members: {
        name: { shape: 'Name' },
        color: { shape: 'Color' },
        stage: { shape: 'ServiceDeploymentLifecycleStage' },
        count: { shape: 'Count' },
        share: { shape: 'Share' },
        at: { shape: 'Time' },
        big: { shape: 'Flag' },
        parts: { shape: 'Parts' },
        labels: { shape: 'Labels' },
        details: { shape: 'Details' },
      },
    },
    Name: { type: 'string', min: 1, max: 5, pattern: '[\\p{Ll}]*' },
    Color: { type: 'string', enum: ['RED', 'BLUE'] },
    ServiceDeploymentLifecycleStage: { type: 'string', enum: ['BAKE_TIME'] },
    Count: { type: 'integer', min: 0, max: 9 },
    Share: { type: 'double' },
    Time: { type: 'timestamp' },
    Flag: { type: 'boolean' },
    Parts: { type: 'list', member: { shape: 'Thing' }, max: 2 },
    Labels: { type: 'map', key: { shape: 'Name' }, value: { shape: 'Name' } },
    Details: { type: 'structure', document: true, members: {} },
  },
});
const problems = (body: unknown): readonly string[] => model.requestProblems('Make', body);

describe('requests', () => {
  test('what fits has no problem; null is the same as not given', () => {
    const body = {
      name: 'web',
      color: 'RED',
      count: 0,
      share: 0.5,
      at: 1767603600.5,
      big: false,
      parts: [{ name: 'a' }],
      labels: { a: 'b' },
      details: { any: ['json', 1] },
    };
    expect(problems(body)).toEqual([]);
    expect(problems({ name: 'web', color: null })).toEqual([]);
  });

  test.each([
    [[], 'Make must be an object, is a list'],
    [{}, 'Make.name is required'],
    [{ name: null }, 'Make.name is required'],
    [{ name: 'a', nmae: 'b' }, 'Make.nmae is not known to the service'],
    [{ name: 7 }, 'Make.name must be a string, is number 7'],
    [{ name: '' }, 'Make.name has fewer than 1 characters'],
    [{ name: 'abcdef' }, 'Make.name has more than 5 characters'],
    [{ name: 'a-b' }, 'Make.name does not match [\\p{Ll}]*'],
    [{ name: 'a', color: 'GREEN' }, 'Make.color is GREEN; allowed: RED, BLUE'],
    [{ name: 'a', count: 1.5 }, 'Make.count must be a whole number, is number 1.5'],
    [{ name: 'a', count: -1 }, 'Make.count is below 0'],
    [{ name: 'a', count: 10 }, 'Make.count is above 9'],
    [{ name: 'a', share: '1' }, 'Make.share must be a number, is string "1"'],
    [{ name: 'a', at: '2026-01-05' }, 'Make.at must be a timestamp in seconds, is string "2026-01-05"'],
    [{ name: 'a', big: 'true' }, 'Make.big must be true or false, is string "true"'],
    [{ name: 'a', parts: {} }, 'Make.parts must be a list, is object {}'],
    [{ name: 'a', parts: [{ name: 'b', x: 1 }] }, 'Make.parts[0].x is not known to the service'],
    [
      { name: 'a', parts: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
      'Make.parts has more than 2 elements',
    ],
    [{ name: 'a', labels: { A: 'b' } }, 'key of Make.labels does not match [\\p{Ll}]*'],
  ])('%j', (body, problem) => {
    expect(problems(body)).toEqual([problem]);
  });
});

test('values that only the prose of the model names', () => {
  expect(problems({ name: 'a', stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' })).toEqual([]);
  expect(problems({ name: 'a', stage: 'LATER' })).toHaveLength(1);
});

test('answers and errors', () => {
  expect(model.responseProblems('Make', { name: 'a', x: 1 })).toEqual([
    'answer to Make.x is not known to the service',
  ]);
  expect(model.knowsError('Make', 'NotFound')).toBe(true);
  expect(model.knowsError('Make', 'Gone')).toBe(false);
  expect([model.has('Make'), model.has('Break')]).toEqual([true, false]);
});

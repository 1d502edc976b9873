import { describe, expect, test } from 'vitest';
import { fixtureCases, modelGateDocument } from '../../test/support/run-model-gate.ts';

/** Paths and values of every leaf of a document. */
function leaves(node: unknown, path = '$'): [string, unknown][] {
  if (typeof node !== 'object' || node === null) return [[path, node]];
  return Object.entries(node).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

/** Paths where two documents differ, and those that only one has. */
function differences(left: unknown, right: unknown): string[] {
  const [a, b] = [new Map(leaves(left)), new Map(leaves(right))];
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => !Object.is(a.get(path), b.get(path)));
}

function at(document: unknown, path: string): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
      document,
    );
}

/** How fast the machine was. */
const speed = /latency|rows_per_second|timings|speed/;

const thresholds = [
  'accuracy >= 0.5 at 95%',
  'f1(macro) >= baseline - 0.01',
  'roc_auc >= baseline - 0.01',
  'mcc >= 0.5 at 90%',
  'log_loss <= baseline + 0.05 at 99%',
  'ece <= 0.2 at 80%',
].join('\n');

describe.each(['pair', 'pair-predictions-csv'])('%s', (name) => {
  const inputs = { ...fixtureCases.find((each) => each.name === name)?.with, thresholds, seed: '5' };

  test('the same inputs and seed give the same document, but for speeds', async () => {
    const [first, second] = [await modelGateDocument(inputs), await modelGateDocument(inputs)];
    expect(differences(first, second).filter((path) => !speed.test(path))).toEqual([]);
  });

  test('another seed moves the ends of bootstrap intervals, and nothing else', async () => {
    const [first, second] = [
      await modelGateDocument(inputs),
      await modelGateDocument({ ...inputs, seed: '6' }),
    ];
    const moved = differences(first, second).filter((path) => !speed.test(path));
    const elsewhere = moved.filter((path) => {
      const end = /^(.*)\.(low|high)$/.exec(path);
      if (end !== null) return !String(at(first, `${end[1]}.method`)).startsWith('bootstrap');
      // A reason repeats the interval of its check.
      const reason = /^(.*\.checks\.\d+)\.reason$/.exec(path);
      return reason === null || !moved.some((other) => other.startsWith(`${reason[1]}.`) && other !== path);
    });
    expect(elsewhere).toEqual([]);
    expect(moved.filter((path) => path.endsWith('.low'))).not.toEqual([]);
  });
});

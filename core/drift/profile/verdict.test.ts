import { describe, expect, test } from 'vitest';
import { Random } from '../../stats/index.ts';
import type { DriftSource } from '../source.ts';
import { driftBetween, sourceOf, type TestColumn } from '../testing.ts';
import type { DriftMethod } from '../types.ts';
import { openProfile, profileOf } from './index.ts';

const subject = [{ name: 'train.csv', digest: { sha256: 'a'.repeat(64) } }];
const random = new Random(17);
const numbers = (rows: number, draw: () => number): Float64Array => Float64Array.from({ length: rows }, draw);
const texts = (rows: number, draw: () => string | null): TestColumn => Array.from({ length: rows }, draw);

const profileText = async (columns: Readonly<Record<string, TestColumn>>): Promise<string> =>
  await profileOf(sourceOf(columns), Object.keys(columns), subject);

const normal = (): number => random.normal();
const heavy = (): number => Math.exp(2 * random.normal());
const spiked = (): number => (random.uniform() < 0.6 ? 0 : random.normal());
const few = (): number => Math.floor(4 * random.uniform());
const rare = (): string => (random.uniform() < 0.9 ? country() : `r${random.below(30)}`);
const rowNumbers = (first: number): Float64Array =>
  Float64Array.from({ length: 3000 }, (_, row) => first + row);
const country = (): string => ['DE', 'FR', 'US', 'US', 'GB', 'IN'][random.below(6)] as string;

describe('a check against a profile gives the verdict of the check against the data', () => {
  test.each<[string, TestColumn, TestColumn]>([
    ['the same', numbers(5000, normal), numbers(5000, normal)],
    ['a shift', numbers(5000, normal), numbers(5000, () => normal() + 0.2)],
    ['a small shift', numbers(20_000, normal), numbers(20_000, () => normal() + 0.05)],
    ['wider', numbers(5000, normal), numbers(5000, () => 1.5 * normal())],
    ['heavy tails', numbers(5000, heavy), numbers(5000, heavy)],
    ['heavier tails', numbers(5000, heavy), numbers(5000, () => 2 * heavy())],
    ['ties', numbers(5000, () => Math.round(10 * normal())), numbers(5000, () => Math.round(10 * normal()))],
    ['spikes', numbers(5000, spiked), numbers(5000, spiked)],
    ['more spikes', numbers(5000, spiked), numbers(5000, () => (random.uniform() < 0.2 ? 0 : spiked()))],
    ['constant', numbers(500, () => 7), numbers(500, () => 7)],
    ['another constant', numbers(500, () => 7), numbers(500, () => 8)],
    [
      'few whole numbers',
      numbers(3000, few),
      numbers(3000, () => Math.min(3, few() + (random.uniform() < 0.2 ? 1 : 0))),
    ],
    ['few rows', numbers(210, normal), numbers(220, normal)],
    ['too few rows', numbers(50, normal), numbers(220, normal)],
    ['nulls', numbers(5000, normal), numbers(5000, () => (random.uniform() < 0.06 ? Number.NaN : normal()))],
    ['categories', texts(5000, country), texts(5000, country)],
    ['a new category', texts(5000, country), texts(5000, () => (random.uniform() < 0.05 ? 'BR' : country()))],
    ['a gone category', texts(5000, country), texts(5000, () => country().replace('IN', 'US'))],
    ['rare categories', texts(5000, rare), texts(5000, rare)],
    [
      'a rare category that grew',
      texts(5000, rare),
      texts(5000, () => (random.uniform() < 0.1 ? 'r7' : rare())),
    ],
    ['numbers that overflow', numbers(2000, () => 1e307 * normal()), numbers(2000, () => 1e307 * normal())],
    ['row numbers', rowNumbers(0), rowNumbers(900)],
  ])('%s', async (_, before, now) => {
    const methods: (DriftMethod | null)[] =
      before instanceof Float64Array
        ? [null, 'ks', 'psi', 'energy', 'jensen_shannon']
        : [null, 'psi', 'chi_square'];
    const profile = openProfile(await profileText({ c: before }), 'p.json');
    for (const method of methods) {
      const given = method === null ? {} : { methods: { c: method } };
      const data = (await driftBetween(sourceOf({ c: before }), sourceOf({ c: now }), given)).get('c');
      const against = (await driftBetween(profile, sourceOf({ c: now }), given)).get('c');
      const said = (column: typeof data) => [
        column?.signals,
        column?.inconclusive,
        column?.unjudged,
        column?.kind,
      ];
      expect(said(against), method ?? 'auto').toEqual(said(data));
      expect(against?.missing).toEqual(data?.missing);
    }
  });
});

describe('with the room of one among a hundred columns', () => {
  const rows = 20_000;
  const others = Object.fromEntries(
    Array.from({ length: 99 }, (_, index) => [`other ${index}`, numbers(rows, () => random.normal())]),
  );
  const verdict = async (reference: DriftSource, current: TestColumn): Promise<string> => {
    const column = (await driftBetween(reference, sourceOf({ c: current }))).get('c');
    return column?.drifted ? 'drift' : (column?.inconclusive ?? 'pass');
  };

  test.each<[string, () => number]>([
    ['normal', normal],
    ['lognormal', () => Math.exp(3 * normal())],
    ['Cauchy', () => Math.tan(Math.PI * (random.uniform() - 0.5))],
    ['Pareto without a variance', () => random.uniform() ** (-1 / 1.5)],
  ])('shifts from none to half a deviation are judged alike: %s', { timeout: 60_000 }, async (_, draw) => {
    const before = numbers(rows, draw);
    const text = await profileText({ ...others, c: before });
    const profile = openProfile(text, 'p.json');
    const only = { ...profile, columns: new Map([...profile.columns].filter(([name]) => name === 'c')) };
    const mean = before.reduce((sum, each) => sum + each / rows, 0);
    const deviation = Math.sqrt(before.reduce((sum, each) => sum + (each - mean) ** 2 / rows, 0));
    const seen = new Set<string>();
    for (const shift of [0, 0.02, 0.05, 0.15, 0.2, 0.35, 0.5]) {
      const now = before.map((each) => each + shift * deviation);
      const data = await verdict(sourceOf({ c: before }), now);
      expect(await verdict(only, now), `shift of ${shift}`).toBe(data);
      seen.add(data);
    }
    expect([...seen]).toEqual(['pass', 'drift']);
  });
});

describe('what a profile does not tell', () => {
  const open = async (column: TestColumn): Promise<DriftSource> =>
    openProfile(await profileText({ c: column }), 'p.json');
  const judged = async (reference: DriftSource, current: TestColumn, method?: DriftMethod) =>
    (
      await driftBetween(
        reference,
        sourceOf({ c: current }),
        method === undefined ? {} : { methods: { c: method } },
      )
    ).get('c');
  const identifiers = (): TestColumn => texts(500, () => `id ${random.uniform()}`);
  const days = (month: number): TestColumn => texts(500, () => `2026-0${month}-0${1 + random.below(9)}`);
  const mails = (): TestColumn => texts(900, () => `person${random.below(90)}@example.org`);

  test.each<[string, TestColumn, TestColumn]>([
    ['identifiers', identifiers(), identifiers()],
    ['days', days(1), days(2)],
    ['e-mail addresses that repeat', mails(), mails()],
  ])('is not judged, as it is not against the data: %s', async (_, before, now) => {
    const data = await judged(sourceOf({ c: before }), now);
    expect(data?.unjudged).not.toBeNull();
    expect(await judged(await open(before), now)).toEqual(data);
  });

  test.each<[string, TestColumn, TestColumn]>([
    ['identifiers that became one value', identifiers(), texts(500, () => 'unknown')],
    ['addresses that became names', mails(), texts(900, country)],
    ['identifiers that the user names', identifiers(), identifiers()],
  ])('is never taken for the same: %s', async (what, before, now) => {
    const method = what.endsWith('names') && what.startsWith('identifiers') ? 'total_variation' : undefined;
    expect(await judged(await open(before), now, method)).toMatchObject({
      drifted: false,
      inconclusive: expect.stringMatching(/compare with the data/),
    });
  });
});

import type {
  GetCostAndUsageCommandInput,
  GetCostAndUsageCommandOutput,
} from '@aws-sdk/client-cost-explorer';
import { expect, test } from 'vitest';
import { askCharges, type ChargesQuestion, historyStart } from './daily-charges.ts';

const question: ChargesQuestion = {
  grouping: { by: 'service' },
  metric: 'UnblendedCost',
  weeks: 8,
  settleMs: 86_400_000,
  now: Date.parse('2026-11-20T06:00:00Z'),
  mostPages: 3,
};
const byModel: ChargesQuestion = { ...question, grouping: { by: 'tag', tag: 'model' } };

type Row = readonly [day: string, name: string, recordType: string, amount: string, unit?: string];

function page(rows: readonly Row[], next?: string, estimated = true): GetCostAndUsageCommandOutput {
  const days = [...new Set(rows.map(([day]) => day))];
  return {
    $metadata: {},
    ...(next === undefined ? {} : { NextPageToken: next }),
    ResultsByTime: days.map((day) => ({
      TimePeriod: { Start: day, End: day },
      Estimated: estimated,
      Groups: rows
        .filter((row) => row[0] === day)
        .map(([, name, recordType, Amount, Unit = 'USD']) => ({
          Keys: [name, recordType],
          Metrics: { UnblendedCost: { Amount, Unit } },
        })),
    })),
  };
}

function asking(...pages: GetCostAndUsageCommandOutput[]) {
  const inputs: GetCostAndUsageCommandInput[] = [];
  const ask = async (input: GetCostAndUsageCommandInput): Promise<GetCostAndUsageCommandOutput> => {
    inputs.push(input);
    return pages[inputs.length - 1] ?? { $metadata: {} };
  };
  return { inputs, ask };
}

test('it asks for whole days up to today, which is left out, by service and type', async () => {
  const { inputs, ask } = asking(page([]));
  await askCharges(ask, question);
  expect(inputs).toEqual([
    {
      // Eight weeks and three days before the 18th.
      TimePeriod: { Start: '2026-09-20', End: '2026-11-20' },
      Granularity: 'DAILY',
      Metrics: ['UnblendedCost'],
      GroupBy: [
        { Type: 'DIMENSION', Key: 'SERVICE' },
        { Type: 'DIMENSION', Key: 'RECORD_TYPE' },
      ],
    },
  ]);
});

test('it asks back to the first of the month where that is further', () => {
  expect(historyStart({ ...question, weeks: 1, now: Date.parse('2026-11-30T06:00:00Z') })).toBe('2026-11-01');
  // On the first of a month the day that is told is one of the former month.
  expect(historyStart({ ...question, weeks: 1, now: Date.parse('2026-12-01T06:00:00Z') })).toBe('2026-11-01');
});

test('pages are put together, also where they share a day', async () => {
  const { inputs, ask } = asking(
    page([['2026-11-18', 'Amazon EC2', 'Usage', '12.3456789012']], 'more'),
    page([
      ['2026-11-18', 'Amazon EC2', 'Credit', '-2.5'],
      ['2026-11-19', 'Amazon S3', 'Usage', '1e-7'],
    ]),
  );
  const { charges, estimated } = await askCharges(ask, question);
  expect(charges).toEqual([
    { day: '2026-11-18', key: 'Amazon EC2', recordType: 'Usage', amount: 12.3456789012, currency: 'USD' },
    { day: '2026-11-18', key: 'Amazon EC2', recordType: 'Credit', amount: -2.5, currency: 'USD' },
    { day: '2026-11-19', key: 'Amazon S3', recordType: 'Usage', amount: 1e-7, currency: 'USD' },
  ]);
  expect(estimated).toEqual(['2026-11-18', '2026-11-19']);
  expect(inputs.map(({ NextPageToken: token }) => token)).toEqual([undefined, 'more']);
  expect(inputs[1]).toMatchObject({ TimePeriod: inputs[0]?.TimePeriod, GroupBy: inputs[0]?.GroupBy });
});

test('values of a tag come without its name, and what has none as null; a value may hold a $', async () => {
  const { ask } = asking(
    page([
      ['2026-11-18', 'model$fraud', 'Usage', '5'],
      ['2026-11-18', 'model$a$b', 'Usage', '2'],
      ['2026-11-18', 'model$', 'Usage', '3'],
    ]),
  );
  const { charges } = await askCharges(ask, byModel);
  expect(charges.map(({ key }) => key)).toEqual(['fraud', 'a$b', null]);
});

test.each<[string, GetCostAndUsageCommandOutput, ChargesQuestion, string]>([
  ['no results', { $metadata: {} }, question, 'it has no ResultsByTime'],
  [
    'a time that is no day',
    page([['2026-11', 'Amazon EC2', 'Usage', '1']]),
    question,
    '"2026-11" is not a day',
  ],
  ['a text', page([['2026-11-18', 'Amazon EC2', 'Usage', 'much']]), question, 'is "much", not an amount'],
  ['nothing', page([['2026-11-18', 'Amazon EC2', 'Usage', '']]), question, 'is "", not an amount'],
  [
    'hours',
    page([['2026-11-18', 'Amazon EC2', 'Usage', '1', 'Hrs']]),
    question,
    'is in "Hrs", not in a currency',
  ],
  [
    'a group twice',
    page([
      ['2026-11-18', 'Amazon EC2', 'Usage', '1'],
      ['2026-11-18', 'Amazon EC2', 'Usage', '1'],
    ]),
    question,
    '"Amazon EC2" stands there twice for 2026-11-18',
  ],
  ['another tag', page([['2026-11-18', 'team$a', 'Usage', '1']]), byModel, 'is not a value of the tag model'],
  [
    'one key',
    {
      $metadata: {},
      ResultsByTime: [
        { TimePeriod: { Start: '2026-11-18', End: '' }, Groups: [{ Keys: ['a'], Metrics: {} }] },
      ],
    },
    question,
    'does not have the two keys',
  ],
])('an answer with %s is not used at all', async (_, answer, asked, message) => {
  const failure = askCharges(asking(answer).ask, asked);
  await expect(failure).rejects.toMatchObject({ reason: 'unexpected_answer' });
  await expect(failure).rejects.toThrow(message);
});

test('nothing in no currency is nothing', async () => {
  const { ask } = asking(page([['2026-11-18', 'Amazon EC2', 'Usage', '0', 'N/A']]));
  expect((await askCharges(ask, question)).charges).toEqual([]);
});

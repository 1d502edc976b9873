import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, seeOne, temporaryFolder, writeParquet } from './testing.ts';

const csv = (text: string, others: Record<string, string> = {}) => ({ files: { 'data.csv': text }, others });

describe('exists', () => {
  it('each value that the other file lacks is a row; missing ones are left out', async () => {
    const seen = await seeOne(
      'exists(customer in customers.csv:id)',
      csv('customer,n\n1,1\n17,2\n,3\n2,4\n18,5\n', { 'customers.csv': 'id,name\n2,b\n1,a\n' }),
    );
    expect(seen).toMatchObject({ value: 0.5, n: 4, verdict: 'fail' });
    expect(seen.reason).toBe('customer is not in customers.csv:id for 2 rows, first at data.csv:3');
    expect(seen.notes).toEqual(['1 row without customer is left out']);
    expect(lines(seen.breaking)).toEqual([
      '0:2 [customer] 17 customer: 17 is not in customers.csv:id',
      '0:5 [customer] 18 customer: 18 is not in customers.csv:id',
    ]);
  });

  it.each([
    ['numbers by value', 'k\n1\n2.0\n3\n', 'id\n1.0\n2\n2.5\n', 2 / 3, []],
    ['whole numbers beyond 2^53 exactly', 'k\n9007199254740993\n', 'id\n9007199254740992\n', 0, []],
    [
      'a double never equals an id that it rounds',
      'k\n9007199254740993\n',
      'id\n9007199254740992.0\n0.5\n',
      0,
      [],
    ],
    ['text against text', 'k\nA1\n007\n', 'id\n007\nA1\n', 1, []],
    [
      'numbers against text as text',
      'k\n7\n8\n',
      'id\n7\n08\nA1\n',
      0.5,
      ['`k`: text in one file and not in the other (o.csv); compared as text, so 7 equals "7" and not "07"'],
    ],
  ])('%s', async (_, text, other, value, notes) => {
    const seen = await seeOne('exists(k in o.csv:id)', csv(text, { 'o.csv': other }));
    expect(seen.value).toBeCloseTo(value, 12);
    expect(seen.notes).toEqual(notes);
  });

  it('a CSV column against BIGINT, DOUBLE and DECIMAL of Parquet', async () => {
    const folder = temporaryFolder();
    await writeParquet(
      join(folder, 'o.parquet'),
      'SELECT i::BIGINT AS big, i::DOUBLE AS float, i::DECIMAL(9, 2) AS money FROM range(1, 4) t(i)',
    );
    for (const column of ['big', 'float', 'money']) {
      const data = { folder, files: { 'data.csv': 'k,x\n1,a\n2.0,b\n3,c\n4,d\n' } };
      const seen = await seeOne(`exists(k in o.parquet:${column})`, data);
      expect(lines(seen.breaking), column).toEqual([`0:4 [k] 4 k: 4 is not in o.parquet:${column}`]);
    }
  });

  it('a file may be held against itself', async () => {
    const seen = await seeOne('exists(parent in data.csv:id)', csv('id,parent\n1,\n2,1\n3,9\n'));
    expect(lines(seen.breaking)).toEqual(['0:3 [parent] 9 parent: 9 is not in data.csv:id']);
  });
});

describe('overlap', () => {
  const train = { 'train.csv': 'a,b,label\nx,1,0\ny,2,1\n,3,0\n' };

  it('by columns: rows that the other file has as well', async () => {
    const seen = await seeOne('overlap(train.csv on a, b) == 0', csv('a,b\nx,1\ny,1\n,3\ny,2\n', train));
    expect(seen).toMatchObject({ n: 3, verdict: 'fail' });
    expect(seen.value).toBeCloseTo(2 / 3, 12);
    expect(seen.reason).toBe('2 of 3 rows are also in train.csv, first at data.csv:2');
    expect(seen.notes).toEqual(['1 row without (a, b) is left out']);
    expect(lines(seen.breaking)).toEqual([
      '0:1 [-] ["x",1] also in train.csv (a, b)',
      '0:4 [-] ["y",2] also in train.csv (a, b)',
    ]);
  });

  it('whole rows: by the columns that both have, and missing equals missing', async () => {
    const seen = await seeOne('overlap(train.csv) <= 10%', csv('b,a\n1,x\n1,y\n3,\n', train));
    expect(seen).toMatchObject({ n: 3, verdict: 'fail' });
    expect(seen.notes).toEqual(['compared by the 2 columns that both have, without label']);
    expect(lines(seen.breaking)).toEqual([
      '0:1 [-] null also in train.csv',
      '0:3 [-] null also in train.csv',
    ]);
  });

  it('none is a pass', async () => {
    expect(await seeOne('overlap(train.csv on a) == 0', csv('a,b\nz,1\n', train))).toMatchObject({
      value: 0,
      verdict: 'pass',
      breaking: [],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { lines, once, type Seen, see, seeOne } from './testing.ts';

const people = `id,country,tax_id,email,age,start,end
1,DE,10,a@example.com,30,2024-01-01,2024-02-01
2,DE,11,not an address,-3,2024-05-02,2024-05-01
3,FR,10,b@example.com,41,,2024-05-01
1,DE,10,"c,d@example.com",17,2024-01-01,2024-01-01
,DE,,,,,
3,FR,,d@example.com,,2024-01-03,2024-01-02
`;

describe('rows that break a rule: share, verdict, reason and each row', () => {
  const cases = [
    {
      rule: 'unique(id)',
      value: 0.6,
      n: 5,
      verdict: 'fail',
      reason: '2 rows repeat an earlier id, first at data.csv:5',
      breaking: ['0:4 [id] 1 id: 1 repeats row 1', '0:6 [id] 3 id: 3 repeats row 3'],
      notes: ['1 row without id is left out'],
    },
    {
      rule: 'unique(country, tax_id)',
      value: 0.75,
      n: 4,
      verdict: 'fail',
      reason: '1 row repeats an earlier (country, tax_id), at data.csv:5',
      breaking: ['0:4 [-] ["DE",10] country, tax_id: "DE", 10 repeats row 1'],
      notes: ['2 rows without (country, tax_id) are left out'],
    },
    {
      rule: 'unique(id) >= 50%',
      value: 0.6,
      n: 5,
      verdict: 'pass',
      reason: '0.6 is at least 0.5',
      breaking: ['0:4 [id] 1 id: 1 repeats row 1', '0:6 [id] 3 id: 3 repeats row 3'],
      notes: ['1 row without id is left out'],
    },
    {
      rule: 'unique(id) >= 90%',
      value: 0.6,
      n: 5,
      verdict: 'fail',
      reason: '2 of 5 rows repeat an earlier id, first at data.csv:5',
      breaking: ['0:4 [id] 1 id: 1 repeats row 1', '0:6 [id] 3 id: 3 repeats row 3'],
      notes: ['1 row without id is left out'],
    },
    {
      rule: 'duplicate_fraction(country, tax_id) <= 10%',
      value: 1 / 6,
      n: 6,
      verdict: 'fail',
      reason: '1 of 6 rows repeats an earlier (country, tax_id), at data.csv:5',
      breaking: ['0:4 [-] ["DE",10] country, tax_id: "DE", 10 repeats row 1'],
      notes: [],
    },
    {
      rule: 'duplicate_fraction == 0',
      value: 0,
      n: 6,
      verdict: 'pass',
      reason: '0 equals 0',
      breaking: [],
      notes: [],
    },
    {
      rule: 'holds(start <= end)',
      value: 4 / 6,
      n: 6,
      verdict: 'fail',
      reason: 'start <= end does not hold in 2 rows, first at data.csv:3',
      breaking: [
        '0:2 [-] ["2024-05-02","2024-05-01"] start <= end does not hold: start "2024-05-02", end "2024-05-01"',
        '0:6 [-] ["2024-01-03","2024-01-02"] start <= end does not hold: start "2024-01-03", end "2024-01-02"',
      ],
      notes: [],
    },
    {
      rule: 'holds(age >= 0 and age < 40)',
      value: 4 / 6,
      n: 6,
      verdict: 'fail',
      reason: 'age >= 0 and age < 40 does not hold in 2 rows, first at data.csv:3',
      breaking: [
        '0:2 [age] -3 age >= 0 and age < 40 does not hold: age -3',
        '0:3 [age] 41 age >= 0 and age < 40 does not hold: age 41',
      ],
      notes: [],
    },
    {
      rule: 'matches(email, email)',
      value: 0.6,
      n: 5,
      verdict: 'fail',
      reason: 'email is not an email address in 2 rows, first at data.csv:3',
      breaking: [
        '0:2 [email] "not an address" email: "not an address" is not an email address',
        '0:4 [email] "c,d@example.com" email: "c,d@example.com" is not an email address',
      ],
      notes: ['1 row without email is left out'],
    },
    {
      rule: 'matches(country, /^[D-E]/i) >= 50% at 90%',
      value: 4 / 6,
      n: 6,
      verdict: 'inconclusive',
      reason: '90% interval [0.347, 0.8827] straddles 0.5; about 25 rows in total (19 more) would settle it',
      breaking: [
        '0:3 [country] "FR" country: "FR" does not match /^[D-E]/i',
        '0:6 [country] "FR" country: "FR" does not match /^[D-E]/i',
      ],
      notes: [],
    },
  ].map((each, index) => ({ ...each, index }));
  const measured = once(() =>
    see(cases.map(({ rule }) => rule).join('\n'), { files: { 'data.csv': people } }),
  );
  it.each(cases)('$rule', async ({ index, value, n, verdict, reason, breaking, notes }) => {
    const seen = (await measured())[index] as Seen;
    expect(seen.value).toBeCloseTo(value, 12);
    expect(seen).toMatchObject({ n, verdict, reason, notes });
    expect(lines(seen.breaking)).toEqual(breaking);
  });

  it('whole rows that repeat, missing cells and all', async () => {
    const seen = await seeOne('duplicate_fraction == 0', { files: { 'data.csv': 'a,b\n1,\n2,x\n1,\n1,\n' } });
    expect(seen).toMatchObject({ value: 0.5, n: 4, verdict: 'fail' });
    expect(seen.reason).toBe('2 of 4 rows repeat an earlier row, first at data.csv:4');
    expect(lines(seen.breaking)).toEqual(['0:3 [-] null repeats row 1', '0:4 [-] null repeats row 1']);
  });

  it('a key is unique over all files, and the earlier row is named with its file', async () => {
    const seen = await seeOne('unique(id)', {
      files: { 'a.csv': 'id\nx\ny\n', 'b.csv': 'n,id\n1,z\n2,y\n3,z\n' },
    });
    expect(seen).toMatchObject({ value: 0.6, verdict: 'fail' });
    expect(seen.reason).toBe('2 rows repeat an earlier id, first at b.csv:3');
    expect(lines(seen.breaking)).toEqual([
      '1:2 [id] "y" id: "y" repeats row 2 of a.csv',
      '1:3 [id] "z" id: "z" repeats row 1',
    ]);
  });
});

describe('unique', () => {
  it('keeps ids apart that a double would take for the same', async () => {
    const seen = await seeOne('unique(id)', {
      files: { 'data.csv': 'id\n9007199254740993\n9007199254740992\n9007199254740993\n' },
    });
    expect(lines(seen.breaking)).toEqual(['0:3 [id] "9007199254740993" id: 9007199254740993 repeats row 1']);
  });

  it('takes numbers by value and texts as they are', async () => {
    expect((await seeOne('unique(id)', { files: { 'data.csv': 'id\n1\n1.0\n' } })).value).toBe(0.5);
    expect((await seeOne('unique(id)', { files: { 'data.csv': 'id\n1\n1.0\nA1\n' } })).value).toBe(1);
  });

  it('of no rows, or only missing keys, is inconclusive', async () => {
    expect(await seeOne('unique(id)', { files: { 'data.csv': 'id,b\n' } })).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the data hold no rows',
    });
    expect((await seeOne('unique(id)', { files: { 'data.csv': 'id,b\n,1\n,2\n' } })).verdict).toBe(
      'inconclusive',
    );
  });
});

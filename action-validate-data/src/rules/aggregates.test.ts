import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { once, type Seen, see, seeOne, temporaryFolder, writeParquet } from './testing.ts';

const csv = (text: string) => ({ files: { 'data.csv': text } });

describe('aggregates: value, samples, verdict and reason', () => {
  const text = 'id,age,flag,city\n1,30,true,Rome\n2,40,false,Oslo\n3,,true,Rome\n4,999,true,\n';
  const cases: [rule: string, value: number, n: number, verdict: string, reason: string][] = [
    ['row_count >= 1', 4, 4, 'pass', '4 is at least 1'],
    ['row_count > 4', 4, 4, 'fail', '4 is not above 4'],
    ['column_count == 5', 4, 4, 'fail', '4 differs from 5'],
    ['null_fraction(age) <= 10%', 0.25, 4, 'fail', '0.25 is above 0.1'],
    ['null_fraction(id) == 0', 0, 4, 'pass', '0 equals 0'],
    ['distinct_count(city) == 2', 2, 3, 'pass', '2 equals 2'],
    ['max(age) <= 120', 999, 3, 'fail', '999 is above 120'],
    ['min(age) >= 18', 30, 3, 'pass', '30 is at least 18'],
    ['mean(id) between 2 and 3', 2.5, 4, 'pass', '2.5 is between 2 and 3'],
    ['mean(flag) <= 0.5', 0.75, 4, 'fail', '0.75 is above 0.5'],
    ['median(age) < 41', 40, 3, 'pass', '40 is below 41'],
    ['quantile(id, 0.75) == 3.25', 3.25, 4, 'pass', '3.25 equals 3.25'],
    ['stddev(id) > 1', Math.sqrt(5 / 3), 4, 'pass', '1.291 is above 1'],
    ['correlation(id, age) > 0.9', 0.947813531020802, 3, 'pass', '0.9478 is above 0.9'],
    [
      'correlation(id, flag) > 0.9 at 95%',
      0.2581988897471611,
      4,
      'inconclusive',
      '95% interval [-0.9349, 0.9769] straddles 0.9; about 6 rows in total (2 more) would settle it',
    ],
  ];
  const measured = once(() => see(cases.map(([rule]) => rule).join('\n'), csv(text)));
  it.each(cases.map((each, index) => [...each, index] as const))('%s', async (...each) => {
    const [, value, n, verdict, reason, index] = each;
    const seen = (await measured())[index] as Seen;
    expect(seen.value).toBeCloseTo(value, 12);
    expect(seen).toMatchObject({ n, verdict, reason });
    expect(seen.breaking).toBeNull();
  });

  it('an extreme says where it stands', async () => {
    const [min, max] = await see('min(age) > 0\nmax(age) < 120', csv(text));
    expect(min?.notes).toEqual(['first at data.csv:2']);
    expect(max?.notes).toEqual(['first at data.csv:5']);
  });

  it('a rule alone gives what it gives among others', async () => {
    const [mean] = await see('mean(age) < 1', csv(text));
    const [, among] = await see('unique(id)\nmean(age) < 1\nmax(age) < 3', csv(text));
    expect(among).toEqual(mean);
  });

  it('a mean and a standard deviation are the same to the last bit in whatever order rows come', async () => {
    const numbers = Array.from({ length: 5_000 }, (_, i) => ((i * 7_919) % 10_007) / 7 + (i % 3) * 1e5);
    const rules = 'mean(x) > 0\nstddev(x) > 0\nmean(x) > 1 at 95%';
    const up = await see(rules, csv(`x\n${numbers.join('\n')}\n`));
    const down = await see(rules, csv(`x\n${numbers.reverse().join('\n')}\n`));
    expect(down).toEqual(up);
  });
});

describe('intervals', () => {
  const numbers = `x,y\n${Array.from({ length: 100 }, (_, i) => `${i + 1},1`).join('\n')}\n`;
  it('a mean has the t interval at the level of the check', async () => {
    const seen = await seeOne('mean(x) >= 45 at 90%', csv(numbers));
    // 50.5 -+ t(0.95, 99) * 29.01149 / 10 = 1.660391 * 2.901149
    expect(seen.interval?.[0]).toBeCloseTo(45.68296, 4);
    expect(seen.interval?.[1]).toBeCloseTo(55.31704, 4);
    expect(seen.interval?.[2]).toBe('t');
    expect(seen.verdict).toBe('pass');
  });

  it('a quantile has the interval of its order statistics', async () => {
    // Binomial(100, 0.5): P(X <= 39) = 0.0176 and P(X <= 40) = 0.0284 around 2.5%: ranks 40 and 61.
    expect((await seeOne('median(x) > 39 at 95%', csv(numbers))).interval).toEqual([
      40,
      61,
      'order-statistic',
    ]);
  });

  it('there is none from too few rows, which is inconclusive', async () => {
    const seen = await seeOne('quantile(x, 0.99) < 200 at 95%', csv(numbers));
    expect(seen).toMatchObject({ interval: null, verdict: 'inconclusive' });
  });

  it('shares have that of Wilson', async () => {
    const seen = await seeOne('null_fraction(x) <= 5% at 95%', csv(`x,y\n${'1,1\n'.repeat(99)},1\n`));
    expect(seen.interval?.[0]).toBeCloseTo(0.0017674, 6);
    expect(seen.interval?.[1]).toBeCloseTo(0.0544862, 6);
    expect(seen).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('nothing to compute on never passes', () => {
  const ofMissing: [rule: string, verdict: string, reason: string][] = [
    ['mean(x) < 5', 'inconclusive', '`x` holds no numbers'],
    ['max(x) < 5', 'inconclusive', '`x` holds no numbers'],
    ['median(x) < 5', 'inconclusive', '`x` holds no numbers'],
    ['distinct_count(x) >= 0', 'inconclusive', '`x` holds no values'],
    ['freshness(x) < 5d', 'inconclusive', '`x` holds no dates or times'],
    ['correlation(x, y) > -1', 'inconclusive', 'no row has both values'],
    ['null_fraction(x) < 1', 'fail', '1 is not below 1'],
  ];
  it('on a column that is all missing', async () => {
    const seen = await see(ofMissing.map(([rule]) => rule).join('\n'), csv('x,y\n,1\n,2\n'));
    for (const [index, [rule, verdict, reason]] of ofMissing.entries()) {
      expect(seen[index], rule).toMatchObject({ verdict, reason });
    }
  });

  const ofEmpty: [rule: string, verdict: string, reason: string][] = [
    ['row_count >= 1', 'fail', '0 is below 1'],
    ['column_count >= 3', 'fail', '2 is below 3'],
    ['null_fraction(x) <= 1%', 'inconclusive', 'the data hold no rows'],
    ['duplicate_fraction <= 1%', 'inconclusive', 'the data hold no rows'],
    ['holds(x > y)', 'inconclusive', 'the data hold no rows'],
    ['mean(x) < 5', 'inconclusive', '`x` holds no numbers'],
    ['matches(x, email)', 'inconclusive', 'the data hold no rows'],
  ];
  it('on a table without rows; its size is known, and judged', async () => {
    const seen = await see(ofEmpty.map(([rule]) => rule).join('\n'), csv('x,y\n'));
    for (const [index, [rule, verdict, reason]] of ofEmpty.entries()) {
      expect(seen[index], rule).toMatchObject({ verdict, reason });
    }
  });

  it('a correlation with a constant, or of one row, is undefined', async () => {
    expect((await seeOne('correlation(x, y) > -1', csv('x,y\n1,5\n2,5\n3,5\n'))).reason).toBe(
      '`y` is 5 in all 3 rows with both values: there is no correlation with a constant',
    );
    expect((await seeOne('correlation(x, y) > -1', csv('x,y\n1,5\n2,\n,5\n'))).reason).toBe(
      'a correlation needs at least two rows with both values',
    );
  });
});

describe('numbers as files hold them', () => {
  it('NaN and infinities of Parquet have no mean, no maximum and no pass', async () => {
    const folder = temporaryFolder();
    await writeParquet(
      join(folder, 'data.parquet'),
      "SELECT * FROM (VALUES (1.0::DOUBLE, 1::BIGINT), ('nan', 2), (NULL, 3), ('inf', 4)) t(x, id)",
    );
    const rules = ['mean(x) < 5', 'max(x) > 0', 'median(x) < 5', 'correlation(x, id) > -1'];
    const data = { folder, files: { 'data.parquet': null } };
    for (const seen of await see(rules.join('\n'), data)) {
      expect(seen).toMatchObject({ value: null, n: 3, verdict: 'inconclusive' });
      expect(seen.reason).toMatch(
        /^`x` holds NaN in 1 row and infinite numbers in 1 row: its \w+ is undefined$/,
      );
    }
    const [missing, distinct, holds, asking] = await see(
      'null_fraction(x) <= 50%\ndistinct_count(x) == 3\nholds(x > 0)\nholds(isnan(x) or x > 0)',
      data,
    );
    expect(missing).toMatchObject({ value: 0.25, notes: ['NaN in 1 row of `x` is not missing'] });
    expect(distinct).toMatchObject({ value: 3, notes: ['NaN in 1 row of `x` is one value'] });
    expect(asking?.verdict).toBe('pass');
    expect(holds).toMatchObject({ value: 0.75, verdict: 'fail' });
    expect(holds?.breaking).toEqual([
      { file: 0, row: 1, column: 'x', value: Number.NaN, message: 'x > 0 does not hold: x NaN' },
    ]);
  });

  it('types of Parquet: decimals and small integers are numbers, int64 is summed exactly', async () => {
    const folder = temporaryFolder();
    await writeParquet(
      join(folder, 'data.parquet'),
      `SELECT (i / 10)::DECIMAL(9, 2) AS price, i::TINYINT AS small, i::FLOAT AS real,
       9007199254740992 + i AS id FROM range(1, 5) t(i)`,
    );
    const seen = await see(
      'mean(price) == 0.25\nmax(small) == 4\nmean(real) == 2.5\nunique(id)\nmax(id) > 0',
      {
        folder,
        files: { 'data.parquet': null },
      },
    );
    expect(seen.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
    expect(seen[4]?.notes[0]).toBe('`id` holds whole numbers beyond 2^53; they are rounded to doubles here');
  });

  it('cells that are no numbers are left out where the schema declares a number', async () => {
    const data = { ...csv('age,n\n30,1\nabc,2\n 41,3\n50,4\n,5\n'), numericBySchema: ['age'] };
    expect(await seeOne('mean(age) == 40', data)).toMatchObject({
      value: 40,
      n: 2,
      verdict: 'pass',
      notes: ['2 cells of `age` are no numbers; they are left out'],
    });
    expect(await seeOne('holds(age > 40)', data)).toMatchObject({
      value: 0.8,
      notes: ['2 cells of `age` are no numbers; they count as missing'],
    });
    const one = { ...csv('age,n\n30,1\nabc,2\n'), numericBySchema: ['age'] };
    const notes = (await see('max(age) == 30\nholds(age > 1)', one)).map((seen) => seen.notes[0]);
    expect(notes).toEqual([
      '1 cell of `age` is no number; it is left out',
      '1 cell of `age` is no number; it counts as missing',
    ]);
  });

  it('several files are one table; what one lacks is missing there, and the log says so', async () => {
    const files = { 'a.csv': 'id,x\n1,5\n2,7\n', 'b.csv': 'id\n3\n4\n' };
    const said: string[] = [];
    const rules = 'null_fraction(x) == 50%\nmean(x) == 6\nrow_count == 4\ncolumn_count == 2\nunique(id)';
    const seen = await see(rules, { files, notice: (line) => said.push(line) });
    expect(seen.map(({ verdict }) => verdict)).toEqual(rules.split('\n').map(() => 'pass'));
    expect(said).toEqual(['column "x" is not in b.csv (1 of 2 files); its cells there are missing']);
  });

  it('reads JSON lines as CSV', async () => {
    const files = { 'data.jsonl': '{"a":1,"b":"x"}\n{"a":null,"b":"y"}\n{"a":3.5}\n{"a":3.5,"b":"x"}\n' };
    const seen = await see('mean(a) == 2.6666666666666665\nnull_fraction(b) == 25%\nunique(a, b)', { files });
    expect(seen.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
  });
});

describe('freshness', () => {
  const at = (rule: string, cells: string[], now = '2024-06-01T12:00:00Z') =>
    seeOne(rule, { ...csv(`t,x\n${cells.map((cell) => `${cell},1\n`).join('')}`), now });

  it('is the age of the newest value, whatever its offset', async () => {
    const seen = await at('freshness(t) <= 24h', [
      '2024-06-01T11:30:00Z',
      '2024-06-01T13:45:00+02:00',
      '',
      '2024-05-01T00:00:00Z',
    ]);
    expect(seen).toMatchObject({ value: 900, n: 3, verdict: 'pass' });
    expect(seen.notes).toEqual(['the newest is 2024-06-01 11:45:00 UTC (data.csv:3)']);
  });

  it('leaves out text that is no time where the schema rejects it, and says so', async () => {
    const data = csv('t,x\n2024-06-01T11:00:00Z,1\n2024-06-31T11:00:00Z,1\n');
    const now = '2024-06-01T12:00:00Z';
    const seen = await seeOne('freshness(t) <= 24h', { ...data, now, timesBySchema: ['t'] });
    expect(seen).toMatchObject({ value: 3600, n: 1, verdict: 'pass' });
    expect(seen.notes[1]).toBe('1 cell of `t` is no date or time; it is left out');
    await expect(seeOne('freshness(t) <= 24h', { ...data, now })).rejects.toThrow('2024-06-31T11:00:00Z');
  });

  it('takes times without a zone, and dates, as UTC, and says so', async () => {
    const seen = await at('freshness(t) <= 24h', ['2024-05-30', '2024-05-29 10:00:00']);
    expect(seen).toMatchObject({ value: 2.5 * 86_400, verdict: 'fail', reason: '2.5 d is above 1 d' });
    expect(seen.notes[1]).toBe('2 values of `t` name no zone; they are read as UTC');
    const one = await at('freshness(t) <= 24h', ['2024-05-30', '2024-05-29T10:00:00Z']);
    expect(one.notes[1]).toBe('1 value of `t` names no zone; it is read as UTC');
  });

  it('a newest value in the future is inconclusive; a clock that is a little off is not', async () => {
    const future = await at('freshness(t) <= 24h', ['2024-05-30T00:00:00Z', '2999-12-31T00:00:00Z']);
    expect(future.verdict).toBe('inconclusive');
    expect(future.reason).toBe('the newest `t`, 2999-12-31 00:00:00 UTC (data.csv:3), is in the future');
    const early = await at('freshness(t) <= 24h', ['2024-06-01T12:04:00Z']);
    expect(early).toMatchObject({ value: 0, verdict: 'pass' });
  });

  it('reads dates and times of Parquet', async () => {
    const folder = temporaryFolder();
    await writeParquet(
      join(folder, 'data.parquet'),
      `SELECT DATE '2024-05-31' AS day, TIMESTAMP '2024-05-31 18:00:00' AS local,
       TIMESTAMPTZ '2024-05-31 18:00:00+02' AS zoned`,
    );
    const seen = await see('freshness(day) < 2d\nfreshness(local) < 1d\nfreshness(zoned) < 1d', {
      folder,
      files: { 'data.parquet': null },
    });
    expect(seen.map(({ value }) => value)).toEqual([86_400, 21_600, 28_800]);
  });
});

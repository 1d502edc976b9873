import { describe, expect, it } from 'vitest';
import { workflowCommands } from '../../../core/report/index.ts';
import {
  failingUsers,
  hostileData,
  parquetEvents,
  passingUsers,
  toleratedUsers,
  wideData,
} from '../../../test/support/data-samples.ts';
import { annotationsOf } from './annotations.ts';

describe('annotations of data', () => {
  it('are one per rule, at its first row, errors first and those with the most rows first', () =>
    expect(
      annotationsOf(failingUsers()).map(({ level, title, place }) => [level, title, place?.startLine]),
    ).toEqual([
      ['error', 'age minimum: 1,204 rows', 17],
      ['error', 'email format: 310 rows', 41],
      ['error', 'country enum: 42 rows', 512],
      ['error', 'unique(id): 7 rows', 20_114],
      ['error', 'fields: 3 rows', 733],
      ['warning', 'matches(signup_date, date): 3 rows', 1204],
    ]));

  it('say where and what', () => {
    const [age, , , unique] = annotationsOf(failingUsers());
    expect(age).toEqual({
      level: 'error',
      title: 'age minimum: 1,204 rows',
      message: '`age` minimum: 1,204 rows, first at line 17: age: -3 is less than 0 (minimum)',
      place: { file: 'data/users.csv', startLine: 17, endLine: 17 },
    });
    expect(unique?.message).toBe(
      'unique(id): 7 rows, first at line 20114: id: 100017 stands in row 17 already (unique(id))',
    );
  });

  it('name file, row and row group where there are no lines', () =>
    expect(annotationsOf(parquetEvents())).toEqual([
      {
        level: 'error',
        title: 'duration_ms type: 18 rows',
        message:
          '`duration_ms` type: 18 rows, first at row 120,001 (row group 1) of data/events/day=2026-05-02/part-0000.parquet: duration_ms: NaN is no number that JSON has (type)',
        place: null,
      },
    ]));

  it('have no place in a compressed file, whose lines nobody sees', () => {
    const result = failingUsers();
    const { violations } = result.predicate.gate.details;
    const [age] = violations.groups;
    const [first] = age?.examples ?? [];
    if (age === undefined || first === undefined) throw new Error('the sample has changed');
    const compressed = {
      ...result,
      predicate: {
        ...result.predicate,
        gate: {
          ...result.predicate.gate,
          details: {
            ...result.predicate.gate.details,
            violations: {
              ...violations,
              groups: [{ ...age, examples: [{ ...first, file: 'data/users.csv.gz' }] }],
            },
          },
        },
      },
    };
    expect(annotationsOf(compressed)).toMatchObject([
      { place: null, message: expect.stringContaining('first at line 17 of data/users.csv.gz: ') },
    ]);
  });

  it('of what a threshold allows are warnings', () => {
    const levels = annotationsOf(toleratedUsers()).map(({ level }) => level);
    expect(new Set(levels)).toEqual(new Set(['warning']));
  });

  it('are none when nothing is wrong', () => expect(annotationsOf(passingUsers())).toEqual([]));

  it('are as many as there are rules, and the log shows the first ten', () => {
    const annotations = annotationsOf(wideData());
    expect(annotations).toHaveLength(200);
    expect(workflowCommands(annotations, 10).filter((line) => line.startsWith('::error '))).toHaveLength(10);
  });

  it('are one line each, and no command but ours', () => {
    for (const line of workflowCommands(annotationsOf(hostileData()), 100)) {
      expect(line).toMatch(
        /^::(?:error|warning) title=[^:,\r\n]*(?:,file=[^:,\r\n]*,line=\d+,endLine=\d+)?::[^\r\n]*$/,
      );
    }
    for (const { title, message } of annotationsOf(hostileData())) {
      expect(title.length).toBeLessThanOrEqual(255);
      expect(message.length).toBeLessThanOrEqual(1200);
    }
  });
});

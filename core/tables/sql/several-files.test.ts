import { describe, expect, it } from 'vitest';
import { openTable } from '../open.ts';
import { useFolder } from '../testing.ts';
import { SqlEngine } from './engine.ts';
import { allRows, columnsOf, useEngine, writeParquet } from './testing.ts';

const folder = useFolder();
const engine = useEngine();

describe('several files', () => {
  const load = async (contents: readonly (string | { parquet: string })[]) => {
    const paths = await Promise.all(
      contents.map((content, index) =>
        typeof content === 'string'
          ? folder.write(`part${index}.csv`, content)
          : writeParquet(folder.path(`part${index}.parquet`), content.parquet),
      ),
    );
    const relation = await engine.load(paths, ['v']);
    const rows = await allRows(engine.get(), relation);
    return {
      column: columnsOf(relation)[0],
      values: rows.map((row) => row[2]),
      notes: relation.notes.map((note) =>
        paths.reduce((text, path, index) => text.replaceAll(path, `#${index}`), note),
      ),
    };
  };

  it.each([
    {
      name: 'integers and numbers are numbers',
      contents: ['v\n1\n', 'v\n2.5\n'],
      column: 'v: number DOUBLE',
      values: [1, 2.5],
      notes: [],
    },
    {
      name: 'ids beyond 2^53 in one file only stay exact',
      contents: ['v\n1\n', 'v\n9007199254740993\n9007199254740992\n'],
      column: 'v: bigint HUGEINT',
      values: [1n, 9007199254740993n, 9007199254740992n],
      notes: [],
    },
    {
      name: 'ids beyond 2^53 beside fractions lose digits, and that is said',
      contents: ['v\n0.5\n', 'v\n9007199254740993\n'],
      column: 'v: number DOUBLE',
      values: [0.5, 9007199254740992],
      notes: ['column "v" is number in #0 and integer beyond 2^53 in #1; it is read as number, to 15 digits'],
    },
    {
      name: 'numbers beside text are text as written',
      contents: ['v\n1.50\n1e2\n', 'v\nabc\n'],
      column: 'v: string VARCHAR',
      values: ['1.50', '1e2', 'abc'],
      notes: ['column "v" is number in #0 and text in #1; it is read as text'],
    },
    {
      name: 'booleans beside numbers are text',
      contents: ['v\ntrue\n', 'v\n1\n'],
      column: 'v: string VARCHAR',
      values: ['true', '1'],
      notes: ['column "v" is boolean in #0 and integer in #1; it is read as text'],
    },
    {
      name: 'a file without a value has no say',
      contents: ['v,w\n1,x\n', 'v,w\n,x\n'],
      column: 'v: integer BIGINT',
      values: [1n, null],
      notes: [],
    },
    {
      name: 'a file without the column is missing there',
      contents: ['v\n1\n', 'w\n1\n'],
      column: 'v: integer BIGINT',
      values: [1n, null],
      notes: ['column "v" is not in #1 (1 of 2 files); its cells there are missing'],
    },
    {
      name: 'whole types of Parquet get one that holds both',
      contents: [
        { parquet: 'SELECT 255::UTINYINT AS v' },
        { parquet: 'SELECT 18446744073709551615::UBIGINT AS v' },
        'v\n-1\n',
      ],
      column: 'v: bigint HUGEINT',
      values: [255n, 18446744073709551615n, -1n],
      notes: [],
    },
    {
      name: 'decimals of different size stay exact',
      contents: [
        { parquet: 'SELECT 1.10::DECIMAL(9,2) AS v' },
        { parquet: 'SELECT 2.125::DECIMAL(18,3) AS v' },
      ],
      column: 'v: number DECIMAL(18,3)',
      values: ['1.100', '2.125'],
      notes: [],
    },
    {
      name: 'floats beside integers are doubles',
      contents: [{ parquet: 'SELECT 0.5::FLOAT AS v' }, { parquet: 'SELECT 16777217 AS v' }],
      column: 'v: number DOUBLE',
      values: [0.5, 16777217],
      notes: [],
    },
    {
      name: 'dates beside timestamps are timestamps',
      contents: [
        { parquet: "SELECT DATE '2024-02-29' AS v" },
        { parquet: "SELECT TIMESTAMPTZ '2024-02-29 01:00:00+02' AS v" },
      ],
      column: 'v: timestamp TIMESTAMP',
      values: ['2024-02-29 00:00:00', '2024-02-28 23:00:00'],
      notes: [],
    },
    {
      name: 'dates of Parquet beside text are text',
      contents: [{ parquet: "SELECT DATE '2024-02-29' AS v" }, 'v\n2024-03-01\n'],
      column: 'v: string VARCHAR',
      values: ['2024-02-29', '2024-03-01'],
      notes: ['column "v" is date in #0 and text in #1; it is read as text'],
    },
    {
      name: 'Parquet beside CSV',
      contents: [
        { parquet: 'SELECT 7::BIGINT AS v, 1 AS w' },
        'v\n8\n',
        { parquet: 'SELECT 9::BIGINT AS v' },
      ],
      column: 'v: integer BIGINT',
      values: [7n, 8n, 9n],
      notes: [],
    },
  ])('$name', async ({ contents, column, values, notes }) => {
    expect(await load(contents)).toEqual({ column, values, notes });
  });

  it('are opened again as they were opened first', async () => {
    const engine = await SqlEngine.open({
      reopen: (table, textColumns) => openTable(table.path, { format: 'tsv', textColumns }),
    });
    const paths = [
      await folder.write('as.txt', 'v\tw\n1.50\t1\n'),
      await folder.write('is.txt', 'v\tw\nx\t2\n'),
    ];
    const tables = await Promise.all(paths.map((path) => openTable(path, { format: 'tsv' })));
    try {
      const relation = await engine.load(tables, ['v', 'w']);
      expect((await allRows(engine, relation)).map((row) => row.slice(2))).toEqual([
        ['1.50', 1n],
        ['x', 2n],
      ]);
    } finally {
      await engine.close();
    }
  });
});

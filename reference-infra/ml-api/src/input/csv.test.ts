import { expect, test } from 'vitest';
import { csvTable } from './csv.ts';
import { type Layout, layoutOf } from './layout.ts';

const layout = layoutOf(
  [
    { name: 'age', type: 'float32', shape: [null, 1], rows: '' },
    { name: 'id', type: 'int64', shape: [null, 1], rows: '' },
    { name: 'city', type: 'string', shape: [null, 1], rows: '' },
    { name: 'member', type: 'bool', shape: [null, 1], rows: '' },
  ],
  null,
  [],
) as Layout;

test('cells become what their columns want; columns may stand in any order', () => {
  const text =
    'city,member,age,id,extra\r\n"Köln, ""am"" Rhein",True,1.5e1,9007199254740993,x\r\n007,false,-3,+4,\r\n';
  expect(csvTable(text, layout)).toEqual({
    columns: ['city', 'member', 'age', 'id', 'extra'],
    rows: [
      ['Köln, "am" Rhein', true, 15, 9007199254740993n, 'x'],
      ['007', false, -3, 4, ''],
    ],
  });
});

test('empty and missing cells are null, text for numbers stays text for the message', () => {
  expect(csvTable('age,id\n,NaN\nold,1', layout).rows).toEqual([
    [null, null],
    ['old', 1],
  ]);
});

test('quoted cells may hold line ends; blank lines are skipped; the last line needs no end', () => {
  expect(csvTable('city,age\n"a\nb",1\n\nc,2', layout).rows).toEqual([
    ['a\nb', 1],
    ['c', 2],
  ]);
});

test.each([
  ['', /is empty/],
  ['age,id\n1\n', /Row 0 of the CSV has 1 cells; the header has 2/],
  ['age,id\n1,2,\n', /Row 0 of the CSV has 3 cells/],
  ['city\n"a', /does not end/],
  ['city\n"a"b\n', /goes on after its closing quote/],
])('%j is refused', (text, message) => {
  expect(() => csvTable(text, layout)).toThrow(message);
});

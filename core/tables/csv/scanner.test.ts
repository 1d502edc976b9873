import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvScanner, fieldText } from './scanner.ts';

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Scans with a window that ends after every `step` bytes, as a file read in pieces does. */
function scanInSteps(text: string, step: number): Row[] {
  const bytes = Buffer.from(text);
  const rows: Row[] = [];
  const scanner = new CsvScanner('data.csv', 44, () => {
    const cells = Array.from({ length: scanner.count }, (_, i) =>
      fieldText(bytes, scanner.starts[i] ?? 0, scanner.ends[i] ?? 0, scanner.forms[i] ?? 0),
    );
    rows.push({ line: scanner.recordLine, cells });
  });
  let at = 0;
  for (let end = Math.min(step, bytes.length); ; end = Math.min(end + step, bytes.length)) {
    at = scanner.scan(bytes, at, end, end === bytes.length);
    if (end === bytes.length) return rows;
  }
}

const cellText = fc
  .array(fc.constantFrom('a', '1', '"', ',', '\n', '\r', '\r\n', ' ', 'é', '😀', ';'), { maxLength: 5 })
  .map((parts) => parts.join(''));

const needsQuotes = (text: string): boolean => /[",\r\n]/.test(text);

/** Physical lines by splitting, which is how an editor counts. */
const linesIn = (text: string): number => text.split(/\r\n|\r|\n/).length - 1;

describe('splitting records', () => {
  it('gives back what was written, with the line of each, wherever the window ends', () => {
    const record = fc.array(fc.tuple(cellText, fc.boolean()), { minLength: 2, maxLength: 4 });
    const ending = fc.constantFrom('\n', '\r\n', '\r');
    const file = fc.array(fc.tuple(record, ending), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(file, fc.integer({ min: 1, max: 20 }), fc.boolean(), (records, step, endsInNewline) => {
        let text = '';
        const expected: Row[] = [];
        for (const [cells, newline] of records) {
          const written = cells.map(([cell, quoted]) =>
            quoted || needsQuotes(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
          );
          // A CR that meets a LF of the next record would be one line end.
          expected.push({ line: linesIn(text) + 1, cells: cells.map(([cell]) => cell) });
          text += written.join(',') + newline;
        }
        if (!endsInNewline) text = text.replace(/(\r\n|\r|\n)$/, '');
        expect(scanInSteps(text, step)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps a quote inside an unquoted field', () => {
    expect(scanInSteps('a"b,5" x 3"\n', 99)[0]?.cells).toEqual(['a"b', '5" x 3"']);
  });

  it.each([
    ['a\n"b', 'data.csv:2: the quote that opens here is never closed'],
    ['a\n"x\ny\n', 'data.csv:2: the quote that opens here is never closed'],
    [
      'a,b\n"x" ,1\n',
      'data.csv:2: text follows the closing quote of field 1; a quote inside is written twice',
    ],
    ['a,b\n1, "x"\n', 'data.csv:2: a quote stands after a blank; write it right after the delimiter'],
    ['a\n"x\n\0"\n', 'data.csv:3: a NUL byte; the file is damaged, or not UTF-8 text'],
    ['a\nb\0\n', 'data.csv:2: a NUL byte; the file is damaged, or not UTF-8 text'],
  ])('refuses %j', (text, message) => {
    expect(() => scanInSteps(text, 99)).toThrow(message);
    expect(() => scanInSteps(text, 1)).toThrow(message);
  });
});

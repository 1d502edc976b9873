/** CSV that is no table: the bytes, and the error with its line. */

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openTable } from '../open.ts';
import { useFolder } from '../testing.ts';
import type { CsvOptions } from './options.ts';

const folder = useFolder();

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('is refused, with the line:', () => {
  const tooShort = ':3: the row has 1 field, the header (line 1) has 2';
  it.each<[string, string | Uint8Array, CsvOptions, string]>([
    ['a short row', 'a,b\n1,2\n3\n', {}, tooShort],
    ['a short row of CR lines', 'a,b\r1,2\r3\r', {}, tooShort],
    ['a long row', 'a,b\n1,2\n3,4,5\n', {}, ':3: the row has 3 fields, the header (line 1) has 2'],
    [
      'a trailing delimiter in the rows only',
      'a,b\n1,2,\n',
      {},
      ':2: the row has 3 fields, the header (line 1) has 2',
    ],
    ['a line of blanks', 'a,b\n1,2\n  \n', {}, ':3: the row has 1 field, the header (line 1) has 2'],
    [
      'a short row without a header',
      '1,2\n3\n',
      { header: false },
      ':2: the row has 1 field, the first row (line 1) has 2',
    ],
    ['two columns of one name', 'a,b,a\n1,2,3\n', {}, ':1: columns 1 and 3 are both called "a"'],
    ['no bytes', '', {}, ': the file is empty; a header line is required'],
    ['no bytes, without a header', '', { header: false }, ': the file is empty'],
    ['a mark and nothing else', '\ufeff', {}, ': the file is empty; a header line is required'],
    ['blank lines only', '\n\r\n\r', {}, ': the file holds only blank lines; a header line is required'],
    ['an open quote', 'a,b\n1,"x\n2,y\n', {}, ':2: the quote that opens here is never closed'],
    [
      'a quote after a blank',
      'a,b\n1, "x"\n',
      {},
      ':2: a quote stands after a blank; write it right after the delimiter',
    ],
    [
      'text after a quote',
      'a,b\n1,"x"y\n',
      {},
      ':2: text follows the closing quote of field 2; a quote inside is written twice',
    ],
    ['a NUL byte', 'a,b\n1,x\0\n', {}, ':2: a NUL byte; the file is damaged, or not UTF-8 text'],
    [
      'the line that Excel wants',
      'sep=;\na;b\n1;2\n',
      {},
      ':1: `sep=` is a line for Excel, not a header; remove it from the file, and say delimiter= in csv-options if it is not detected',
    ],
    ['the same, with commas', 'sep=,\na,b\n1,2\n', { header: false }, ':1: `sep=` is a line for Excel'],
    [
      'no UTF-8',
      latin1('a\r\n"x\ny"\r\ncaf\xe9\r\n'),
      {},
      ':4: not UTF-8 text; save the file as UTF-8, or name its encoding in csv-options, such as encoding=windows-1252',
    ],
    [
      'UTF-16',
      Buffer.from('\ufeffa\n', 'utf16le'),
      {},
      ': the file is UTF-16 text; save it as UTF-8, or say encoding=utf-16le in csv-options',
    ],
    ['UTF-16, the other way', utf16be('\ufeffa\n'), {}, 'say encoding=utf-16be in csv-options'],
    [
      'UTF-16 with half a character',
      Buffer.concat([Buffer.from('a\n1\n2', 'utf16le'), Buffer.from([0x31])]),
      { encoding: 'utf-16le' },
      ':3: not utf-16le text; which encoding does the file have?',
    ],
    [
      'no Shift_JIS',
      Buffer.from([0x61, 13, 10, 0x62, 13, 0x83, 0x20, 10]),
      { encoding: 'shift_jis' },
      ':3: not shift_jis text',
    ],
    [
      'another mark than the option',
      '\ufeffa\n1\n',
      { encoding: 'latin1' },
      ': the file begins with the byte order mark of utf-8, but it is read with encoding=latin1',
    ],
  ])('%s', async (name, given, csv, message) => {
    for (const packed of [false, true]) {
      const file = `${name.replaceAll(/\W/g, '-')}.csv${packed ? '.gz' : ''}`;
      const path = await folder.write(file, packed ? gzipSync(given) : given);
      const error = await openTable(path, { csv }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ name: 'RunError' });
      expect(String(error)).toContain(`${message.startsWith(':') ? file : ''}${message}`);
    }
  });

  it('a mistake far into a file of another encoding', async () => {
    const good = Buffer.from(`a\n${'1\n'.repeat(900_000)}`, 'utf16le');
    const path = await folder.write('far.csv', Buffer.concat([good, Buffer.from([0x00, 0xd8, 10, 0])]));
    await expect(openTable(path, { csv: { encoding: 'utf-16le' } })).rejects.toThrow(
      'far.csv:900002: not utf-16le',
    );
  });

  it('without csv-options no message names them', async () => {
    for (const given of [latin1('\xe9\n'), Buffer.from('\ufeffa\n', 'utf16le'), 'sep=;\n']) {
      const path = await folder.write('plain.csv', given);
      await expect(openTable(path)).rejects.not.toThrow('csv-options');
    }
  });
});

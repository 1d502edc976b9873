import { describe, expect, it } from 'vitest';
import { describeProblem } from '../../inputs/index.ts';
import { type CsvOptions, readCsvOptions } from './options.ts';

describe('csv-options', () => {
  it.each<[string[], CsvOptions]>([
    [[], {}],
    [['delimiter=;'], { delimiter: ';' }],
    [['delimiter=\\t'], { delimiter: '\t' }],
    [['delimiter=tab'], { delimiter: '\t' }],
    [['delimiter=space'], { delimiter: ' ' }],
    [['delimiter=='], { delimiter: '=' }],
    [['quote="'], { quote: '"' }],
    [["quote='", 'delimiter = ,'], { quote: "'", delimiter: ',' }],
    [['quote='], { quote: null }],
    [['quote=none', 'delimiter="'], { quote: null, delimiter: '"' }],
    [['header=false'], { header: false }],
    [['header=True'], { header: true }],
    [['null=NA', 'null=n/a', 'null=NA', 'null='], { nulls: ['NA', 'n/a'] }],
    [['encoding=latin1'], { encoding: 'latin1' }],
    [['encoding=UTF-8'], { encoding: 'UTF-8' }],
  ])('%j', (lines, options) => {
    expect(readCsvOptions(lines)).toEqual({ options, problems: [] });
  });

  it.each([
    [
      'delimiter',
      '"delimiter" is not an option; allowed: delimiter=, quote=, header=, null=, encoding=, one a line',
    ],
    [
      'delimiter=',
      'delimiter= is not one ASCII character; allowed: one character, or `,`, `;`, `|`, tab or space',
    ],
    ['delimiter=||', 'delimiter="||" is not one ASCII character'],
    ['delimiter=§', 'delimiter="§" is not one ASCII character'],
    ['delimiter="', 'delimiter and quote are both "\\""'],
    [
      'quote=""',
      'quote="\\"\\"" is not one ASCII character; allowed: one character, or none: no field is quoted',
    ],
    ['header=no', 'header: "no" is not a boolean; allowed: true, false; did you mean `header=false`?'],
    [
      'encoding=uft-8',
      '"uft-8" is not a text encoding; allowed: a label of the WHATWG Encoding Standard, such as',
    ],
    ['encoding=uft-8', 'did you mean `encoding=utf-8`?'],
    ['encoding=utf-7', '"utf-7" is not a text encoding'],
    ['delimeter=;', 'unknown option "delimeter"; did you mean `delimiter=`?'],
    ['sep=;', 'unknown option "sep"; did you mean `delimiter=`?'],
    ['nulls=NA', 'unknown option "nulls"; did you mean `null=`?'],
    ['escape=\\', 'unknown option "escape"; allowed: delimiter, quote, header, null, encoding'],
  ])('%s is refused', (line, message) => {
    const { problems } = readCsvOptions([line]);
    expect(problems).toHaveLength(1);
    expect(problems.map((problem) => describeProblem({ input: 'csv-options', ...problem }))[0]).toContain(
      `${message.startsWith('did') ? '' : 'csv-options: '}${message}`,
    );
  });

  it('names each mistake, and keeps what is right', () => {
    const { options, problems } = readCsvOptions(['header=false', 'header=true', 'quote=ab', 'null=NA']);
    expect(options).toEqual({ header: false, nulls: ['NA'] });
    expect(problems.map(({ message }) => message)).toEqual([
      'header stands there twice',
      'quote="ab" is not one ASCII character',
    ]);
  });
});

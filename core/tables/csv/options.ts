/** How a CSV file is written, where that is not to be guessed: the input `csv-options`. */

import { nearest } from '../../gate/index.ts';
import { type InputProblem, parseBoolean, quote } from '../../inputs/index.ts';
import { encodingName } from '../encoding.ts';

export interface CsvOptions {
  /** One ASCII character; left out: detected, in a TSV file a tab. */
  readonly delimiter?: string;
  /** One ASCII character around fields, `"` when left out; null: no field is quoted. */
  readonly quote?: string | null;
  /** False: the first line is data, the columns are column_1, column_2, …; left out: true. */
  readonly header?: boolean;
  /** Texts that are missing values beside the empty cell, quoted or not. */
  readonly nulls?: readonly string[];
  /** A label of the WHATWG Encoding Standard; left out: utf-8. */
  readonly encoding?: string;
}

const keys = ['delimiter', 'quote', 'header', 'null', 'encoding'] as const;
type Key = (typeof keys)[number];

/** What other tools call the same. */
const otherNames: Readonly<Record<string, Key>> = {
  sep: 'delimiter',
  separator: 'delimiter',
  quotechar: 'quote',
  na: 'null',
  na_values: 'null',
  missing: 'null',
  charset: 'encoding',
};

const delimiterNames: Readonly<Record<string, string>> = { tab: '\t', '\\t': '\t', space: ' ' };

/** A problem without the name of its input. */
export type OptionProblem = Omit<InputProblem, 'input' | 'excerpt'>;

/** Reads the lines of the input `csv-options`. A wrong one leaves a problem and changes no option. */
export function readCsvOptions(lines: readonly string[]): {
  readonly options: CsvOptions;
  readonly problems: readonly OptionProblem[];
} {
  const options: { -readonly [Name in keyof CsvOptions]: CsvOptions[Name] } = {};
  const problems: OptionProblem[] = [];
  const nulls: string[] = [];
  const seen = new Set<Key>();
  for (const line of lines) {
    const at = line.indexOf('=');
    if (at === -1) {
      problems.push({
        message: `${quote(line)} is not an option`,
        allowed: `${keys.join('=, ')}=, one a line`,
      });
      continue;
    }
    const name = line.slice(0, at).trim();
    const key = keys.find((each) => each === name);
    const value = line.slice(at + 1).trim();
    if (key === undefined) problems.push(unknownKey(name));
    else if (key !== 'null' && seen.has(key)) problems.push({ message: `${key} stands there twice` });
    else {
      seen.add(key);
      const problem = readValue(key, value);
      if (problem !== undefined) problems.push(problem);
    }
  }
  if (nulls.length > 0) options.nulls = [...new Set(nulls)];
  if (options.quote !== null && (options.delimiter ?? '') === (options.quote ?? '"')) {
    problems.push({ message: `delimiter and quote are both ${quote(options.delimiter ?? '')}` });
  }
  return { options, problems };

  function readValue(key: Key, value: string): OptionProblem | undefined {
    switch (key) {
      case 'delimiter': {
        const delimiter = delimiterNames[value] ?? value;
        if (!isMark(delimiter)) return notOneCharacter('delimiter', value, '`,`, `;`, `|`, tab or space');
        options.delimiter = delimiter;
        return undefined;
      }
      case 'quote':
        if (value !== '' && value !== 'none' && !isMark(value)) {
          return notOneCharacter('quote', value, 'none: no field is quoted');
        }
        options.quote = isMark(value) ? value : null;
        return undefined;
      case 'header': {
        const reading = parseBoolean(value);
        if (reading.ok) options.header = reading.value;
        return reading.ok ? undefined : withPlace('header', reading);
      }
      case 'null':
        // The empty cell is missing anyway.
        if (value !== '') nulls.push(value);
        return undefined;
      case 'encoding':
        if (encodingName(value) === undefined) {
          const near = nearest(value, commonEncodings);
          return {
            message: `${quote(value)} is not a text encoding`,
            allowed: 'a label of the WHATWG Encoding Standard, such as utf-8, utf-16le or windows-1252',
            ...(near === undefined ? {} : { nearest: `encoding=${near}` }),
          };
        }
        options.encoding = value;
        return undefined;
    }
  }
}

const commonEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'latin1', 'iso-8859-1', 'iso-8859-15']
  .concat(Array.from({ length: 9 }, (_, index) => `windows-125${index}`))
  .concat(['shift_jis', 'euc-jp', 'euc-kr', 'gbk', 'gb18030', 'big5', 'koi8-r']);

/** One ASCII character that cannot end a line. */
function isMark(text: string): boolean {
  return text.length === 1 && /[^\0\n\r\u0080-\uffff]/.test(text);
}

function notOneCharacter(key: Key, value: string, more: string): OptionProblem {
  return {
    message: `${key}=${value === '' ? '' : quote(value)} is not one ASCII character`,
    allowed: `one character, or ${more}`,
  };
}

function withPlace(
  key: Key,
  reading: { message: string; allowed?: string; nearest?: string },
): OptionProblem {
  return {
    message: `${key}: ${reading.message}`,
    ...(reading.allowed === undefined ? {} : { allowed: reading.allowed }),
    ...(reading.nearest === undefined ? {} : { nearest: `${key}=${reading.nearest}` }),
  };
}

function unknownKey(name: string): OptionProblem {
  const near = otherNames[name.toLowerCase()] ?? nearest(name, keys);
  return {
    message: `unknown option ${quote(name)}`,
    ...(near === undefined ? { allowed: keys.join(', ') } : { nearest: `${near}=` }),
  };
}

import { describe, expect, it } from 'vitest';
import { pageLimit, renderPage, renderSummary, summaryLimit, visible } from '../../../core/report/index.ts';
import {
  type DataSample,
  dataSamples,
  failingUsers,
  hostileData,
  inferred,
  noRows,
  parquetEvents,
  passingUsers,
  toleratedUsers,
  wideData,
} from '../../../test/support/data-samples.ts';
import { hostileTexts } from '../../../test/support/gate-samples.ts';
import { decode, readXml } from '../../../test/support/strict-xml.ts';
import { reportSections } from './sections.ts';
import { summaryDetails } from './summary.ts';

const sections = (result: DataSample) =>
  new Map(reportSections(result).map(({ title, body }) => [title, readXml(`<div>${body.text}</div>`)]));
const textOf = (result: DataSample, title: RegExp) =>
  [...sections(result)].find(([name]) => title.test(name))?.[1].text ?? '';
const glance = /at a glance/;
const wrong = /^What is wrong/;
const page = (result: DataSample) => renderPage(result, reportSections(result));
const read = (markdown: string) => decode(markdown.replaceAll('<!-- -->', ''));

describe('the page of the data gate', () => {
  it('shows the table, then what is wrong, then how it was read', () => {
    expect(reportSections(failingUsers()).map(({ title }) => title)).toEqual([
      'The table at a glance',
      'What is wrong: 6 rules broken',
      'The files, and how they were read',
    ]);
    expect(reportSections(passingUsers()).map(({ title }) => title)).toEqual([
      'The table at a glance',
      'The files, and how they were read',
    ]);
  });

  it('begins with the verdict and where the bad rows are', () => {
    const { text } = readXml(page(failingUsers()).replace(/<style>[\s\S]*?<\/style>/, ''));
    expect(text).toContain(
      'Data gate failed: 3 of 6 checks, 1 warninginvalid_rows <= 0: 1,556 of 50,000 rows are invalid, most by age minimum (1,204 rows, first at data/users.csv:17).',
    );
  });
});

describe('the table at a glance', () => {
  it('has a line per column with type, missing, distinct, values and violations', () => {
    const text = textOf(failingUsers(), glance);
    expect(text).toContain(
      'schemas/users.schema.json (2020-12) rejects 1,556 rows (3.1%). 10 more break a rule.',
    );
    expect(text).toContain('emailstringschema: string (email)12 (0.024%)≈ 49,2008 to 61 characters310');
    expect(text).toMatch(/ageinteger1,204 \(2\.4%\)97.*-3 to 131, mean 41\.261,204/);
    expect(text).toContain('DE 42.1%, FR 18.2%, IT 16%, …');
    expect(text).toContain('legacy_codeemptyschema: string or null50,000 (100%)0–');
  });

  it('draws numbers as a histogram and recurring values as bars, each with its title', () => {
    const { elements, text } = sections(failingUsers()).get('The table at a glance') ?? {
      elements: [],
      text: '',
    };
    const classes = elements.flatMap(({ attributes }) => attributes.get('class') ?? []);
    expect(classes.filter((name) => name === 'spark')).toHaveLength(6);
    expect(classes.filter((name) => name === 'bins')).toHaveLength(3);
    expect(classes.filter((name) => name === 'values')).toHaveLength(3);
    expect(text).toContain('Values of country');
    expect(text).toContain('The most frequent values: DE 21,040, FR 9,120');
    expect(text).toContain('Histogram from -3 to 131; the fullest bin is that from 43.9 to 50.6');
  });

  it('says estimates in the digits that they have', () =>
    expect(textOf(parquetEvents(), glance)).toContain('≈ 3.98M'));

  it('says of rows within the threshold that they are no failure', () => {
    expect(page(toleratedUsers())).not.toContain('class="standing failed"');
    expect(page(failingUsers())).toContain('class="standing failed"');
  });

  it('of no rows shows the columns, and calls nothing valid', () => {
    expect(textOf(noRows(), glance)).toContain('0 rows, 2 columns.');
    expect(textOf(noRows(), glance)).not.toContain('valid');
  });
});

describe('what is wrong', () => {
  it('marks the bad cell in its row, with file and line', () => {
    const text = textOf(failingUsers(), wrong);
    expect(text).toContain(
      'data/users.csv:17age: -3 is less than 0 (minimum)100016user16@example.org-3DE19.90',
    );
    const { elements } = sections(failingUsers()).get('What is wrong: 6 rules broken') ?? { elements: [] };
    // Ten cells; the row with too many fields has no single bad one.
    expect(elements.filter(({ name }) => name === 'mark')).toHaveLength(10);
    expect(text).toContain('… and 1,199 more rows.');
  });

  it('tells an empty text from a missing cell', () => {
    const { body } = reportSections(failingUsers())[1] ?? {};
    expect(body?.text).toContain('<mark>empty text</mark>');
    expect(body?.text).toContain('<span class="missing">missing</span>');
  });

  it('names row and row group where there are no lines', () =>
    expect(textOf(parquetEvents(), wrong)).toContain('part-0000.parquet, row 120,001 (row group 1)'));

  it('counts the rules that it has no room for', () => {
    const text = textOf(wideData(), wrong);
    expect(text).toContain('176 more rules');
    expect(text).toContain('… and 35 more rules.');
    expect(text).toContain('sensor_0401_temperature_celsius maximum: 201 rows, first data/part-199.csv:18');
  });
});

describe('how files were read', () => {
  it('gives format, size and what was guessed', () => {
    const text = textOf(failingUsers(), /^The files/);
    expect(text).toContain(
      'data/users.csvdelimiter `;`, as in all of the first 1,000 linesage: decimal commas stay text (first at line 88)csv50,000104.812 MB',
    );
    expect(text).toContain('gate-results/validate-data.sarif');
  });

  it('says when the schema was written from the data', () =>
    expect(textOf(inferred(), /^The files/)).toContain('written by this run from these data'));
});

/** All that our pages are made of: no script, no form, no frame, nothing that loads. */
const knownElements = new Set(
  'html head meta style title body main header section footer div span h1 h2 h3 p a code mark ul li dl dt dd table thead tbody tr th td details summary svg desc g path rect circle text'.split(
    ' ',
  ),
);

describe.each(Object.entries(dataSamples))('the reports of %s', (_, make) => {
  const result = make();
  const html = page(result);
  const { elements } = readXml(html);

  it('are a well-formed page of harmless elements, below its limit', () => {
    for (const { name, attributes } of elements) {
      expect(knownElements).toContain(name);
      for (const attribute of attributes.keys()) expect(attribute).not.toMatch(/^on|^src$|^style$/);
    }
    expect(Buffer.byteLength(html)).toBeLessThan(pageLimit);
    expect(html).not.toContain('Left out, because the page would become too large');
  });

  it('are a summary within its limit, of tables whose rows have as many cells as their headings', () => {
    const summary = renderSummary(result, { details: summaryDetails(result) });
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(summaryLimit);
    let cells = 0;
    for (const line of summary.split('\n')) {
      if (!line.startsWith('| ')) cells = 0;
      else if (cells === 0) cells = line.split('|').length;
      else expect(line.split('|')).toHaveLength(cells);
    }
  });
});

describe('hostile data', () => {
  it('stand on the page as they are, visibly', () => {
    const { text } = readXml(page(hostileData()));
    for (const each of hostileTexts.filter((item) => item.length < 40)) expect(text).toContain(visible(each));
  });

  it('hold no Markdown or HTML in the summary', () => {
    const summary = renderSummary(hostileData(), { details: summaryDetails(hostileData()) })
      .replace(/`[^`\n]*`/g, '')
      .replaceAll('<!-- -->', '');
    expect([...new Set(summary.match(/<[^>]*>/g))].toSorted()).toEqual([
      '</code>',
      '</details>',
      '</summary>',
      '<br>',
      '<code>',
      '<details>',
      '<summary>',
    ]);
    expect(summary).not.toMatch(/\]\(|!\[|```|https?:\/\/|^::|@\w/m);
    expect(summary.match(/^#/gm)).toHaveLength(1);
  });
});

describe('far too wide data', () => {
  it('show the columns with violations first and count what is left out', () => {
    const text = textOf(wideData(), glance);
    expect(text).toMatch(/\d+ more columns, \d+ of them with violations/);
    expect(text).toMatch(/… and \d+ more columns; the result document has the first 500\./);
  });

  it('keep to a size that any mail client opens', () =>
    expect(Buffer.byteLength(page(wideData()))).toBeLessThan(420_000));
});

describe('the details of the job summary', () => {
  it('give what is wrong, the columns and the files', () => {
    const details = summaryDetails(failingUsers());
    expect(details.map(({ title }) => title)).toEqual([
      'What is wrong: 6 rules broken',
      'The table at a glance (10 columns)',
      'Files, and how they were read (1)',
    ]);
    expect(details[0]?.rows[0]?.map(read)).toEqual([
      '❌ `age minimum`',
      '1,204',
      '`data/users.csv:17`',
      'age: -3 is less than 0 (minimum)',
    ]);
    expect(details[1]?.rows[0]?.map(read)).toEqual([
      '`age`',
      'integer',
      'integer',
      '1,204 (2.4%)',
      '97',
      '-3 to 131, mean 41.26',
      '1,204',
    ]);
  });
});

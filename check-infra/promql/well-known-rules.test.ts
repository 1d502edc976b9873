/** Expressions that are right have no finding: a lint that cries wolf is taken out. */

import { expect, test } from 'vitest';
import { knowledgeOfFolder, lintPromql } from './index.ts';
import { mixins, right, rightContract, wellKnown } from './testing-right.ts';

const nobody = knowledgeOfFolder({ rules: [], dashboards: [], scrapes: [], contract: null });

test.each(wellKnown)('nothing is wrong with %s', (text) => {
  expect(lintPromql(text, nobody).mistakes.filter((one) => !isShownRaw(text, one.name))).toEqual([]);
});

/** Selectors alone are examples of selectors, and not of what to show. */
function isShownRaw(text: string, name: string): boolean {
  return name === 'promql-raw-counter' && /^[\w]+\{?[^(]*$/.test(text);
}

/** One rule is recorded, so that names with a colon are looked at; and a Prometheus of the folder asks its job. */
const withRules = knowledgeOfFolder({
  rules: [
    {
      place: 'rules.yml',
      value: {
        groups: [
          {
            name: 'g',
            rules: [
              { record: 'job:http_requests:rate5m', expr: 'sum by (job) (rate(http_requests_total[5m]))' },
            ],
          },
        ],
      },
    },
  ],
  dashboards: [],
  scrapes: [
    { value: { scrape_configs: [{ job_name: 'app', static_configs: [{ targets: ['app:80'] }] }] } },
    {
      value: {
        scrape_configs: [
          { job_name: 'pods', relabel_configs: [{ action: 'labelmap', regex: 'label_(.+)' }] },
        ],
      },
    },
  ],
  contract: rightContract,
});

test.each(mixins)('nor with what mixins have: %s', (text) => {
  expect(lintPromql(text, withRules).mistakes).toEqual([]);
});

test('nor of those that know their metrics', () => {
  const known = knowledgeOfFolder({ rules: [], dashboards: [], scrapes: [], contract: rightContract });
  expect(right.flatMap((text) => lintPromql(text, known).mistakes)).toEqual([]);
});

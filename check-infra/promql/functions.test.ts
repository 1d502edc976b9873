/** The table of functions is that of the grammar, which is that of Prometheus. */

import * as grammar from '@prometheus-io/lezer-promql';
import { expect, test } from 'vitest';
import { functions } from './functions.ts';
import { parsePromql } from './parse.ts';

test('each function of the grammar is in the table, and the other way round', () => {
  const names = Object.keys(grammar).map((term) =>
    term.replaceAll(/(?<=[a-z0-9])[A-Z]|(?<=[A-Za-z])(?=\d+$)/g, (letter) => `_${letter}`).toLowerCase(),
  );
  const isFunction = (name: string): boolean => {
    const parsed = parsePromql(`${name}(x)`);
    return 'expression' in parsed && parsed.expression.kind === 'call';
  };
  const ofGrammar = new Set(
    names
      .flatMap((name) => [name, name.replace(/_(?=\d)/, ''), name.replace('std_', 'std')])
      .filter(isFunction),
  );
  expect([...ofGrammar].filter((name) => !functions.has(name))).toEqual([]);
  expect([...functions.keys()].filter((name) => !isFunction(name))).toEqual([]);
});

test.each([
  ['rate', ['range'], 1, false, 'vector'],
  ['histogram_quantile', ['scalar', 'vector'], 2, false, 'vector'],
  ['label_join', ['vector', 'string', 'string', 'string'], 3, true, 'vector'],
  ['round', ['vector', 'scalar'], 1, false, 'vector'],
  ['hour', ['vector'], 0, false, 'vector'],
  ['time', [], 0, false, 'scalar'],
  ['scalar', ['vector'], 1, false, 'scalar'],
] as const)('%s', (name, args, least, repeats, returns) => {
  expect(functions.get(name)).toEqual({ args, least, repeats, returns });
});

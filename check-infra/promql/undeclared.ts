/** Variables that an expression of a dashboard names and the dashboard does not have: Grafana asks for them as they stand. */

import { nearest } from '../../core/gate/index.ts';
import type { Mistake } from './mistake.ts';

/** `$1` is a group of `label_replace`; names that begin with `__` are Grafana's own. */
const used = /\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)[^}]*\}|\[\[([A-Za-z_]\w*)(?::\w+)?\]\]/g;

export function undeclared(text: string, declared: readonly string[]): Mistake[] {
  // Groups of a pattern may have names, which a replacement then names.
  const groups = [...text.matchAll(/\(\?P?<(\w+)>/g)].map(([, name = '']) => name);
  const names = [...text.matchAll(used)].map(([, plain, braced, old]) => plain ?? braced ?? old ?? '');
  return [...new Set(names)]
    .filter((name) => !name.startsWith('__') && !declared.includes(name) && !groups.includes(name))
    .map((name): Mistake => {
      const near = nearest(name, declared);
      return {
        name: 'promql-unknown-variable',
        part: `$${name}`,
        message: `the dashboard has no variable ${name}: Prometheus is asked for the text $${name}`,
        mend: near === undefined ? 'add it to the variables of the dashboard' : `did you mean $${near}?`,
      };
    });
}

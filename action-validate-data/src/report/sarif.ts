/** The violations as SARIF, for code scanning. */

import type { Judged } from '../../../core/gate/types.ts';
import {
  type SarifResult,
  type SarifRule,
  type SarifWritten,
  writeSarif,
} from '../../../core/report/index.ts';
import type { Violation, ViolationGroup } from '../types.ts';
import { levelOf, ruleId, ruleName } from './words.ts';

/** As in package.json. */
export const toolVersion = '1.0.0';

export interface SarifParts {
  readonly groups: readonly ViolationGroup[];
  readonly judged: readonly Pick<Judged, 'check' | 'verdict'>[];
  /** The `id` input; empty or absent: one use in the workflow. */
  readonly id?: string;
  /** All violations; default: those of the groups. */
  readonly total?: number;
}

/** Streams `violations` into the file. */
export async function writeDataSarif(
  target: string,
  { groups, judged, id = '', total }: SarifParts,
  violations: AsyncIterable<Violation> | Iterable<Violation>,
): Promise<SarifWritten> {
  const byRule = new Map<string, number>();
  for (const group of groups) byRule.set(ruleId(group), (byRule.get(ruleId(group)) ?? 0) + group.rows);
  const known = groups.reduce((sum, { rows }) => sum + rows, 0);
  const results = new ResultMaker(judged);

  async function* converted(): AsyncGenerator<SarifResult> {
    for await (const violation of violations) yield results.of(violation);
  }

  return await writeSarif(
    target,
    {
      tool: { name: 'ML Gates: validate data', version: toolVersion },
      category: `validate-data${id === '' ? '' : `/${id}`}`,
      expected: { total: total ?? known, byRule },
    },
    converted(),
  );
}

/** Rules and levels are the same for all violations of a rule: they are worked out once. */
class ResultMaker {
  readonly #checks;
  readonly #rules = new Map<string, { readonly rule: SarifRule; readonly level: 'error' | 'warning' }>();

  constructor(judged: SarifParts['judged']) {
    this.#checks = judged.map(({ check, verdict }) => ({ ...check, verdict }));
  }

  of(violation: Violation): SarifResult {
    const { file, line, row, row_group: rowGroup, column, fingerprint, message } = violation;
    return {
      ...this.#ruleOf(violation),
      message,
      file,
      line,
      row,
      ...(rowGroup === undefined ? {} : { rowGroup }),
      column,
      fingerprint,
    };
  }

  #ruleOf(violation: Violation): { readonly rule: SarifRule; readonly level: 'error' | 'warning' } {
    const id = ruleId(violation);
    const known = this.#rules.get(id);
    if (known !== undefined) return known;
    const title = ruleName(violation);
    const made = {
      rule: { id, title, help: helpOf(violation, title) },
      level: levelOf(violation.rule, this.#checks),
    };
    this.#rules.set(id, made);
    return made;
  }
}

/** What the rule is, and where one finds the rows. */
function helpOf({ column, rule }: Violation, title: string): string {
  const source = rule.endsWith(')')
    ? `Rows break the rule ${title}, a line of the input \`rules\`.`
    : column === null
      ? `Rows as a whole break \`${title}\`.`
      : `Values of this column break the keyword \`${rule}\` of the JSON Schema of a row: ${title}.`;
  return `${source} Mend the values, or the ${rule.endsWith(')') ? 'rule' : 'schema'} where they are right.`;
}

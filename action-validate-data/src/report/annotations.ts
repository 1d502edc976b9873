/** One annotation per rule that is broken, at its first row: a thousand bad rows are one remark, not a thousand. */

import type { GateResult } from '../../../core/gate/types.ts';
import { type Annotation, shorten } from '../../../core/report/index.ts';
import type { DataDetails, ViolationGroup } from '../types.ts';
import { fileLimit, levelOfGroup, rowCount, rowText, ruleName } from './words.ts';

const titleLimit = 255;
const messageLimit = 600;

/** Errors first, then those with the most rows. Text is raw: not escaped. */
export function annotationsOf(result: GateResult<DataDetails>): readonly Annotation[] {
  const { checks, details } = result.predicate.gate;
  const annotations = details.violations.groups
    .toSorted((a, b) => b.rows - a.rows)
    .flatMap((group) => {
      const made = annotationOf(group, levelOfGroup(group, checks));
      return made === null ? [] : [made];
    });
  return [
    ...annotations.filter(({ level }) => level === 'error'),
    ...annotations.filter(({ level }) => level !== 'error'),
  ];
}

function annotationOf(group: ViolationGroup, level: Annotation['level']): Annotation | null {
  const [first] = group.examples;
  if (first === undefined) return null;
  const { file, line } = first;
  // GitHub shows a line of a file as it stands in the repository: a compressed one has no lines there.
  const shown = line !== null && !/\.(?:gz|zst|bz2)$/i.test(file);
  const where = line === null ? rowText(first) : `line ${line}`;
  return {
    level,
    title: shorten(`${ruleName(group)}: ${rowCount(group.rows)}`, titleLimit),
    message: `${quotedName(group)}: ${rowCount(group.rows)}, first at ${where}${
      shown ? '' : ` of ${shorten(file, fileLimit)}`
    }: ${shorten(first.message, messageLimit)}`,
    place: shown ? { file, startLine: line, endLine: line } : null,
  };
}

/** `` `age` minimum `` */
function quotedName(group: ViolationGroup): string {
  const name = ruleName(group);
  const plain = ruleName({ column: null, rule: group.rule });
  return name === plain ? plain : `\`${name.slice(0, -plain.length - 1)}\` ${plain}`;
}

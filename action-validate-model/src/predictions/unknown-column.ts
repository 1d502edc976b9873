import { nearest } from '../../../core/gate/index.ts';
import type { InputProblem } from '../../../core/inputs/errors.ts';

const mostShown = 20;

/** An input names a column that the file does not have: with the columns that it has, and the nearest one. */
export function unknownColumn(
  input: string,
  column: string,
  columns: readonly string[],
  file: string,
): InputProblem {
  const near = nearest(column, columns);
  const shown = columns.slice(0, mostShown).join(', ');
  const left = columns.length - mostShown;
  return {
    input,
    message: `\`${column}\` is not a column of ${file}`,
    allowed: left > 0 ? `${shown} and ${left} more` : shown,
    ...(near === undefined ? {} : { nearest: near }),
  };
}

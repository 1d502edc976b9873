/** `class-names`: what the numbers 0, 1, 2, … of a model stand for, as after scikit-learn's LabelEncoder. */

import { InputError } from '../../../core/inputs/errors.ts';
import type { Source } from './settle-task.ts';

/**
 * The source with its classes 0 to k-1 called by the given names.
 * @throws InputError when the model emits something else than these numbers.
 */
export function nameClasses<S extends Source>(source: S, names: readonly string[] | null): S {
  if (names === null) return source;
  const { collected } = source;
  const spell = (label: string): string => {
    const name = /^\d+$/.test(label) ? names[Number(label)] : undefined;
    if (name !== undefined) return name;
    throw new InputError([
      {
        input: 'class-names',
        message: `${source.name} emits the class \`${label}\`, which is none of the numbers that ${names.length} names stand for`,
        allowed: `one name for each class of a model whose classes are 0 to ${names.length - 1}, one a line`,
      },
    ]);
  };
  source.classes?.forEach(spell);
  const { predictedLabels } = collected;
  return {
    ...source,
    classes: names,
    scoreClasses: source.scoreClasses?.map(spell) ?? scoreNames(source, names),
    collected: {
      ...collected,
      predictedLabels:
        predictedLabels === null
          ? null
          : { names: predictedLabels.names.map(spell), codes: predictedLabels.codes },
    },
  };
}

/** Scores in the order of the names; a single score of two classes is the second one's. */
function scoreNames({ collected }: Source, names: readonly string[]): readonly string[] | null {
  const width = collected.scores?.width ?? (collected.predictedValues === null ? 0 : 1);
  if (width === names.length) return names;
  return width === 1 && names.length === 2 ? names.slice(1) : null;
}

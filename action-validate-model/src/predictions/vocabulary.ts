/** The spelling of classes: labels and predictions come from different programs, and must mean the same by a name. */

import { RunError } from '../../../core/inputs/errors.ts';
import { type Coded, numberLabel, sortClasses } from './codes.ts';
import type { Collected } from './collect.ts';
import { listed, type Source } from './settle-task.ts';

/** JSON's, pandas' and SQL's spellings. */
const truth: Readonly<Record<string, string>> = {
  false: '0',
  False: '0',
  FALSE: '0',
  true: '1',
  True: '1',
  TRUE: '1',
  0: '0',
  1: '1',
};

export interface Vocabulary<S extends Source> {
  readonly labels: Coded;
  readonly sources: readonly S[];
  /** A class that the user names, in the spelling of the run. */
  readonly spell: (name: string) => string;
}

/**
 * One spelling for truth values: where labels and predictions write them in more than one way (exporters turn
 * booleans into 0 and 1, pandas writes True), false is 0 and true is 1. Anything else is left as it is.
 */
export function alignBooleans<S extends Source>(labels: Coded, sources: readonly S[]): Vocabulary<S> {
  const names = new Set([...labels.names, ...sources.flatMap(statedNames)]);
  if (names.size <= 2 || [...names].some((name) => truth[name] === undefined)) {
    return { labels, sources, spell: (name) => name };
  }
  const spell = (name: string): string => truth[name] ?? name;
  const respell = (coded: Coded): Coded => ({ names: coded.names.map(spell), codes: coded.codes });
  return {
    labels: respell(labels),
    sources: sources.map((source) => ({
      ...source,
      classes: source.classes?.map(spell) ?? null,
      scoreClasses: source.scoreClasses?.map(spell) ?? null,
      collected: {
        ...source.collected,
        predictedLabels:
          source.collected.predictedLabels === null ? null : respell(source.collected.predictedLabels),
      },
    })),
    spell,
  };
}

/** All classes of the run, in scikit-learn's order: the models' own and those of the data. */
export function settleClasses(sources: readonly Source[], labels: Coded, labelColumn: string): string[] {
  if (labels.names.length === 1) {
    throw new RunError(
      `label column \`${labelColumn}\` holds one class only (\`${labels.names[0]}\`, ` +
        `${labels.codes.length.toLocaleString('en')} rows): a classifier cannot be judged on it`,
    );
  }
  for (const source of sources) refuseUnknownLabels(source, labels, labelColumn);
  return sortClasses([...labels.names, ...sources.flatMap(statedNames)]);
}

/** A label that the model cannot say: a spelling mistake far more often than a new class. */
function refuseUnknownLabels({ name, classes }: Source, labels: Coded, labelColumn: string): void {
  if (classes === null) return;
  const known = new Set(classes);
  const code = labels.names.findIndex((label) => !known.has(label));
  if (code < 0) return;
  const rows = labels.codes.reduce((count, value) => count + (value === code ? 1 : 0), 0);
  const first = labels.codes.indexOf(code) + 1;
  throw new RunError(
    `${name} never emits the class \`${labels.names[code]}\`, which label column \`${labelColumn}\` holds in ` +
      `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'} (first in row ${first}); ` +
      `classes of the model: ${listed(classes)}${encodingHint(classes, labels)}`,
  );
}

/** A model trained behind a LabelEncoder knows numbers where the data hold names. */
function encodingHint(classes: readonly string[], labels: Coded): string {
  const numbered = classes.every((_, index) => classes.includes(String(index)));
  const named = labels.names.every((label) => !/^\d+$/.test(label));
  return numbered && named ? '; if these stand for names, list the names in `class-names`' : '';
}

/** Every class that a source speaks of: what it states, what it predicts, what its scores stand for. */
export function statedNames({ classes, scoreClasses, collected }: Source): readonly string[] {
  return [...(classes ?? []), ...(scoreClasses ?? []), ...predictedNames(collected)];
}

/** Whole numbers predicted elsewhere are class names, too. */
function predictedNames({ predictedLabels, predictedValues }: Collected): readonly string[] {
  if (predictedLabels !== null) return predictedLabels.names;
  if (predictedValues === null || !predictedValues.every(Number.isInteger)) return [];
  return [...new Set(predictedValues)].map(numberLabel);
}

/**
 * Predictions and labels without a class in common are spelt differently, and an accuracy of 0 would hide that.
 * A prediction that no row is labelled with is told in a notice: a stray blank looks like this.
 */
export function compareSpelling(source: Source, labels: Coded, labelColumn: string, notices: string[]): void {
  const known = new Set(labels.names);
  const stated = statedNames(source);
  if (stated.length > 0 && !stated.some((name) => known.has(name))) {
    throw new RunError(
      `${source.name} and label column \`${labelColumn}\` have no class in common: ${source.name} has ` +
        `${listed(sortClasses(stated))}, the labels are ${listed(sortClasses(known))}; write both the same way`,
    );
  }
  if (source.classes !== null) return;
  const strange = predictedNames(source.collected).filter((name) => !known.has(name));
  if (strange.length === 0) return;
  notices.push(
    `${source.name} predicts ${strange.length === 1 ? 'a class' : 'classes'} that no row is labelled with: ` +
      `${listed(sortClasses(strange))} (labels: ${listed(sortClasses(known))})`,
  );
}

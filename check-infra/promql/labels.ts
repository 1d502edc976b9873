/**
 * What is known of the labels of a vector. Nothing is guessed: a label is certain, possible, or cannot be there; and only
 * what is certain makes a finding.
 */

export interface Known {
  /** Every series has it, with a value. */
  readonly always: boolean;
  /** It has different values within one job: so the contract says, and no matcher pins it. */
  readonly varied: boolean;
  /** An expression names it, though there is none: told once, and then let be. */
  readonly invented?: true;
}

export interface Labels {
  readonly known: ReadonlyMap<string, Known>;
  /** Others than the known ones may be there. */
  readonly open: boolean;
}

export const noLabels: Labels = { known: new Map(), open: false };
export const anyLabels: Labels = { known: new Map(), open: true };

export function canHave(labels: Labels, name: string): boolean {
  return labels.open || labels.known.has(name);
}

export function hasAlways(labels: Labels, name: string): boolean {
  return labels.known.get(name)?.always === true;
}

export function namesOf(labels: Labels): string[] {
  return [...labels.known].flatMap(([name, { invented }]) => (invented === true ? [] : [name]));
}

/** With one more, or with something else known of it. */
export function withLabel(labels: Labels, name: string, known: Known): Labels {
  return { ...labels, known: new Map(labels.known).set(name, known) };
}

/** Matchers that are not known may have left one value of each. */
export function pinned(labels: Labels): Labels {
  const known = [...labels.known].map(([name, one]): [string, Known] => [name, { ...one, varied: false }]);
  return { ...labels, known: new Map(known) };
}

export function withoutLabels(labels: Labels, names: readonly string[]): Labels {
  return { ...labels, known: new Map([...labels.known].filter(([name]) => !names.includes(name))) };
}

/** Of what may be there, those names alone. */
export function onlyLabels(labels: Labels, names: readonly string[]): Labels {
  const known = names.flatMap((name): [string, Known][] => {
    const here = labels.known.get(name);
    if (here !== undefined) return [[name, here]];
    return labels.open ? [[name, { always: false, varied: false }]] : [];
  });
  return { known: new Map(known), open: false };
}

/** Series of both: certain is what both have for certain. */
export function either(a: Labels, b: Labels): Labels {
  const known = new Map<string, Known>();
  for (const name of new Set([...a.known.keys(), ...b.known.keys()])) {
    const [one, two] = [a.known.get(name), b.known.get(name)];
    known.set(name, {
      always: one?.always === true && two?.always === true,
      varied: one?.varied === true || two?.varied === true,
    });
  }
  return { known, open: a.open || b.open };
}

/**
 * Regular expressions of the simple kind that codes have, `^[A-Z]{3}-[0-9]{5}$`, as a walk over bytes: a sequence of
 * characters and classes with counts. True is "surely matches"; text that is not ASCII, or long where the walk may have
 * to go back, is left to the expression itself.
 */

/** `least` to `most` bytes of the class. */
interface Step {
  /** 1 for each ASCII byte that belongs to it. */
  readonly members: Uint8Array;
  readonly least: number;
  readonly most: number;
}

export type ByteMatch = (bytes: Uint8Array, start: number, end: number) => boolean;

/** Longer texts are left to the expression, which runs under a watch: going back costs a power of the length. */
const longest = 200;

/** Null: not of the simple kind. */
export function bytePattern(source: string): ByteMatch | null {
  const steps = /^\^.*\$$/s.test(source) ? readSteps(source.slice(1, -1)) : null;
  if (steps === null) return null;
  const straight = steps.every((step, index) => !isAmbiguous(step, steps[index + 1]));
  if (straight) return (bytes, start, end) => walk(steps, bytes, start, end);
  if (steps.length > mostSteps) return null;
  return (bytes, start, end) => end - start <= longest && search(steps, 0, bytes, start, end);
}

const mostSteps = 12;

/** Every step takes what it can. */
function walk(steps: readonly Step[], bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (const { members, least, most } of steps) {
    const stop = Math.min(end, at + most);
    const from = at;
    while (at < stop && members[bytes[at] as number] === 1) at += 1;
    if (at - from < least) return false;
  }
  return at === end;
}

/** Every step takes what it can, and gives back what the ones after it need. */
function search(
  steps: readonly Step[],
  index: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const step = steps[index];
  if (step === undefined) return start === end;
  const { members, least, most } = step;
  const stop = Math.min(end, start + most);
  let at = start;
  while (at < stop && members[bytes[at] as number] === 1) at += 1;
  for (; at - start >= least; at -= 1) if (search(steps, index + 1, bytes, at, end)) return true;
  return false;
}

/** A step that may take more or fewer must not be able to take what the next one needs. */
function isAmbiguous(step: Step, next: Step | undefined): boolean {
  if (step.least === step.most || next === undefined) return false;
  return next.least === 0 || step.members.some((member, byte) => member === 1 && next.members[byte] === 1);
}

const item =
  /(\\[dwsDWS]|\\[^\w\s]|\[\^?(?:\\[dws]|\\[^\w\s]|[^\]\\[])+\]|[^\\[\](){}*+?.|^$])(\{\d+(?:,\d*)?\}|[*+?])?/suy;

function readSteps(source: string): Step[] | null {
  const steps: Step[] = [];
  item.lastIndex = 0;
  while (item.lastIndex < source.length) {
    const found = item.exec(source);
    if (found === null) return null;
    const members = membersOf(found[1] ?? '');
    if (members === null) return null;
    steps.push({ members, ...countOf(found[2] ?? '') });
  }
  return steps;
}

function countOf(quantifier: string): { least: number; most: number } {
  if (quantifier === '') return { least: 1, most: 1 };
  if (quantifier === '*') return { least: 0, most: Number.POSITIVE_INFINITY };
  if (quantifier === '+') return { least: 1, most: Number.POSITIVE_INFINITY };
  if (quantifier === '?') return { least: 0, most: 1 };
  const [least = '', most] = quantifier.slice(1, -1).split(',');
  if (most === undefined) return { least: Number(least), most: Number(least) };
  return { least: Number(least), most: most === '' ? Number.POSITIVE_INFINITY : Number(most) };
}

/** Asked of the expression itself, character by character; null when it is none. */
function membersOf(source: string): Uint8Array | null {
  let expression: RegExp;
  try {
    expression = new RegExp(`^${source}$`, 'u');
  } catch {
    return null;
  }
  // Bytes of 128 and more are parts of characters, never members.
  const members = new Uint8Array(256);
  for (let code = 0; code < 128; code += 1) {
    if (expression.test(String.fromCharCode(code))) members[code] = 1;
  }
  return members;
}

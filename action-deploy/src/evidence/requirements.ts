/** Lines of `require-results`: paths and patterns, each perhaps with the digest that the document must have. */

import { InputError, type InputProblem, quote } from '../../../core/inputs/index.ts';

export interface Requirement {
  /** As `core/tables` reads it. */
  readonly pattern: string;
  /** `sha256:…`, as the action that wrote the document gave it in `result-digest`; null: any. */
  readonly digest: string | null;
}

const allowed = 'path@sha256: and 64 digits of 0-9 and a-f, as the output result-digest has it';

/** @throws InputError naming every line that cannot be meant. */
export function readRequirements(lines: readonly string[]): readonly Requirement[] {
  const problems: InputProblem[] = [];
  const requirements = lines.map((line): Requirement => {
    const at = line.search(/@sha(?:256|384|512):/i);
    if (at === -1) return { pattern: line, digest: null };
    const pattern = line.slice(0, at);
    const digest = line.slice(at + 1);
    const refuse = (message: string): void => {
      problems.push({ input: 'require-results', message, allowed });
    };
    if (pattern === '') refuse(`${quote(line)} names no document`);
    else if (!/^sha256:[0-9a-f]{64}$/.test(digest)) refuse(`${quote(digest)} is no digest`);
    else if (/[*?[{]/.test(pattern))
      refuse(`${quote(pattern)} may stand for several documents, and a digest is of one`);
    return { pattern, digest };
  });
  if (problems.length > 0) throw new InputError(problems);
  return requirements;
}

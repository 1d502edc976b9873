import type { InputReader } from '../../../core/inputs/index.ts';
import type { DeployInput } from './names.ts';

/** Inputs that say nothing here: ignoring them in silence would deploy something else than was asked for. */
export function refuse(reader: InputReader, inputs: readonly DeployInput[], why: string): void {
  for (const input of inputs) {
    if (reader.text(input) !== '') reader.add({ input, message: `it cannot be given here: ${why}` });
  }
}

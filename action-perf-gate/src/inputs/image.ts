/** The image that the service runs: a deployment can then require this result for it. */

import type { Subject } from '../../../core/gate/types.ts';
import { type InputReader, quote } from '../../../core/inputs/index.ts';

export function readImage(reader: InputReader): Subject | null {
  const text = reader.text('image');
  if (text === '') return null;
  const match = /^([^\s@]+)@sha256:([0-9a-f]{64})$/.exec(text);
  if (match?.[1] !== undefined && match[2] !== undefined) {
    return { name: match[1], digest: { sha256: match[2] } };
  }
  reader.add({
    input: 'image',
    message: `${quote(text)} does not name an image by its digest`,
    allowed: 'repository@sha256:… with 64 hexadecimal digits',
  });
  return null;
}

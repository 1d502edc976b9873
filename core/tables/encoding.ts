/** Text in other encodings, turned into UTF-8 chunk by chunk. */

import { RunError } from '../inputs/errors.ts';

/** The label's name in the WHATWG Encoding Standard (`latin1` is `windows-1252`); undefined: there is none. */
export function encodingName(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

interface Decoder {
  /** Without bytes: the end. @throws TypeError for bytes that stand for no character. */
  decode(bytes?: Uint8Array): string;
}

/** Windows-1252 from 0x80 to 0x9f, https://encoding.spec.whatwg.org/index-windows-1252.txt; the rest is Latin-1. */
const upperControls = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Some releases of Node 20 to 24 read Windows-1252 as Latin-1 (https://github.com/nodejs/node/issues/60888). */
const windows1252: Decoder = {
  decode: (bytes) =>
    bytes === undefined
      ? ''
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
          .toString('latin1')
          .replace(/[\x80-\x9f]/g, (character) => upperControls[character.charCodeAt(0) - 0x80] ?? character),
};

function newDecoder(name: string): Decoder {
  if (name === 'windows-1252') return windows1252;
  const decoder = new TextDecoder(name, { fatal: true });
  return {
    decode: (bytes) => (bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })),
  };
}

/**
 * The text of the chunks as UTF-8, without a byte order mark. `open` may be called a second time, to find the
 * line of a mistake.
 * @throws RunError naming the line, when bytes stand for no character in that encoding or a mark contradicts it.
 */
export async function* decodeChunks(
  path: string,
  label: string,
  open: () => AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const name = encodingName(label);
  if (name === undefined) throw new RunError(`${path}: there is no text encoding ${JSON.stringify(label)}`);
  const decoder = newDecoder(name);
  let index = 0;
  for await (const chunk of open()) {
    if (index === 0) refuseOtherMark(path, chunk, label, name);
    const text = await attempt(() => decoder.decode(chunk), index);
    if (text !== '') yield Buffer.from(text);
    index += 1;
  }
  const rest = await attempt(() => decoder.decode(), index);
  if (rest !== '') yield Buffer.from(rest);

  async function attempt(decode: () => string, chunk: number): Promise<string> {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const line = await lineOfMistake(newDecoder(name ?? ''), open, chunk);
      throw new RunError(`${path}:${line}: not ${label} text; which encoding does the file have?`);
    }
  }
}

function refuseOtherMark(path: string, head: Buffer, label: string, name: string): void {
  const mark = markOf(head);
  if (mark === undefined || mark === name) return;
  throw new RunError(
    `${path}: the file begins with the byte order mark of ${mark}, but it is read with encoding=${label}`,
  );
}

/** The encoding that a byte order mark names. */
export function markOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
}

/** Decodes once more, the bad chunk byte by byte. */
async function lineOfMistake(
  decoder: Decoder,
  open: () => AsyncIterable<Buffer>,
  badChunk: number,
): Promise<number> {
  const lines = new LineCounter();
  let index = 0;
  try {
    for await (const chunk of open()) {
      if (index < badChunk) lines.add(decoder.decode(chunk));
      else for (const byte of chunk) lines.add(decoder.decode(Uint8Array.of(byte)));
      index += 1;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return lines.line;
}

/** LF, CRLF and a lone CR each end a line. */
class LineCounter {
  line = 1;
  private afterReturn = false;

  add(text: string): void {
    for (const character of text) {
      if (character === '\r' || (character === '\n' && !this.afterReturn)) this.line += 1;
      this.afterReturn = character === '\r';
    }
  }
}

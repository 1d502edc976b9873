/** What is sent: one request from the inputs, or a corpus of them. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Subject } from '../../../core/gate/types.ts';
import { type InputReader, quote } from '../../../core/inputs/index.ts';
import type { RequestTemplate } from '../load/types.ts';
import { readCorpus } from './corpus.ts';
import { type Header, readHeaderLine } from './headers.ts';
import { bodyHeaders, methodMistake, usualMethod, withUsualHeaders } from './request.ts';

export interface Requests {
  readonly templates: readonly RequestTemplate[];
  /** The files that they were read from, as they were then. */
  readonly files: readonly Subject[];
  /** `sha256:…` over what is sent, so that two runs can be told to have sent the same. */
  readonly digest: string;
}

const largestFile = 64 * 1024 * 1024;
/** Mistakes that are shown of one corpus. */
const mostMistakes = 20;

export function readRequests(reader: InputReader): Requests {
  const headers = readHeaderLines(reader);
  const corpus = readTextFile(reader, 'requests-path');
  if (corpus !== null) return fromCorpus(reader, corpus, headers);
  const { body, files } = readBodyInputs(reader);
  const method = reader.text('method', usualMethod(body));
  const mistake = methodMistake(method, body);
  if (mistake !== null) reader.add({ input: 'method', ...mistake });
  const template: RequestTemplate = {
    name: 'request',
    method: method.toUpperCase(),
    path: '',
    headers: withUsualHeaders([...headers, ...bodyHeaders(headers, body, false)]),
    body,
    weight: 1,
  };
  return { templates: [template], files, digest: digestOf([template]) };
}

interface TextFile {
  readonly file: Subject;
  readonly text: string;
}

function fromCorpus(reader: InputReader, { file, text }: TextFile, headers: readonly Header[]): Requests {
  for (const input of ['body', 'body-path']) {
    if (reader.text(input) === '') continue;
    reader.add({ input, message: 'excludes `requests-path`: each request of it has its own body' });
  }
  const method = reader.text('method') || null;
  const { requests, problems } = readCorpus(text, { method, headers });
  for (const { line, message, ...hints } of problems.slice(0, mostMistakes)) {
    reader.add({ input: 'requests-path', message: `${file.name}:${line}: ${message}`, ...hints });
  }
  if (problems.length > mostMistakes) {
    reader.add({ input: 'requests-path', message: `${problems.length - mostMistakes} more mistakes` });
  }
  if (requests.length === 0 && problems.length === 0) {
    reader.add({
      input: 'requests-path',
      message: `${file.name} holds no request`,
      allowed: 'one JSON object a line',
    });
  }
  return { templates: requests, files: [file], digest: digestOf(requests) };
}

function readHeaderLines(reader: InputReader): readonly Header[] {
  return reader.lines('headers').flatMap((line, index): Header[] => {
    const reading = readHeaderLine(line);
    if (reading.ok) return [reading.header];
    const { message, ...hints } = reading.mistake;
    reader.add({ input: 'headers', message: `line ${index + 1}: ${message}`, ...hints });
    return [];
  });
}

function readBodyInputs(reader: InputReader): { body: Uint8Array | null; files: readonly Subject[] } {
  const text = reader.raw('body');
  const given = text.trim() !== '';
  const file = readBytes(reader, 'body-path');
  if (given && file !== null)
    reader.add({ input: 'body', message: 'excludes `body-path`', allowed: 'one of both' });
  if (file !== null) return { body: file.bytes, files: [file.file] };
  return { body: given ? Buffer.from(text, 'utf8') : null, files: [] };
}

function readTextFile(reader: InputReader, input: string): TextFile | null {
  const read = readBytes(reader, input);
  return read === null ? null : { file: read.file, text: read.bytes.toString('utf8') };
}

/** At once, so that what is wrong in the file is told beside what is wrong in the inputs. */
function readBytes(reader: InputReader, input: string): { file: Subject; bytes: Buffer } | null {
  const path = reader.path(input);
  if (path === null) return null;
  const shown = relative(reader.workspace, path).split(sep).join('/') || reader.text(input);
  try {
    const bytes = readFileSync(path);
    if (bytes.length <= largestFile)
      return { file: { name: shown, digest: { sha256: sha256(bytes) } }, bytes };
    reader.add({ input, message: `${quote(shown)} is larger than 64 MiB` });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    reader.add({ input, message: `${quote(shown)} ${why}` });
  }
  return null;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function digestOf(requests: readonly RequestTemplate[]): string {
  const hash = createHash('sha256');
  for (const { name, method, path, headers, body, weight } of requests) {
    hash.update(JSON.stringify([name, method, path, headers, weight, body?.length ?? null]));
    if (body !== null) hash.update(body);
    hash.update('\n');
  }
  return `sha256:${hash.digest('hex')}`;
}

/** A folder with `pipeline.yaml` as a pipeline, or everything that is wrong with it at once. */

import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { nearest } from '../../../../core/gate/index.ts';
import { isInside, quote, RunError } from '../../../../core/inputs/index.ts';
import { codeOf, readText } from './own-file.ts';
import { readSink } from './read-sink.ts';
import { readSource } from './read-source.ts';
import { readSteps } from './read-steps.ts';
import type { Pipeline, PipelineFile, Source } from './types.ts';
import { isName, nameRule, parseMebibytes } from './values.ts';
import { type Entry, YamlReader } from './yaml-reader.ts';

const fileName = 'pipeline.yaml';
const largestFile = 8 << 20;

/** Reads files of the pipeline's folder, once each. */
export interface Files {
  /** Null, with a problem, when there is no such file. */
  read(entry: Entry | undefined, where: string, line: number): PipelineFile | null;
}

/**
 * Reads and checks a pipeline; no data is touched.
 * @throws RunError with all mistakes, a line each, as `pipeline.yaml:12: …`
 */
export function readPipeline(folder: string): Pipeline {
  const root = resolve(folder);
  const text = readText(
    join(root, fileName),
    join(folder, fileName),
    `; a pipeline is a folder with ${fileName} in it`,
  );
  const reader = new YamlReader(join(folder, fileName));
  const top = reader.parse(text);
  if (top === null) throw new RunError(reader.problems.join('\n'));
  const digest = createHash('sha256').update(text);
  const entries = reader.entries(top, 'the pipeline', ['name', 'sources', 'steps', 'sink', 'limits']);
  const files: Files = {
    read: (entry, where, line) => {
      const file = readOwnFile(reader, root, entry, where, line);
      if (file !== null) digest.update(`\0${file.shown}\0${file.text}`);
      return file;
    },
  };
  const name = reader.text(entries.get('name'), 'name', 1);
  if (name !== null && !isName(name))
    reader.problem(entries.get('name')?.line ?? 1, `name ${quote(name)}: ${nameRule}`);
  const sources = readSources(reader, entries.get('sources'), files);
  const steps = readSteps(reader, entries.get('steps'), sources, files);
  const tables = [...sources.map((source) => source.name), ...steps.map((step) => step.name)];
  const sink = readSink(reader, entries.get('sink'), { tables, root, sources });
  const limits = readLimits(reader, entries.get('limits'));
  if (reader.problems.length > 0 || name === null || sink === null) {
    throw new RunError(reader.problems.join('\n'));
  }
  return { name, folder: root, sources, steps, sink, limits, digest: `sha256:${digest.digest('hex')}` };
}

function readSources(reader: YamlReader, entry: Entry | undefined, files: Files): Source[] {
  const map = reader.map(entry, 'sources', 1);
  if (map === null) return [];
  const sources: Source[] = [];
  for (const [name, own] of reader.entries(map, 'sources', null)) {
    if (!isName(name)) reader.problem(own.line, `source ${quote(name)}: ${nameRule}`);
    const source = readSource(reader, name, own, files);
    if (source !== null) sources.push(source);
  }
  if (map.items.length === 0) reader.problem(entry?.line ?? 1, 'sources: at least one is needed');
  return sources;
}

function readLimits(reader: YamlReader, entry: Entry | undefined): Pipeline['limits'] {
  const limits = { memoryMebibytes: 384, threads: 2 };
  if (entry === undefined) return limits;
  const map = reader.map(entry, 'limits', entry.line);
  if (map === null) return limits;
  const own = reader.entries(map, 'limits', ['memory', 'threads']);
  const memory = own.get('memory');
  if (memory !== undefined) {
    const text = reader.text(memory, 'limits.memory', memory.line) ?? '';
    const mebibytes = parseMebibytes(text);
    if (mebibytes !== null && mebibytes >= 128) limits.memoryMebibytes = mebibytes;
    else if (text !== '')
      reader.problem(memory.line, `limits.memory is ${quote(text)}; allowed: 128MiB or more, such as 512MiB`);
  }
  const threads = own.get('threads');
  if (threads !== undefined) {
    const text = reader.text(threads, 'limits.threads', threads.line) ?? '';
    if (/^[1-9]\d?$/.test(text)) limits.threads = Number(text);
    else if (text !== '') reader.problem(threads.line, `limits.threads is ${quote(text)}; allowed: 1 to 99`);
  }
  return limits;
}

/** A file inside the pipeline's folder: a pipeline can be copied, and its digest says all that it does. */
function readOwnFile(
  reader: YamlReader,
  root: string,
  entry: Entry | undefined,
  where: string,
  line: number,
): PipelineFile | null {
  const shown = reader.text(entry, where, line);
  if (shown === null) return null;
  const at = entry?.line ?? line;
  const path = resolve(root, shown);
  if (!isInside(root, path)) {
    reader.problem(at, `${where}: ${shown} lies outside the pipeline's folder`);
    return null;
  }
  try {
    const stats = statSync(path);
    if (!stats.isFile()) reader.problem(at, `${where}: ${shown} is no file`);
    else if (stats.size > largestFile) reader.problem(at, `${where}: ${shown} has ${stats.size} bytes`);
    else return { path, shown, text: readFileSync(path, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    const code = codeOf(error);
    const why = code === 'ENOENT' ? `does not exist${nearFile(path)}` : `cannot be read (${code})`;
    reader.problem(at, `${where}: ${shown} ${why}`);
  }
  return null;
}

function nearFile(path: string): string {
  let entries: Dirent[];
  try {
    entries = readdirSync(dirname(path), { withFileTypes: true });
  } catch {
    return '';
  }
  const names = entries.filter((each) => each.isFile()).map((each) => each.name);
  const near = nearest(path.slice(dirname(path).length + 1), names);
  return near === undefined ? '' : `; did you mean ${quote(near)}?`;
}

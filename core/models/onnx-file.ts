/** Reads an .onnx file: its bytes, graph and digests, with one clear error for each way in which it may be wrong. */

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { RunError } from '../inputs/errors.ts';
import { describeForeignFile } from './file-kind.ts';
import { type OnnxGraph, readOnnxGraph } from './onnx-graph.ts';
import type { ModelFacts } from './types.ts';
import { WireError } from './wire.ts';

export interface OnnxFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly graph: OnnxGraph;
  /** The model and its external data files. */
  readonly files: ModelFacts['files'];
}

/** @throws RunError naming the file and what is wrong with it. */
export async function readOnnxFile(path: string): Promise<OnnxFile> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new RunError(`Model file ${path} does not exist.`);
  if (stat.isDirectory()) throw new RunError(`Model file ${path} is a folder.`);
  if (stat.size === 0) throw new RunError(`Model file ${path} is empty.`);
  if (stat.size >= 2 ** 31) {
    throw new RunError(
      `Model file ${path} has ${stat.size} bytes; an ONNX file holds at most 2 GB: store its weights as external data.`,
    );
  }
  const bytes = await readFile(path);
  const foreign = describeForeignFile(bytes.subarray(0, 4096));
  if (foreign !== null) throw new RunError(`Model file ${path} is not an ONNX model: it ${foreign}.`);
  const graph = parse(path, bytes);
  const external = graph.externalData.map((location) => externalFile(path, location));
  const files = [{ name: path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: stat.size }];
  for (const file of external) files.push(await digestOf(file));
  return { path, bytes, graph, files };
}

/** Path as given, digest and size of a file, read as a stream. */
export async function digestOf(path: string): Promise<ModelFacts['files'][number]> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { name: path, sha256: hash.digest('hex'), bytes };
}

/** All files below a folder with their digests, in the order of their names, which begin with `shown`. */
export async function digestFolder(folder: string, shown: string): Promise<ModelFacts['files']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files: ModelFacts['files'][number][] = [];
  for (const path of paths.sort()) {
    files.push({ ...(await digestOf(path)), name: join(shown, relative(folder, path)).replaceAll(sep, '/') });
  }
  return files;
}

function parse(path: string, bytes: Uint8Array): OnnxGraph {
  try {
    return readOnnxGraph(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const truncated = error.message.startsWith('ends');
    // The first field of every known exporter's file is the IR version.
    if (truncated && bytes[0] === 0x08) {
      throw new RunError(
        `Model file ${path} is truncated: it ${error.message} (${bytes.length} bytes). Was the download or the upload complete?`,
      );
    }
    throw new RunError(`Model file ${path} is not an ONNX model: it ${error.message}.`);
  }
}

function externalFile(model: string, location: string): string {
  const folder = dirname(model);
  const file = normalize(join(folder, location));
  const inside = relative(folder, file);
  if (isAbsolute(location) || inside === '..' || inside.startsWith(`..${sep}`)) {
    throw new RunError(
      `Model file ${model} keeps weights in ${location}, which is outside of its folder; that is refused.`,
    );
  }
  if (!existsSync(file)) {
    throw new RunError(
      `Model file ${model} keeps weights in the external data file ${location}, which is not beside it: ` +
        `${basename(location)} must be committed or downloaded with the model.`,
    );
  }
  return file;
}

/**
 * Kubeconfig files, merged as kubectl merges them: of clusters, users and contexts with one name the first file's counts,
 * and so does the first `current-context` that is not empty.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */

import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { RunError } from '../../../../../core/inputs/index.ts';
import { isObject, type JsonObject, listAt, objectAt, textAt } from '../../../../../core/kubernetes/index.ts';
import { type Places, shownPath } from './place.ts';

/** A cluster, user or context, and where it stands: paths in it are relative to its file. */
export interface Entry {
  readonly name: string;
  readonly body: JsonObject;
  /** Absolute. */
  readonly folder: string;
  /** As messages name the file. */
  readonly shown: string;
}

export interface MergedKubeconfig {
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly currentContext: string;
  /** As messages name the files. */
  readonly shown: string;
}

export interface KubeconfigFiles {
  /** Absolute, the first counts most. */
  readonly paths: readonly string[];
  /** KUBECONFIG names them: it is wrong when none is there. */
  readonly isNamed: boolean;
}

/** KUBECONFIG's list, else `~/.kube/config`. */
export function kubeconfigFiles(
  env: Readonly<Record<string, string | undefined>>,
  { workspace, home }: Places,
): KubeconfigFiles {
  const named = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (named.length > 0) return { paths: named.map((path) => resolve(workspace, path)), isNamed: true };
  return { paths: home === null ? [] : [join(home, '.kube', 'config')], isNamed: false };
}

/**
 * Null where no file is there and none was named.
 * @throws RunError when a file cannot be read, is no kubeconfig, or none of those named is there.
 */
export async function readKubeconfig(
  { paths, isNamed }: KubeconfigFiles,
  places: Places,
): Promise<MergedKubeconfig | null> {
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  const contexts = new Map<string, Entry>();
  let currentContext = '';
  const read: string[] = [];
  for (const path of paths) {
    const shown = shownPath(path, places);
    const text = await textOf(path, shown);
    if (text === null) continue;
    read.push(shown);
    const file = parse(text, shown);
    const place = { folder: dirname(path), shown };
    take(clusters, file, 'clusters', 'cluster', place);
    take(users, file, 'users', 'user', place);
    take(contexts, file, 'contexts', 'context', place);
    if (currentContext === '') currentContext = textAt(file, 'current-context');
  }
  if (read.length === 0) {
    if (!isNamed) return null;
    const names = paths.map((path) => shownPath(path, places)).join(', ');
    throw new RunError(`KUBECONFIG names ${names}: there is no such file`);
  }
  return { clusters, users, contexts, currentContext, shown: read.join(', ') };
}

async function textOf(path: string, shown: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT') return null;
    throw new RunError(`the kubeconfig ${shown} cannot be read: ${code}`);
  }
}

function parse(text: string, shown: string): JsonObject {
  const document = parseDocument(text, { version: '1.2', prettyErrors: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    // The message goes on with an excerpt, which may hold a token.
    const [line = ''] = problem.message.split('\n');
    throw new RunError(`the kubeconfig ${shown} is not YAML: ${line.replace(/:$/, '')}`);
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // Aliases: of nothing, or too many.
    throw new RunError(
      `the kubeconfig ${shown} is not YAML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (value === null) return {};
  if (!isObject(value)) throw new RunError(`the kubeconfig ${shown} is not a mapping`);
  const kind = textAt(value, 'kind');
  if (kind !== '' && kind !== 'Config')
    throw new RunError(`the kubeconfig ${shown} is a ${kind}, not a Config`);
  return value;
}

function take(
  into: Map<string, Entry>,
  file: JsonObject,
  list: string,
  key: string,
  place: { readonly folder: string; readonly shown: string },
): void {
  for (const item of listAt(file, list)) {
    const name = textAt(item, 'name');
    if (name !== '' && !into.has(name)) into.set(name, { name, body: objectAt(item, key), ...place });
  }
}

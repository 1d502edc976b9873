/** The text of a manifest as objects, each with the place that it came from. */

import { LineCounter, parseAllDocuments, type ScalarTag, type Tags } from 'yaml';
import { quote, RunError } from '../inputs/index.ts';
import {
  isKubeObject,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  textAt,
} from './json.ts';

export interface Manifest {
  readonly object: KubeObject;
  /** `k8s/web.yaml:12`, or `the chart charts/web`: where messages say that it stands. */
  readonly place: string;
}

/**
 * YAML as kubectl reads it, which is 1.1 with some of its types left out: `0644` is octal and `yes` a boolean, but `12:30` and
 * `2026-01-02` are texts. JSON is YAML.
 */
function kubernetesTags(tags: Tags): Tags {
  const left = new Set(['timestamp', 'intTime', 'floatTime', 'binary', 'set', 'omap', 'pairs']);
  const isLeft = (tag: Tags[number]): boolean => {
    if (typeof tag === 'string') return left.has(tag);
    const format = 'format' in tag ? tag.format : undefined;
    return format === 'TIME' || left.has(tag.tag.replace('tag:yaml.org,2002:', ''));
  };
  return [...tags.filter((tag) => !isLeft(tag)), octal, binary];
}

/** `0o644`, which is of YAML 1.2. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^0o[0-7]+$/,
  resolve: (text) => Number(text),
};

/** A text, since JSON has no bytes. */
const binary: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  default: false,
  resolve: (text) => Buffer.from(text, 'base64').toString('utf8'),
};

/**
 * Several documents; empty ones are left out, and lists are taken apart.
 * `placeOf` names a line, counted from 1.
 * @throws RunError naming the line of what is no YAML, or no object of Kubernetes.
 */
export function parseManifests(text: string, placeOf: (line: number) => string): Manifest[] {
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: counter,
    version: '1.1',
    customTags: kubernetesTags,
    prettyErrors: false,
    // A mapping as a key is told by what is made of it, not by a warning of the process.
    logLevel: 'error',
    // As kubectl: aliases are allowed, but not to make a file of any size out of few lines.
    merge: true,
  });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) {
      const place = placeOf(counter.linePos(problem.pos[0]).line);
      throw new RunError(`${place} is not YAML: ${problem.message}`);
    }
    const start = document.contents?.range?.[0];
    const place = placeOf(start === undefined ? 1 : counter.linePos(start).line);
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 1000 });
    } catch (error) {
      throw new RunError(
        `${place} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    return value === null || value === undefined ? [] : objectsOf(value as Json, place);
  });
}

function objectsOf(value: Json, place: string): Manifest[] {
  if (!isObject(value)) throw new RunError(`${place} is not an object of Kubernetes: it is no mapping`);
  const kind = textAt(value, 'kind');
  const apiVersion = textAt(value, 'apiVersion');
  if (kind === '' || apiVersion === '')
    throw new RunError(
      `${place} is not an object of Kubernetes: it has no ${kind === '' ? 'kind' : 'apiVersion'}`,
    );
  if (kind === 'List' || (kind.endsWith('List') && Array.isArray(value.items)))
    return listAt(value, 'items').flatMap((item) => objectsOf(itemOf(value, item), place));
  return [{ object: named(value, kind, place), place }];
}

/** Items of a list of one kind need not name it: it is the list's. As apimachinery's UnstructuredJSONScheme has it. */
function itemOf(list: JsonObject, item: Json): Json {
  const kind = textAt(list, 'kind').replace(/List$/, '');
  if (!isObject(item) || kind === '' || textAt(item, 'kind') !== '') return item;
  return { ...item, apiVersion: textAt(list, 'apiVersion'), kind };
}

function named(value: JsonObject, kind: string, place: string): KubeObject {
  if (isKubeObject(value)) return value;
  if (textAt(value, 'metadata', 'generateName') !== '') {
    throw new RunError(
      `${place}: a ${kind} with generateName has another name each time, so that nothing can be compared or put back; give it a name`,
    );
  }
  throw new RunError(`${place}: a ${kind} has no metadata.name${kind === '' ? '' : nameHint(value)}`);
}

function nameHint(value: JsonObject): string {
  const name = isObject(value.metadata) ? value.metadata.name : undefined;
  return name === undefined ? '' : ` that is a text, but ${quote(JSON.stringify(name))}`;
}

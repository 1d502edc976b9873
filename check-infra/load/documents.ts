/** Documents of a YAML file, one by one, so that a broken one takes no other with it. */

import { isCollection, isPair, LineCounter, parseAllDocuments, visit } from 'yaml';
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  oneLine,
  podSpecOf,
  textAt,
} from '../../core/kubernetes/index.ts';

export interface Document {
  readonly text: string;
  /** How many lines stand before it. */
  readonly line: number;
}

/** A line of `---` ends a document wherever it stands: no text in YAML can hold one. Line ends are those of any system. */
export function documentsOf(text: string): Document[] {
  const found: Document[] = [];
  let lines: string[] = [];
  let start = 0;
  text.split(/\r\n?|\n/).forEach((line, index) => {
    if (/^---(?:\s|$)/.test(line)) {
      found.push({ text: lines.join('\n'), line: start });
      lines = [line.slice(3)];
      start = index;
    } else lines.push(line);
  });
  found.push({ text: lines.join('\n'), line: start });
  return found;
}

export class Broken extends Error {
  /** Within the document. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** The value of a document, or why it has none. */
export function readDocument(text: string): { readonly value: unknown; readonly line: number } | Broken {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    merge: true,
    logLevel: 'error',
  });
  const first = Array.isArray(documents) ? documents[0] : undefined;
  if (first === undefined) return { value: null, line: 1 };
  const [problem] = first.errors;
  if (problem !== undefined)
    return new Broken(oneLine(problem.message, 200), lineCounter.linePos(problem.pos[0]).line);
  let key: number | null = null;
  visit(first, {
    Pair: (_, pair) => {
      if (isPair(pair) && isCollection(pair.key)) key ??= pair.key.range?.[0] ?? 0;
    },
  });
  // kubectl and Prometheus refuse such keys; `{{ $value }}` without quotes is one.
  if (key !== null)
    return new Broken(
      'a mapping stands where a key belongs: braces need quotes',
      lineCounter.linePos(key).line,
    );
  const start = first.contents?.range?.[0];
  const line = start === undefined ? 1 : lineCounter.linePos(start).line;
  try {
    const value: unknown = first.toJS({ maxAliasCount: 1000 });
    return holdsItself(value, new Set())
      ? new Broken('an anchor stands for something that holds itself, and so has no end', line)
      : { value, line };
  } catch (error) {
    return new Broken(oneLine(error instanceof Error ? error.message : String(error), 200), 1);
  }
}

function holdsItself(value: unknown, above: Set<unknown>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (above.has(value)) return true;
  above.add(value);
  const found = Object.values(value).some((below) => holdsItself(below, above));
  above.delete(value);
  return found;
}

export interface Listed {
  readonly documents: readonly Document[];
  /** Objects that no API server takes. */
  readonly odd: readonly { readonly line: number; readonly why: string }[];
}

/** The objects of a document: those of a list apart, and one that gets its name when it is made with a name that shows that. */
export function objectsIn(value: JsonObject, document: Document, line: number): Listed {
  const items = itemsOf(value);
  if (items === null) return objectIn(value, document, line, false);
  const all = items.map((item) => objectIn(item, { ...document, text: textFor(item, line) }, line, true));
  return { documents: all.flatMap(({ documents }) => documents), odd: all.flatMap(({ odd }) => odd) };
}

/** Null: it is no list. Items of a list of one kind need not name it. */
function itemsOf(value: JsonObject): JsonObject[] | null {
  const { kind, apiVersion, items } = value;
  if (
    typeof kind !== 'string' ||
    !/List$/.test(kind) ||
    typeof apiVersion !== 'string' ||
    !Array.isArray(items)
  )
    return null;
  const own = kind.slice(0, -'List'.length);
  return listAt(value, 'items')
    .filter(isObject)
    .flatMap((item) => {
      const whole = own === '' || typeof item.kind === 'string' ? item : { apiVersion, kind: own, ...item };
      return itemsOf(whole) ?? [whole];
    });
}

function objectIn(value: JsonObject, document: Document, line: number, isItem: boolean): Listed {
  const { apiVersion, kind, metadata } = value;
  // Other tools use `apiVersion` and `kind` for their own files too; those have no name as objects have.
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || isOfTools(apiVersion)) return none;
  const name = isObject(metadata) ? metadata.name : undefined;
  if (typeof name === 'string') return { documents: [document], odd: [] };
  const prefix = textAt(value, 'metadata', 'generateName');
  if (name === undefined && prefix !== '') {
    const named = { ...value, metadata: { ...(isObject(metadata) ? metadata : {}), name: `${prefix}…` } };
    return { documents: [{ ...document, text: textFor(named, line) }], odd: [] };
  }
  const isMeant = isItem || runsPods({ apiVersion, kind, ...value });
  const why =
    name === undefined || name === null
      ? 'has no metadata.name'
      : `has a name that is no text: ${JSON.stringify(name)}`;
  return isMeant ? { documents: [], odd: [{ line: document.line + line, why: `a ${kind} ${why}` }] } : none;
}

const none: Listed = { documents: [], odd: [] };

function isOfTools(apiVersion: string): boolean {
  return apiVersion.startsWith('kustomize.config.k8s.io/');
}

function runsPods(value: JsonObject & { readonly apiVersion: string; readonly kind: string }): boolean {
  const spec = podSpecOf({ ...value, metadata: { name: '' } });
  return spec !== null && listAt(spec, 'containers').length > 0;
}

/** JSON is YAML; on the line where it stood. */
function textFor(value: Json, line: number): string {
  return '\n'.repeat(line - 1) + JSON.stringify(value);
}

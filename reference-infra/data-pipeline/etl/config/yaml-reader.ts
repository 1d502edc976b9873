/** Reading YAML strictly: every mistake with its line, all of them at once. */

import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { nearest } from '../../../../core/gate/index.ts';
import { quote } from '../../../../core/inputs/index.ts';

export type Entry = { readonly value: Node | null; readonly line: number };

export class YamlReader {
  readonly problems: string[] = [];
  private readonly shown: string;
  private readonly lines = new LineCounter();

  /** `shown`: the file's name in messages. */
  constructor(shown: string) {
    this.shown = shown;
  }

  /** The map at the top; null when the text is no YAML, or no map. */
  parse(text: string): YAMLMap | null {
    const document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, uniqueKeys: true });
    for (const { message, pos } of document.errors) this.problem(this.lines.linePos(pos[0]).line, message);
    if (document.errors.length > 0) return null;
    if (isMap(document.contents)) return document.contents;
    this.problem(1, 'a map with name, sources and sink is expected');
    return null;
  }

  problem(line: number, message: string): void {
    this.problems.push(`${this.shown}:${line}: ${message}`);
  }

  lineOf(node: Node | null | undefined): number {
    const at = node?.range?.[0];
    return at === undefined ? 1 : this.lines.linePos(at).line;
  }

  /** The entries of a map by key. Keys that are not `allowed` are problems with the nearest allowed one. */
  entries(map: YAMLMap, where: string, allowed: readonly string[] | null): ReadonlyMap<string, Entry> {
    const found = new Map<string, Entry>();
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const line = this.lineOf(pair.key);
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (allowed !== null && !allowed.includes(key)) {
        this.problem(line, `${where}: unknown key ${quote(key)}${hint(key, allowed)}`);
        continue;
      }
      found.set(key, { value: pair.value, line });
    }
    return found;
  }

  map(entry: Entry | undefined, where: string, line: number): YAMLMap | null {
    if (entry !== undefined && isMap(entry.value)) return entry.value;
    this.problem(entry?.line ?? line, `${where} ${entry === undefined ? 'is missing' : 'must be a map'}`);
    return null;
  }

  text(entry: Entry | undefined, where: string, line: number): string | null {
    if (entry === undefined) {
      this.problem(line, `${where} is missing`);
      return null;
    }
    const { value } = entry;
    if (isScalar(value) && ['string', 'number'].includes(typeof value.value)) {
      // As written: 007 and 1.0 are names, too.
      const written = String(value.value);
      const text = typeof value.value === 'string' ? written : (value.source ?? written);
      if (text.includes('\0')) this.problem(entry.line, `${where} holds a NUL character`);
      else if (text.trim() !== '') return text;
      else this.problem(entry.line, `${where} is empty`);
      return null;
    }
    this.problem(entry.line, `${where} must be text`);
    return null;
  }

  boolean(entry: Entry | undefined, where: string, otherwise: boolean): boolean {
    if (entry === undefined) return otherwise;
    if (isScalar(entry.value) && typeof entry.value.value === 'boolean') return entry.value.value;
    this.problem(entry.line, `${where} must be true or false`);
    return otherwise;
  }

  oneOf<Name extends string>(
    entry: Entry | undefined,
    where: string,
    line: number,
    allowed: readonly Name[],
  ): Name | null {
    const text = this.text(entry, where, line);
    if (text === null) return null;
    const known = allowed.find((each) => each === text);
    if (known === undefined) {
      this.problem(entry?.line ?? line, `${where} is ${quote(text)}${hint(text, allowed)}`);
    }
    return known ?? null;
  }

  /** One text, or a list of texts. */
  texts(entry: Entry | undefined, where: string): string[] {
    if (entry === undefined) return [];
    if (!isSeq(entry.value)) {
      const text = this.text(entry, where, entry.line);
      return text === null ? [] : [text];
    }
    return entry.value.items.flatMap((item) => {
      const node = item as Node | null;
      const text = this.text({ value: node, line: this.lineOf(node) }, `each of ${where}`, entry.line);
      return text === null ? [] : [text];
    });
  }

  /** The items of a list that are maps. */
  maps(entry: Entry | undefined, where: string): YAMLMap[] {
    if (entry === undefined) return [];
    if (!isSeq(entry.value)) {
      this.problem(entry.line, `${where} must be a list`);
      return [];
    }
    return entry.value.items.flatMap((item) => {
      if (isMap(item)) return [item];
      this.problem(entry.line, `each of ${where} must be a map`);
      return [];
    });
  }
}

/** `; allowed: a, b; did you mean "a"?` */
export function hint(name: string, allowed: readonly string[]): string {
  const near = nearest(name, allowed);
  return `; allowed: ${allowed.join(', ')}${near === undefined ? '' : `; did you mean ${quote(near)}?`}`;
}

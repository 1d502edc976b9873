/**
 * A strict reader of XML: every tag closed, every attribute quoted, every entity known. It knows only what our pages
 * and our JUnit files may hold, so that anything else (a comment, a script, an unquoted attribute) is an error.
 */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly parent: string | null;
}

export interface Page {
  readonly elements: readonly Element[];
  readonly text: string;
}

const tag = /<(\/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z:-]+="[^"<]*")*)\s*(\/?)>/y;
const entity = /&(?:amp|lt|gt|quot|#\d+);/g;

export function readXml(source: string): Page {
  const start = source.replace(/^(?:<!doctype html>|<\?xml version="1\.0" encoding="UTF-8"\?>)\n/, '');
  const elements: Element[] = [];
  const open: string[] = [];
  let text = '';
  let at = 0;
  while (at < start.length) {
    const next = start.indexOf('<', at);
    const end = next === -1 ? start.length : next;
    const piece = start.slice(at, end);
    if (piece.replace(entity, '').includes('&')) throw new Error(`bare & in ${piece.slice(0, 200)}`);
    text += decode(piece);
    if (next === -1) break;
    tag.lastIndex = next;
    const found = tag.exec(start);
    if (found === null) throw new Error(`not a tag: ${start.slice(next, next + 200)}`);
    const [, closing, name = '', attributes = '', empty] = found;
    if (closing === '/') {
      const expected = open.pop();
      if (expected !== name) throw new Error(`</${name}> closes <${expected}>`);
    } else {
      elements.push({ name, attributes: readAttributes(attributes), parent: open.at(-1) ?? null });
      if (empty !== '/') open.push(name);
    }
    at = tag.lastIndex;
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`);
  return { elements, text };
}

function readAttributes(source: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', value = ''] of source.matchAll(/([A-Za-z:-]+)="([^"]*)"/g)) {
    if (attributes.has(name)) throw new Error(`attribute ${name} twice`);
    if (value.replace(entity, '').includes('&')) throw new Error(`bare & in ${name}="${value}"`);
    attributes.set(name, decode(value));
  }
  return attributes;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

export function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|(amp|lt|gt|quot));/g, (_, code?: string, name?: string) =>
    code === undefined ? (named[name ?? ''] ?? '') : String.fromCodePoint(Number(code)),
  );
}

/** The part of JSONPath (RFC 9535) that names one value: `$`, members and indexes. */

export type JsonPath = readonly (string | number)[];

export type PathReading =
  | { readonly ok: true; readonly path: JsonPath; readonly end: number }
  | { readonly ok: false; readonly message: string; readonly at: number };

/** Reads a path at a place of a text; it ends where no further step begins. */
export function readJsonPath(text: string, start: number): PathReading {
  if (text[start] !== '$') return { ok: false, message: 'a path begins with $', at: start };
  const path: (string | number)[] = [];
  let at = start + 1;
  for (;;) {
    const rest = text.slice(at);
    const member = /^\.([\p{L}_][\p{L}\p{N}_-]*)/u.exec(rest);
    const index = /^\[\s*(-?\d{1,9})\s*\]/.exec(rest);
    const quoted = /^\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/.exec(rest);
    const match = member ?? index ?? quoted;
    if (match === null) break;
    if (member !== null) path.push(member[1] ?? '');
    else if (index !== null) path.push(Number(index[1]));
    else path.push((quoted?.[1] ?? quoted?.[2] ?? '').replaceAll(/\\(.)/g, '$1'));
    at += match[0].length;
  }
  if (text.startsWith('..', at) || text.startsWith('.*', at) || text.startsWith('[*', at)) {
    return { ok: false, message: 'a path names one value: no `*` and no `..`', at };
  }
  if (text[at] === '[') {
    return { ok: false, message: "in brackets stands an index or a quoted name: [0], ['a name']", at };
  }
  if (text[at] === '.') return { ok: false, message: 'after a dot stands the name of a member', at };
  return { ok: true, path, end: at };
}

/** The value at the path; undefined where there is none. A negative index counts from the end. */
export function valueAt(document: unknown, path: JsonPath): unknown {
  let value = document;
  for (const step of path) {
    if (typeof step === 'number') {
      if (!Array.isArray(value)) return undefined;
      value = value.at(step);
    } else {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string, unknown>)[step];
    }
  }
  return value;
}

/** What the files of a folder of Terraform declare, and what they refer to. Pure; nothing is run. */

import { masked } from './masked.ts';

export interface SourceFile {
  readonly place: string;
  readonly text: string;
}

export interface Reference {
  readonly place: string;
  /** From 1. */
  readonly line: number;
  /** `aws_iam_role.task`, `var.name`, `module.network`, `data.aws_region.current`, `local.name` */
  readonly name: string;
}

export interface Folder {
  readonly declared: ReadonlySet<string>;
  readonly references: readonly Reference[];
}

const reference = /(?<![\w.\])"-])((?:data\.)?[a-z][a-z0-9]*_\w+|var|local|module)\s*\.\s*([A-Za-z_][\w-]*)/g;

export function readFolder(files: readonly SourceFile[]): Folder {
  const codes = files.map(({ place, text }) => ({ place, text, code: masked(text) }));
  const declared = new Set(codes.flatMap(({ text, code }) => declaredIn(text, code)));
  // A loop's own name may have an underscore too; no provider's first word is one.
  const providers = new Set(
    [...declared].flatMap((name) => /^(?:data\.)?([a-z][a-z0-9]*)_/.exec(name)?.[1] ?? []),
  );
  const references = codes.flatMap(({ place, code }) =>
    [...withoutMoves(code).matchAll(reference)].flatMap((match): Reference[] => {
      const [, of = '', name = ''] = match;
      const provider = /^(?:data\.)?([a-z][a-z0-9]*)_/.exec(of)?.[1];
      if (provider !== undefined && !providers.has(provider)) return [];
      return [{ place, line: code.slice(0, match.index).split('\n').length, name: `${of}.${name}` }];
    }),
  );
  return { declared, references };
}

const heads: readonly (readonly [RegExp, (...names: string[]) => string])[] = [
  [/^[ \t]*resource[ \t]+"([\w-]+)"[ \t]+"([\w-]+)"/gm, (type, name) => `${type}.${name}`],
  [/^[ \t]*data[ \t]+"([\w-]+)"[ \t]+"([\w-]+)"/gm, (type, name) => `data.${type}.${name}`],
  [/^[ \t]*module[ \t]+"([\w-]+)"/gm, (name) => `module.${name}`],
  [/^[ \t]*variable[ \t]+"([\w-]+)"/gm, (name) => `var.${name}`],
];

function declaredIn(text: string, code: string): string[] {
  const named = heads.flatMap(([head, nameOf]) =>
    [...text.matchAll(head)]
      // Not within a comment or a text.
      .filter((match) => /\S/.test(code.slice(match.index, match.index + match[0].length)))
      .map(([, ...names]) => nameOf(...names)),
  );
  const locals = blocksOf(code, /^[ \t]*locals[ \t]*\{/gm).flatMap(({ body }) => attributesOf(body));
  return [...named, ...locals.map((name) => `local.${name}`)];
}

/** What was moved or is let go of is not there any more. */
function withoutMoves(code: string): string {
  return blocksOf(code, /^[ \t]*(?:moved|removed)[ \t]*\{/gm).reduce(
    (text, { start, body }) =>
      text.slice(0, start) + body.replaceAll(/[^\n]/g, ' ') + text.slice(start + body.length),
    code,
  );
}

/** What is between the braces, which masked code has in pairs. */
function blocksOf(code: string, head: RegExp): { start: number; body: string }[] {
  return [...code.matchAll(head)].map((match) => {
    const start = match.index + match[0].length;
    let depth = 1;
    let end = start;
    while (end < code.length && depth > 0) {
      if (code[end] === '{') depth += 1;
      if (code[end] === '}') depth -= 1;
      end += 1;
    }
    return { start, body: code.slice(start, end - 1) };
  });
}

/** Names that are assigned in the block itself, and not within a value. */
function attributesOf(body: string): string[] {
  let depth = 0;
  let outer = '';
  for (const one of body) {
    if ('{[('.includes(one)) depth += 1;
    if (depth === 0 || one === '\n') outer += one;
    if ('}])'.includes(one)) depth -= 1;
  }
  return [...outer.matchAll(/^[ \t]*([A-Za-z_][\w-]*)[ \t]*=(?!=)/gm)].map(([, name = '']) => name);
}

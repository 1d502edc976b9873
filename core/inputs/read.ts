/** Reading inputs, from action inputs and command-line flags alike: strings in, typed values out, problems collected. */

import { isAbsolute, relative, resolve } from 'node:path';
import { nearest } from '../gate/index.ts';
import { InputError, type InputProblem } from './errors.ts';
import {
  parseBoolean,
  parseDuration,
  parseFraction,
  parseInteger,
  parseUrl,
  type Range,
  type Reading,
  redactUrl,
} from './values.ts';

export interface InputSource {
  /** The text of an input; empty when it was not given. */
  readonly get: (name: string) => string;
  /** Absolute path that relative paths start from: `GITHUB_WORKSPACE`, else the working directory. */
  readonly workspace: string;
}

export interface PathOptions {
  /** The path must lie in the workspace, as everything that is written must. */
  readonly inside?: boolean;
}

/**
 * Reads inputs one by one. A wrong one gives its fallback and leaves a problem; `finish` throws them all at once,
 * so nothing that was read may be used before it returns.
 */
export class InputReader {
  readonly workspace: string;
  readonly #get: (name: string) => string;
  readonly #problems: InputProblem[] = [];

  constructor(source: InputSource) {
    this.#get = source.get;
    this.workspace = source.workspace;
  }

  /** For what only the caller can see, e.g. two inputs that exclude each other. */
  add(...problems: readonly InputProblem[]): void {
    this.#problems.push(...problems);
  }

  /** Throws one InputError with every problem found. */
  finish(): void {
    if (this.#problems.length > 0) throw new InputError(this.#problems);
  }

  /** Without blanks at the ends. */
  text(name: string, fallback = ''): string {
    const text = this.#get(name).trim();
    return text === '' ? fallback : text;
  }

  /** As written, line ends and all. */
  raw(name: string): string {
    return this.#get(name);
  }

  required(name: string): string {
    const text = this.text(name);
    if (text === '') this.add({ input: name, message: 'a value is required' });
    return text;
  }

  choice<const T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const text = this.text(name, fallback);
    const found = allowed.find((each) => each === text);
    if (found !== undefined) return found;
    const guess = nearest(text, allowed);
    this.add({
      input: name,
      message: `${quote(text)} is not one of its values`,
      allowed: allowed.join(', '),
      ...(guess === undefined ? {} : { nearest: guess }),
    });
    return fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.#parsed(name, fallback, parseBoolean);
  }

  integer(name: string, fallback: number, range: Range = {}): number {
    return this.#parsed(name, fallback, (text) => parseInteger(text, range));
  }

  /** `95%` or `0.95`; limits of `range` as fractions. */
  fraction(name: string, fallback: number, range: Range = {}): number {
    return this.#parsed(name, fallback, (text) => parseFraction(text, range));
  }

  /** `24h`, `15m`; in seconds, from 0. */
  duration(name: string, fallback: number): number {
    return this.#parsed(name, fallback, (text) => parseDuration(text, name));
  }

  /** One a line, trimmed, blank lines left out; `#` has no meaning. */
  lines(name: string): string[] {
    return this.#get(name)
      .split(/\r\n|\n|\r/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }

  /** Separated by commas or line ends, trimmed, empty ones left out. A repeated one is a mistake. */
  list(name: string): string[] {
    const items = this.lines(name)
      .flatMap((line) => line.split(','))
      .map((item) => item.trim())
      .filter((item) => item !== '');
    const repeated = items.find((item, index) => items.indexOf(item) < index);
    if (repeated !== undefined) this.add({ input: name, message: `${quote(repeated)} stands there twice` });
    return items;
  }

  /** `key=value` lines, split at the first `=`; a key that holds one is written in double quotes. */
  keyValues(name: string): ReadonlyMap<string, string> {
    const pairs = new Map<string, string>();
    for (const line of this.lines(name)) {
      const match = /^(?:"((?:[^"\\]|\\.)*)"|([^=]*?))\s*=\s*(.*)$/s.exec(line);
      const key = match?.[1]?.replaceAll(/\\(.)/gs, '$1') ?? match?.[2] ?? '';
      const value = match?.[3] ?? '';
      if (key === '' || value === '') {
        this.add({ input: name, message: `${quote(line)} is not a pair`, allowed: 'key=value, one a line' });
      } else if (pairs.has(key)) {
        this.add({ input: name, message: `${quote(key)} stands there twice` });
      } else {
        pairs.set(key, value);
      }
    }
    return pairs;
  }

  /** An absolute path; null when the input is empty. Whether something is there is seen when it is opened. */
  path(name: string, options: PathOptions = {}): string | null {
    const text = this.text(name);
    if (text === '') return null;
    if (text.includes('\0')) {
      this.add({ input: name, message: 'a path cannot hold a NUL character' });
      return null;
    }
    if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(text)) {
      this.add({ input: name, message: `${quote(text)} is an address`, allowed: 'the path of a file' });
      return null;
    }
    const absolute = resolve(this.workspace, text);
    if (options.inside === true && !isInside(this.workspace, absolute)) {
      this.add({
        input: name,
        message: `${quote(text)} is outside the workspace`,
        allowed: `paths in ${this.workspace}`,
      });
      return null;
    }
    return absolute;
  }

  /** An http or https URL; null when the input is empty. Messages never show its user info. */
  url(name: string): URL | null {
    return this.#parsed<URL | null>(name, null, parseUrl);
  }

  #parsed<T>(name: string, fallback: T, parse: (text: string) => Reading<T>): T {
    const text = this.text(name);
    if (text === '') return fallback;
    const reading = parse(text);
    if (reading.ok) return reading.value;
    const { ok: _, ...problem } = reading;
    this.add({ input: name, ...problem });
    return fallback;
  }
}

/** A value of the user's in a message: escaped, short, without the user info of a URL. */
export function quote(text: string): string {
  const shown = redactUrl(text);
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 79)}…` : shown);
}

/** True when `path` is in `folder` or below; both absolute. Symbolic links are not followed. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !way.startsWith('..\\') && !isAbsolute(way);
}

/** Files, patterns and folders, one a line, as the data files that they stand for. */

import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { nearest } from '../gate/index.ts';
import { isInside, quote, RunError } from '../inputs/index.ts';
import { expandBraces, type GlobPart, hasWildcards, parseGlob } from './glob.ts';
import { formatOfName } from './sniff.ts';
import type { TableFormat } from './types.ts';

export interface FileSetOptions {
  /** Absolute; nothing outside is opened. */
  readonly workspace: string;
  /** Of the files; says which of a folder's files are data. */
  readonly format: TableFormat | 'auto';
}

/** A file as it is opened and as it is shown. */
export interface ShownFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the workspace, with `/`. */
  readonly shown: string;
}

export interface FileSet {
  /** In natural order: part-2 before part-10. */
  readonly files: readonly ShownFile[];
  /** What was left out, in words. */
  readonly notes: readonly string[];
}

const mostFiles = 10_000;

/**
 * Finds the files. A folder stands for the data files in it and below, known by their endings; hidden files,
 * checksums and files of no data format in it are left out, and counted in a note. A pattern that ends in `/*` or
 * `/**` stands for what the folder before it stands for; any other pattern for every file and folder that it matches.
 * @throws RunError naming the line that stands for nothing, or that leads outside the workspace, by `..`, as an
 * absolute path or by a symbolic link.
 */
export async function resolveFiles(patterns: readonly string[], options: FileSetOptions): Promise<FileSet> {
  const workspace = resolve(options.workspace);
  const finder = new Finder(workspace, await realpath(workspace), options.format);
  for (const pattern of patterns) await finder.take(pattern);
  const order = new Intl.Collator('en', { numeric: true });
  const files = [...finder.found.values()].sort(
    (a, b) => order.compare(a.shown, b.shown) || (a.shown < b.shown ? -1 : 1),
  );
  return { files, notes: finder.notes };
}

/** Files by the ending of their names, where a format is told beforehand. */
const alike: Partial<Record<TableFormat, readonly TableFormat[]>> = { jsonl: ['jsonl', 'json'] };

class Finder {
  /** By real path: each file once. */
  readonly found = new Map<string, FileSet['files'][number]>();
  private readonly workspace: string;
  private readonly realWorkspace: string;
  private readonly format: TableFormat | 'auto';
  private readonly leftOut = {
    hidden: new Set<string>(),
    checksums: new Set<string>(),
    others: new Set<string>(),
  };
  /** The line at hand, and whether it stands for anything. */
  private pattern = '';
  private matched = 0;

  constructor(workspace: string, realWorkspace: string, format: TableFormat | 'auto') {
    this.workspace = workspace;
    this.realWorkspace = realWorkspace;
    this.format = format;
  }

  async take(pattern: string): Promise<void> {
    this.pattern = pattern;
    this.matched = 0;
    if (pattern === '' || pattern.includes('\0'))
      throw new RunError('the path of the data is empty or holds a NUL character');
    if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(pattern))
      throw new RunError(`${quote(pattern)} is an address; name files, patterns or folders in the workspace`);
    const path = this.lexical(pattern);
    if (await exists(path)) await this.takePath(path);
    else if (hasWildcards(pattern)) await this.takePattern(pattern);
    else throw await this.missing(path);
  }

  get notes(): string[] {
    const { hidden, checksums, others } = this.leftOut;
    const parts = [
      { count: hidden.size, what: 'hidden' },
      { count: checksums.size, what: checksums.size === 1 ? 'checksum or marker' : 'checksums or markers' },
      { count: others.size, what: `of ${this.format === 'auto' ? 'no data' : 'another'} format` },
    ].filter(({ count }) => count > 0);
    if (parts.length === 0) return [];
    const [example] = [...others].sort();
    const such = example === undefined ? '' : `, such as ${example}`;
    const total = hidden.size + checksums.size + others.size;
    return [
      `files left out of folders: ${total} (${parts.map(({ count, what }) => `${count} ${what}`).join(', ')}${such})`,
    ];
  }

  /** The absolute path that is meant, without asking the file system. */
  private lexical(path: string): string {
    const absolute = resolve(this.workspace, path);
    if (isWithin(this.workspace, absolute)) return absolute;
    // The workspace may be named by its real path.
    if (isWithin(this.realWorkspace, absolute))
      return join(this.workspace, relative(this.realWorkspace, absolute));
    throw this.outside(path);
  }

  private async takePath(path: string): Promise<void> {
    const { real, stats } = await this.follow(path);
    if (stats.isDirectory()) {
      await this.takeFolder(path, new Set());
      if (this.matched > 0) return;
      const left = this.notes[0];
      throw new RunError(
        `${this.shown(path)} is a folder without data files${left === undefined ? '' : `; ${left}`}`,
      );
    }
    if (!stats.isFile()) throw new RunError(`${this.shown(path)} is not a regular file`);
    this.add(path, real);
  }

  private async takePattern(pattern: string): Promise<void> {
    const text = sep === '\\' ? pattern.replaceAll('\\', '/') : pattern;
    const first = text.split('/').findIndex(hasWildcards);
    const fixed = text.split('/').slice(0, first).join('/');
    const root = this.lexical(isAbsolute(text) && fixed === '' ? '/' : fixed === '' ? '.' : fixed);
    const rest = text.split('/').slice(first).join('/');
    let alternatives: string[];
    try {
      alternatives = expandBraces(rest);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RunError(`${quote(pattern)} spells ${error.message}`);
    }
    if (alternatives.some((alternative) => alternative.split('/').includes('..')))
      throw new RunError(`${quote(pattern)} has .. behind a wildcard; write the path without it`);
    if (!(await exists(root))) throw await this.missing(root);
    const above = (await this.enter(root, new Set())) ?? new Set();
    for (const alternative of alternatives) {
      const folder = alternative.replace(/(?:^|\/)(?:\*\*\/\*|\*\*?)\/*$/, '');
      const parts = parseGlob(folder);
      if (folder === alternative) await this.walk(root, parts, 'all', above);
      else if (parts.length === 0) await this.takeFolder(root, new Set());
      else await this.walk(root, parts, 'folders', above);
    }
    if (this.matched === 0) {
      const left = this.notes[0];
      throw new RunError(`no file matches ${quote(pattern)}${left === undefined ? '' : `; ${left}`}`);
    }
  }

  /** Takes what the parts match from the folder on; `above` are the real folders that it stands in. */
  private async walk(
    folder: string,
    [part, ...rest]: readonly GlobPart[],
    wanted: 'all' | 'folders',
    above: ReadonlySet<string>,
  ): Promise<void> {
    if (part === undefined) return;
    const isLast = rest.length === 0;
    if (part.is === 'folders' && !isLast) await this.walk(folder, rest, wanted, above);
    const names = part.is === 'name' ? [part.name] : await this.names(folder);
    for (const name of names) {
      const path = join(folder, name);
      if (part.is === 'folders') {
        const inside = name.startsWith('.') ? undefined : await this.enter(path, above);
        if (inside !== undefined) await this.walk(path, [part, ...rest], wanted, inside);
        continue;
      }
      const isMeant = part.is === 'name' ? await exists(path) : part.matches(name);
      if (!isMeant) continue;
      if (isLast) {
        await this.takeMatch(path, wanted, above);
        continue;
      }
      const inside = await this.enter(path, above);
      if (inside !== undefined) await this.walk(path, rest, wanted, inside);
    }
  }

  private async takeMatch(
    path: string,
    wanted: 'all' | 'folders',
    above: ReadonlySet<string>,
  ): Promise<void> {
    const { real, stats } = await this.follow(path);
    if (stats.isDirectory()) await this.takeFolder(path, above);
    else if (wanted === 'all' && isMarker(basename(path))) this.leaveOut('checksums', path);
    else if (wanted === 'all' && stats.isFile()) this.add(path, real);
  }

  /** The real folders down to this one; undefined when it is no folder, or one that it stands in itself. */
  private async enter(path: string, above: ReadonlySet<string>): Promise<Set<string> | undefined> {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || above.has(real)) return undefined;
    const stats = await stat(real).catch(() => undefined);
    if (stats?.isDirectory() !== true) return undefined;
    if (!isWithin(this.realWorkspace, real)) throw this.outside(this.shown(path));
    return new Set([...above, real]);
  }

  private async takeFolder(folder: string, above: ReadonlySet<string>): Promise<void> {
    const inside = await this.enter(folder, above);
    if (inside === undefined) return;
    for (const entry of await this.names(folder)) {
      const path = join(folder, entry);
      // Names that begin with `_` are logs and metadata to Spark and Delta Lake, such as _delta_log.
      if (isMarker(entry)) this.leaveOut('checksums', path);
      else if (entry.startsWith('.')) this.leaveOut('hidden', path);
      else if (this.isData(entry)) {
        const { real, stats } = await this.follow(path);
        if (stats.isDirectory()) await this.takeFolder(path, inside);
        else if (stats.isFile()) this.add(path, real);
      } else if ((await this.enter(path, new Set())) === undefined) this.leaveOut('others', path);
      else if (entry.startsWith('_')) this.leaveOut('hidden', path);
      else await this.takeFolder(path, inside);
    }
  }

  /** By its ending; with a format told, a name such as part-00000 or 000000_0 counts as well, as Spark and Hive write. */
  private isData(name: string): boolean {
    const format = formatOfName(name);
    if (this.format === 'auto') return format !== undefined;
    if (format === undefined) return /^(?:part-|\d)[^.]*$/.test(name);
    return (alike[this.format] ?? [this.format]).includes(format);
  }

  private async names(folder: string): Promise<string[]> {
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      throw this.unreadable(folder, error);
    }
  }

  /** Where the path leads in the end. */
  private async follow(path: string): Promise<{ real: string; stats: Stats }> {
    try {
      const real = await realpath(path);
      if (!isWithin(this.realWorkspace, real)) throw this.outside(this.shown(path));
      return { real, stats: await stat(real) };
    } catch (error) {
      throw this.unreadable(path, error);
    }
  }

  private add(path: string, real: string): void {
    this.matched += 1;
    const shown = this.shown(path);
    const known = this.found.get(real);
    // Of several ways to a file the shortest is shown.
    const isBetter =
      known === undefined ||
      shown.length < known.shown.length ||
      (shown.length === known.shown.length && shown < known.shown);
    if (!isBetter) return;
    this.found.set(real, { path, shown });
    if (this.found.size > mostFiles)
      throw new RunError(`more than ${mostFiles} data files, at ${quote(this.pattern)}; name fewer`);
  }

  private leaveOut(why: 'hidden' | 'checksums' | 'others', path: string): void {
    this.leftOut[why].add(this.shown(path));
  }

  private shown(path: string): string {
    return relative(this.workspace, path).split(sep).join('/') || '.';
  }

  private outside(path: string): RunError {
    const at = path === this.pattern ? '' : ` (at ${quote(this.pattern)})`;
    return new RunError(`${quote(path)} leads outside the workspace${at}`);
  }

  private unreadable(path: string, error: unknown): unknown {
    if (error instanceof RunError || !(error instanceof Error)) return error;
    const code = 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return new RunError(`${this.shown(path)} is a symbolic link to nothing`);
    if (code === 'ELOOP') return new RunError(`${this.shown(path)} is a symbolic link that leads to itself`);
    if (code === 'EACCES') return new RunError(`${this.shown(path)} cannot be read: permission denied`);
    return new RunError(`${this.shown(path)} cannot be read: ${code ?? error.message}`);
  }

  /** Names the first part of the path that is not there, and the nearest name that is. */
  private async missing(path: string): Promise<RunError> {
    let [folder, name] = [dirname(path), basename(path)];
    while (isInside(this.workspace, folder) && !(await exists(folder)))
      [folder, name] = [dirname(folder), basename(folder)];
    const names = isWithin(this.realWorkspace, await realpath(folder).catch(() => ''))
      ? await readdir(folder).catch(() => [])
      : [];
    const near = nearest(name, names);
    const hint = near === undefined ? '' : `; did you mean ${this.shown(join(folder, near))}?`;
    const isPart = join(folder, name) !== path;
    const part = isPart ? `: there is no ${this.shown(join(folder, name))}` : '';
    return new RunError(`${this.shown(path)} does not exist${part}${hint}`);
  }
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || isInside(folder, path);
}

/** Also when it is a link to nothing. */
async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

/** What Hadoop and Spark write beside data. */
function isMarker(name: string): boolean {
  return name === '_SUCCESS' || name.endsWith('.crc');
}

/**
 * Does what a Dockerfile says, without Docker: each stage in a folder of its own. What is not the service's own, the
 * base image, is this machine. Only the instructions that our Dockerfiles have are known; others are an error.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

export interface Stage {
  /** The file system of the stage. */
  readonly root: string;
  readonly from: string;
  workingDirectory: string;
  readonly env: Record<string, string>;
  user: string | null;
  entrypoint: readonly string[];
  readonly instructions: readonly string[];
}

export interface BuildOptions {
  readonly context: string;
  readonly dockerfile: string;
  /** Where the stages are made. */
  readonly folder: string;
  /** The environment of RUN. */
  readonly env: NodeJS.ProcessEnv;
}

/** The last stage. */
export function buildStages(options: BuildOptions): Stage {
  const stages = new Map<string, Stage>();
  const ignored = ignoredBy(`${options.dockerfile}.dockerignore`, options.context);
  const args: Record<string, string> = {};
  let stage: Stage | undefined;
  for (const line of instructionsOf(readFileSync(options.dockerfile, 'utf8'))) {
    const [word = '', rest = ''] = splitFirst(line);
    if (word === 'FROM') {
      const [from = '', , name = `stage-${stages.size}`] = rest.split(/\s+/);
      const root = join(options.folder, name);
      mkdirSync(root, { recursive: true });
      stage = { root, from, workingDirectory: '/', env: {}, user: null, entrypoint: [], instructions: [] };
      stages.set(name, stage);
      continue;
    }
    if (stage === undefined) throw new Error(`${word} stands before FROM`);
    (stage.instructions as string[]).push(line);
    const text = rest.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => args[name] ?? stage?.env[name] ?? '');
    switch (word) {
      case 'ARG': {
        const [name = '', value = ''] = text.split('=');
        args[name] = value;
        break;
      }
      case 'ENV':
        for (const [, name = '', value = ''] of text.matchAll(/(\w+)=(\S+)/g)) stage.env[name] = value;
        break;
      case 'WORKDIR':
        stage.workingDirectory = resolve(stage.workingDirectory, text);
        mkdirSync(inside(stage, '.'), { recursive: true });
        break;
      case 'COPY':
        copy(text, stage, stages, options.context, ignored);
        break;
      case 'RUN':
        execFileSync('/bin/sh', ['-c', rest], {
          cwd: inside(stage, '.'),
          env: options.env,
          stdio: 'pipe',
          timeout: 300_000,
        });
        break;
      case 'USER':
        stage.user = text;
        break;
      case 'ENTRYPOINT':
        stage.entrypoint = JSON.parse(text) as string[];
        break;
      case 'EXPOSE':
        break;
      default:
        throw new Error(`the instruction ${word} is not known here`);
    }
  }
  if (stage === undefined) throw new Error('there is no FROM');
  return stage;
}

/** A path of the stage on this machine. */
export function inside(stage: Stage, path: string): string {
  return join(stage.root, resolve(stage.workingDirectory, path));
}

function copy(
  text: string,
  stage: Stage,
  stages: ReadonlyMap<string, Stage>,
  context: string,
  ignored: (path: string) => boolean,
): void {
  const words = text.split(/\s+/);
  const flag = words[0]?.startsWith('--from=') === true ? words.shift() : undefined;
  // Owners are left out: whoever runs this need not be root.
  if (words[0]?.startsWith('--chown=') === true) words.shift();
  const target = words.pop() ?? '';
  const source = flag === undefined ? null : stages.get(flag.slice('--from='.length));
  for (const word of words) {
    const from = source === null || source === undefined ? join(context, word) : join(source.root, word);
    if (!existsSync(from)) throw new Error(`COPY ${word}: there is no such file`);
    const folder = statSync(from).isDirectory();
    const to = inside(stage, target);
    cpSync(from, !folder && target.endsWith('/') ? join(to, basename(from)) : to, {
      recursive: true,
      filter: (path) => flag !== undefined || !ignored(relative(context, path)),
    });
  }
}

/** As much of .dockerignore as is used: nothing but what `!` names, and of that not what the patterns after it match. */
function ignoredBy(file: string, context: string): (path: string) => boolean {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const kept = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const patterns = lines.filter((line) => line.startsWith('**/')).map((line) => line.slice(3));
  if (lines[0] !== '*' || lines.length !== 1 + kept.length + patterns.length)
    throw new Error('only `*`, then `!path` and `**/name` are known here');
  for (const path of kept)
    if (!existsSync(join(context, path))) throw new Error(`.dockerignore keeps ${path}, which is not there`);
  return (path) => {
    const isKept = kept.some(
      (each) => path === each || path.startsWith(`${each}/`) || each.startsWith(`${path}/`),
    );
    if (path === '') return false;
    return !isKept || path.split('/').some((name) => patterns.some((pattern) => matches(name, pattern)));
  };
}

function matches(name: string, pattern: string): boolean {
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern;
}

/** Without comments, with continued lines joined. */
function instructionsOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function splitFirst(line: string): [string, string] {
  const at = line.search(/\s/);
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at).trim()];
}

/** Every file and folder of a stage can be read and none can be written by others than its owner. */
export function writableByOthers(stage: Stage): string[] {
  return globSync('**/*', { cwd: stage.root, withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (statSync(path).mode & 0o022) !== 0)
    .map((path) => join(relative(stage.root, dirname(path)), basename(path)));
}

/**
 * Builds the bundle of each action: tsc to JavaScript, then ncc on the JavaScript.
 *
 *   node scripts/build.ts           writes action-<name>/dist
 *   node scripts/build.ts --check   builds beside it and fails on any difference in the whole of dist
 *
 * A thread's code, `src/…/worker.ts` or `…-worker.ts`, is a bundle of its own, `dist/worker/` or `dist/…-worker/`.
 *
 * `dist/` holds JavaScript only. Native parts stay outside: DuckDB's binding is an external that `core/native`
 * resolves at run time; ONNX Runtime's loader already asks for a path outside dist.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { minifySync } from 'oxc-minify';

interface NccResult {
  readonly code: string;
  readonly assets: Readonly<Record<string, { readonly source: string | Buffer }>>;
}
type Ncc = (input: string, options: Record<string, unknown>) => Promise<NccResult>;

const require = createRequire(import.meta.url);
const ncc = require('@vercel/ncc') as Ncc;

const root = resolve(import.meta.dirname, '..');
const buildFolder = join(root, 'build');
/** The specifier that core/native redirects to the platform's file. */
const externals = { '@duckdb/node-bindings': 'ml-gates:duckdb' };
const allowedEndings = ['.js', 'licenses.txt', 'package.json'];

const check = process.argv.includes('--check');
compile();
const actions = globSync('action-*/src/index.ts', { cwd: root }).map((file) => file.split(/[\\/]/)[0] ?? '');
let differences = 0;
for (const action of actions.sort()) differences += await buildAction(action);
if (differences > 0) {
  console.error('dist is not what the sources build: run `npm run build` and commit the result');
  process.exit(1);
}
// ncc leaves its worker pool behind; the work is done.
process.exit(0);

function compile(): void {
  rmSync(buildFolder, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--noEmit', 'false', '--sourceMap', 'false'], {
    cwd: root,
    stdio: 'inherit',
  });
}

async function buildAction(action: string): Promise<number> {
  const files = await bundle(join(buildFolder, action, 'src/index.js'));
  for (const worker of globSync(['src/**/worker.js', 'src/**/*-worker.js'], {
    cwd: join(buildFolder, action),
  })) {
    for (const [name, content] of await bundle(join(buildFolder, action, worker))) {
      // What a thread uses, the action uses as well: its licenses are there already.
      if (name.endsWith('.js')) files.set(`${basename(worker, '.js')}/${name}`, content);
    }
  }
  const dist = join(root, action, 'dist');
  if (check) return compare(action, dist, files);
  rmSync(dist, { recursive: true, force: true });
  for (const [name, content] of files) {
    const path = join(dist, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  report(action, files);
  return 0;
}

async function bundle(entry: string): Promise<Map<string, Buffer>> {
  const { code, assets } = await ncc(entry, {
    externals,
    esm: true,
    cache: false,
    quiet: true,
    license: 'licenses.txt',
    target: 'es2024',
  });
  const files = new Map<string, Buffer>([['index.js', minify('index.js', code)]]);
  for (const [name, { source }] of Object.entries(assets)) {
    files.set(name, name.endsWith('.js') ? minify(name, source.toString()) : Buffer.from(source));
  }
  files.set('package.json', Buffer.from('{ "type": "module" }\n'));
  for (const name of files.keys()) {
    if (!allowedEndings.some((ending) => name.endsWith(ending))) {
      throw new Error(`${name} would be in dist, which holds JavaScript only`);
    }
  }
  return files;
}

/** ncc's own minify leaves chunks as they are; they are two thirds of a bundle. */
function minify(name: string, code: string): Buffer {
  const minified = minifySync(name, code, { module: true });
  const [error] = minified.errors;
  if (error !== undefined) throw new Error(`${name} cannot be minified: ${error.message}`);
  return Buffer.from(minified.code);
}

function compare(action: string, dist: string, files: ReadonlyMap<string, Buffer>): number {
  const committed = new Set(
    globSync('**/*', { cwd: dist, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1)),
  );
  const problems: string[] = [];
  for (const [name, content] of files) {
    if (!committed.delete(name)) problems.push(`${action}/dist/${name} is missing`);
    else if (!readFileSync(join(dist, name)).equals(content)) problems.push(`${action}/dist/${name} differs`);
  }
  for (const name of committed) problems.push(`${action}/dist/${name} is not built by the sources`);
  if (!existsSync(dist)) problems.push(`${action}/dist is missing`);
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) report(action, files);
  return problems.length;
}

function report(action: string, files: ReadonlyMap<string, Buffer>): void {
  const script = [...files]
    .filter(([name]) => name.endsWith('.js'))
    .reduce((sum, [, code]) => sum + code.length, 0);
  console.log(`${action}/dist: ${files.size} files, ${(script / 1e6).toFixed(2)} MB of JavaScript`);
}

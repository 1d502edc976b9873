import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../report/log.ts';
import { loadDuckDb, loadOnnxRuntime, providePart } from './load.ts';
import { cacheFolder, findPart } from './places.ts';
import { nativePart, type Platform, thisPlatform } from './platform.ts';

const linux: Platform = { os: 'linux', arch: 'x64', musl: false };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'native-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function touch(file: string, text = ''): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const search = () => ({
  from: join(folder, 'action', 'dist', 'index.js'),
  environment: { RUNNER_TOOL_CACHE: join(folder, 'tools'), npm_config_registry: 'http://127.0.0.1:9' },
});

describe('finding a native part', () => {
  it('prefers the files beside the bundle, then an installed package, then the cache', () => {
    const part = nativePart('duckdb', linux);
    expect(findPart(part, linux, search()).found).toBe(null);
    const cached = touch(join(cacheFolder(part, linux, search().environment), 'duckdb.node'));
    expect(findPart(part, linux, search()).found).toBe(cached);
    const modules = join(folder, 'action', 'node_modules', '@duckdb', 'node-bindings-linux-x64');
    touch(join(modules, 'package.json'), JSON.stringify({ version: part.version }));
    const installed = touch(join(modules, 'duckdb.node'));
    expect(findPart(part, linux, search()).found).toBe(installed);
    const beside = touch(join(folder, 'action', 'bin', 'duckdb', 'linux-x64', 'duckdb.node'));
    expect(findPart(part, linux, search()).found).toBe(beside);
  });

  it('does not use an installed package of another version', () => {
    const modules = join(folder, 'action', 'node_modules', 'onnxruntime-node');
    touch(join(modules, 'package.json'), '{"version":"1.2.0"}');
    touch(join(modules, 'bin', 'napi-v6', 'linux', 'x64', 'onnxruntime_binding.node'));
    const result = findPart(nativePart('onnxruntime', linux), linux, search());
    expect(result.found).toBe(null);
    expect(result.looked.join()).toContain('onnxruntime-node (is 1.2.0, must be 1.30.0)');
  });

  it('finds ONNX Runtime beside the bundle under the path of its package', () => {
    const beside = touch(
      join(folder, 'action', 'bin', 'napi-v6', 'linux', 'x64', 'onnxruntime_binding.node'),
    );
    expect(findPart(nativePart('onnxruntime', linux), linux, search()).found).toBe(beside);
  });
});

describe('platforms', () => {
  it('takes the musl package of DuckDB and says that ONNX Runtime has none', () => {
    const alpine = { ...linux, musl: true };
    expect(nativePart('duckdb', alpine).package).toBe('@duckdb/node-bindings-linux-x64-musl');
    expect(() => nativePart('onnxruntime', alpine)).toThrow(/no build for Linux with musl \(Alpine\)/);
  });

  it('names the platforms that there are', () => {
    const other = { os: 'freebsd', arch: 'x64', musl: false };
    expect(() => nativePart('duckdb', other)).toThrow(/no build for freebsd-x64; it has .*linux-x64/);
    expect(() => nativePart('onnxruntime', { os: 'darwin', arch: 'x64', musl: false })).toThrow(
      /darwin-x64; it has/,
    );
  });
});

it('offline and missing: one message with the file, the places and the remedy', async () => {
  const failed = providePart('duckdb', {
    platform: linux,
    search: search(),
    log: silentLog,
    sleep: async () => {},
  });
  await expect(failed).rejects.toThrow(/^DuckDB needs its native file duckdb\.node, which was not found/);
  await expect(failed).rejects.toThrow(/cannot be reached/);
  await expect(failed).rejects.toThrow(
    /Looked for: .*action\/bin\/duckdb\/linux-x64\/duckdb\.node; the installed package/,
  );
  await expect(failed).rejects.toThrow(/npm install @duckdb\/node-bindings-linux-x64@/);
});

describe('loading', () => {
  it('answers the request of a bundle, too', async () => {
    const duckdb = await loadDuckDb();
    const fromBundle: unknown = createRequire(join(folder, 'dist', 'index.js'))('ml-gates:duckdb');
    expect(fromBundle).toHaveProperty('library_version');
    const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect();
    expect((await connection.runAndReadAll('select 42::integer')).getRows()).toEqual([[42]]);
    connection.closeSync();
  });

  it('answers the relative request of ONNX Runtime from anywhere', async () => {
    const runtime = await loadOnnxRuntime();
    expect(runtime.InferenceSession).toBeDefined();
    const { os, arch } = thisPlatform();
    const specifier = `../bin/napi-v6/${os}/${arch}/onnxruntime_binding.node`;
    const fromBundle: unknown = createRequire(join(folder, 'dist', 'index.js'))(specifier);
    expect(fromBundle).toHaveProperty('InferenceSession');
  });
});

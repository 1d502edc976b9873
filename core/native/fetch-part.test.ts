import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunError } from '../inputs/errors.ts';
import { fetchPart, registryOf, tarballUrl } from './fetch-part.ts';
import type { NativePart } from './platform.ts';

let folder: string;
let server: Server;
let registry: string;
let requests: string[];
let answer: (attempt: number) => { status: number; body: Buffer };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'native-'));
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const { status, body } = answer(requests.length);
    response.writeHead(status, { 'content-length': body.length }).end(body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

/** Packed by the system's own tar, so that the reader is not tested against a writer of ours. */
function pack(files: Readonly<Record<string, Buffer>>): Buffer {
  const source = mkdtempSync(join(folder, 'pack-'));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(source, name)), { recursive: true });
    writeFileSync(join(source, name), bytes);
  }
  const archive = join(folder, 'packed.tgz');
  execFileSync('tar', ['-czf', archive, '-C', source, 'package']);
  rmSync(source, { recursive: true });
  return readFileSync(archive);
}

const library = Buffer.from('library '.repeat(50_000));
const contents = {
  'package/package.json': Buffer.from('{}'),
  'package/bin/napi-v6/linux/x64/onnxruntime_binding.node': Buffer.from('addon'),
  'package/bin/napi-v6/linux/x64/libonnxruntime.so.1': library,
  'package/bin/napi-v6/linux/arm64/onnxruntime_binding.node': Buffer.from('other'),
};

function partFor(tarball: Buffer): NativePart {
  return {
    name: 'onnxruntime',
    title: 'ONNX Runtime',
    package: 'onnxruntime-node',
    version: '1.30.0',
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    folder: 'bin/napi-v6/linux/x64',
    vendored: 'napi-v6/linux/x64',
    entry: 'onnxruntime_binding.node',
  };
}

const target = () => join(folder, 'cache', '1.30.0', 'linux-x64');
const options = () => ({ environment: { npm_config_registry: registry }, sleep: async () => {} });

describe('fetching a native part', () => {
  it('writes only the files of the platform, from the exact tarball', async () => {
    const tarball = pack(contents);
    answer = () => ({ status: 200, body: tarball });
    const file = await fetchPart(partFor(tarball), target(), options());
    expect(file).toBe(join(target(), 'onnxruntime_binding.node'));
    expect(requests).toEqual(['GET /onnxruntime-node/-/onnxruntime-node-1.30.0.tgz']);
    expect(readdirSync(target()).sort()).toEqual(['libonnxruntime.so.1', 'onnxruntime_binding.node']);
    expect(readFileSync(file, 'utf8')).toBe('addon');
    expect(readFileSync(join(target(), 'libonnxruntime.so.1')).equals(library)).toBe(true);
    expect(readdirSync(dirname(target()))).toEqual(['linux-x64']);
  });

  it('refuses a tarball with another digest and leaves nothing behind', async () => {
    const tarball = pack(contents);
    answer = () => ({ status: 200, body: pack({ ...contents, 'package/evil.txt': Buffer.from('x') }) });
    await expect(fetchPart(partFor(tarball), target(), options())).rejects.toThrow(
      /is not the file that was pinned: its digest is sha512-.*It was not unpacked/,
    );
    expect(existsSync(target())).toBe(false);
    expect(readdirSync(dirname(target()))).toEqual([]);
  });

  it('does not ask again after a 404', async () => {
    answer = () => ({ status: 404, body: Buffer.from('not found') });
    const failed = fetchPart(partFor(Buffer.from('')), target(), options());
    await expect(failed).rejects.toThrow(RunError);
    await expect(failed).rejects.toThrow(/onnxruntime-node-1\.30\.0\.tgz answered 404\./);
    expect(requests).toHaveLength(1);
    expect(readdirSync(dirname(target()))).toEqual([]);
  });

  it('asks again after a 503', async () => {
    const tarball = pack(contents);
    answer = (attempt) =>
      attempt < 3 ? { status: 503, body: Buffer.from('') } : { status: 200, body: tarball };
    await fetchPart(partFor(tarball), target(), options());
    expect(requests).toHaveLength(3);
  });

  it('says that the registry cannot be reached, without the password in its address', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    const environment = { npm_config_registry: `http://user:secret@127.0.0.1:${port}` };
    const failed = fetchPart(partFor(Buffer.from('')), target(), { ...options(), environment });
    await expect(failed).rejects.toThrow(/cannot be reached: .*\(3 attempts\)/);
    await expect(failed).rejects.not.toThrow(/secret/);
  });

  it('lets several runs fetch the same part at once', async () => {
    const tarball = pack(contents);
    answer = () => ({ status: 200, body: tarball });
    const files = await Promise.all([1, 2, 3, 4].map(() => fetchPart(partFor(tarball), target(), options())));
    expect(new Set(files).size).toBe(1);
    expect(readdirSync(target()).sort()).toEqual(['libonnxruntime.so.1', 'onnxruntime_binding.node']);
    expect(readdirSync(dirname(target()))).toEqual(['linux-x64']);
  });

  it('refuses a truncated archive even when its digest is right', async () => {
    const whole = pack(contents);
    const { gunzipSync } = await import('node:zlib');
    const tarball = gzipSync(gunzipSync(whole).subarray(0, 200_000));
    answer = () => ({ status: 200, body: tarball });
    await expect(fetchPart(partFor(tarball), target(), options())).rejects.toThrow(RunError);
    expect(existsSync(target())).toBe(false);
  });

  it('refuses a path that leaves the folder', async () => {
    const tarball = gzipSync(
      tarOf('package/bin/napi-v6/linux/x64/../../../../evil.node', Buffer.from('evil')),
    );
    answer = () => ({ status: 200, body: tarball });
    await expect(fetchPart(partFor(tarball), target(), options())).rejects.toThrow(/outside of its folder/);
    expect(readdirSync(dirname(target()))).toEqual([]);
  });

  it('refuses to fetch a package whose digest is not pinned', async () => {
    const part = { ...partFor(Buffer.from('')), integrity: null };
    await expect(fetchPart(part, target(), options())).rejects.toThrow(/pins no digest/);
    expect(requests).toEqual([]);
  });
});

it('builds the address of a scoped package as npm does', () => {
  const part = {
    ...partFor(Buffer.from('')),
    package: '@duckdb/node-bindings-linux-x64',
    version: '1.5.6-r.1',
  };
  expect(tarballUrl(part, { NPM_CONFIG_REGISTRY: 'https://npm.example/path/' })).toBe(
    'https://npm.example/path/@duckdb/node-bindings-linux-x64/-/node-bindings-linux-x64-1.5.6-r.1.tgz',
  );
  expect(registryOf({})).toBe('https://registry.npmjs.org');
});

/** One ustar entry by hand: GNU tar does not write such a path. */
function tarOf(path: string, bytes: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc(512 - bytes.length), Buffer.alloc(1024)]);
}

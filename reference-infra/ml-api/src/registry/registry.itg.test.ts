/** A real MLflow server: what the source loads, and how it follows an alias. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { deleteAlias, registerFiles, setAlias } from '../../../../test/support/mlflow-registry.ts';
import {
  type MlflowServer,
  registerModel,
  startMlflowServer,
} from '../../../../test/support/mlflow-server.ts';
import { freePort } from '../../../../test/support/server-process.ts';
import { listeningLogger, until } from '../testing.ts';
import type { LoadedFiles } from '../types.ts';
import { type RegistrySourceOptions, registrySource } from './index.ts';

const fixtures = resolve(import.meta.dirname, '../../../../test/fixtures/models');
const logistic = join(fixtures, 'logistic-binary/model.onnx');
const regressor = join(fixtures, 'linear-regressor/model.onnx');
const uri = 'models:/cancer@champion';

let server: MlflowServer;
let folder: string;
let ends: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startMlflowServer({ serveArtifacts: true, basicAuth: false });
  await registerModel(server, { name: 'cancer', modelPath: logistic, style: 'logged' });
  const manifest = 'flavors:\n  onnx:\n    data: model.onnx\n';
  await registerFiles(server, 'cancer', { MLmodel: manifest, 'model.onnx': { path: regressor } });
});
afterAll(() => server?.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'registry-'));
  await setAlias(server, 'cancer', 'champion', '1');
});
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
  rmSync(folder, { recursive: true, force: true });
});

function open(given: Partial<RegistrySourceOptions> = {}) {
  const log = listeningLogger();
  const source = registrySource({
    uri,
    trackingUri: server.url,
    env: {},
    name: null,
    cacheFolder: join(folder, 'cache'),
    pollSeconds: 0.02,
    log,
    backoffMs: { first: 20, last: 50 },
    ...given,
  });
  const offered: LoadedFiles[] = [];
  const watch = (): void => {
    ends.push(
      source.watch(async (next) => {
        offered.push(next);
      }),
    );
  };
  return { source, log, offered, watch };
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Passes connections on to the server while it is open. */
async function gate(port: number): Promise<{ open(): Promise<void>; shut(): void }> {
  const sockets = new Set<Socket>();
  let passing: Server | undefined;
  const shut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    passing?.close();
  };
  ends.push(shut);
  return {
    shut,
    async open() {
      passing = createServer((socket) => {
        const upstream = createConnection({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
        for (const end of [socket, upstream]) {
          sockets.add(end);
          end.on('error', () => {});
        }
        socket.pipe(upstream).pipe(socket);
      });
      passing.listen(port, '127.0.0.1');
      await once(passing, 'listening');
    },
  };
}

test('the version behind an alias is loaded, and another one when the alias moves', async () => {
  const { source, offered, watch, log } = open();
  const first = await source.load();
  expect(first).toMatchObject({ name: 'cancer', version: '1', digest: `sha256:${sha256(first.modelPath)}` });
  expect(readFileSync(first.modelPath).equals(readFileSync(logistic))).toBe(true);
  watch();
  await setAlias(server, 'cancer', 'champion', '2');
  await until(() => offered.length === 1);
  expect(offered[0]).toMatchObject({ name: 'cancer', version: '2' });
  expect(readFileSync(offered[0]?.modelPath ?? '').equals(readFileSync(regressor))).toBe(true);
  expect(existsSync(first.modelPath), 'the one before stays for a while').toBe(true);
  expect(log.lines).toEqual([expect.stringMatching(/^info models:\/cancer@champion has been fetched/)]);
});

test('a restart takes what is on the disk, unless it is damaged', async () => {
  const { modelPath } = await open().source.load();
  const marker = join(dirname(modelPath), 'MLmodel');
  const written = readFileSync(marker, 'utf8');
  expect((await open().source.load()).modelPath).toBe(modelPath);
  writeFileSync(marker, `${written}\n# changed`);
  expect((await open().source.load()).modelPath).toBe(modelPath);
  expect(readFileSync(marker, 'utf8')).toBe(written);
  expect(readdirSync(join(folder, 'cache'))).toHaveLength(1);
});

test('a fixed version stays, and the model may be served under another name', async () => {
  const { source, offered, watch } = open({ uri: 'models:/cancer/2', name: 'fraud' });
  expect(await source.load()).toMatchObject({ name: 'fraud', version: '2', signature: null });
  watch();
  await setAlias(server, 'cancer', 'champion', '2');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(offered).toEqual([]);
});

test('the signature of the MLmodel file comes along, and a model in a folder of its own is found', async () => {
  const model = join(fixtures, 'mlflow-onnx/model');
  const manifest = readFileSync(join(model, 'MLmodel'), 'utf8');
  const version = await registerFiles(server, 'cancer', {
    MLmodel: manifest.replaceAll('data: model.onnx', 'data: weights/model.onnx'),
    'weights/model.onnx': { path: join(model, 'model.onnx') },
  });
  const loaded = await open({ uri: `models:/cancer/${version}` }).source.load();
  expect(loaded.modelPath).toMatch(/weights\/model\.onnx$/);
  expect(loaded.signature?.length).toBe(8);
  expect(loaded.signature?.every(({ name, type }) => name !== null && type === 'double')).toBe(true);
});

test('a version that is no ONNX model is said once, and the old one goes on', async () => {
  const { source, offered, watch, log } = open();
  await source.load();
  watch();
  const version = await registerFiles(server, 'cancer', {
    MLmodel: 'flavors:\n  sklearn:\n    pickled_model: m.pkl\n',
  });
  await setAlias(server, 'cancer', 'champion', version);
  await until(() => log.lines.length > 1);
  await setAlias(server, 'cancer', 'champion', '2');
  await until(() => offered.length > 0);
  expect(offered.map((next) => next.version)).toEqual(['2']);
  expect(log.lines.slice(1)).toEqual([
    expect.stringMatching(
      /^error .*moved to version \d+, which cannot be fetched; version 1 goes on .*has sklearn/,
    ),
  ]);
});

test('a service that starts before its registry waits for it, and says so once', async () => {
  const port = await freePort();
  const pass = await gate(port);
  const { source, log } = open({ trackingUri: `http://127.0.0.1:${port}` });
  const loading = source.load();
  await until(() => log.lines.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 150));
  await pass.open();
  expect(await loading).toMatchObject({ version: '1' });
  expect(log.lines).toEqual([
    expect.stringMatching(
      /^warn models:\/cancer@champion cannot be fetched yet; it is tried again until it can .*refuses the connection/,
    ),
    expect.stringMatching(/^info models:\/cancer@champion has been fetched/),
  ]);
});

test('a service whose alias is not set yet waits for it, too', async () => {
  await deleteAlias(server, 'cancer', 'champion');
  const { source, log } = open();
  const loading = source.load();
  await until(() => log.lines.length > 0);
  expect(log.lines[0]).toMatch(/has no alias `champion`/);
  await setAlias(server, 'cancer', 'champion', '2');
  expect(await loading).toMatchObject({ version: '2' });
});

test('a registry that goes away and an alias that is deleted leave what is served', async () => {
  const port = await freePort();
  const pass = await gate(port);
  await pass.open();
  const { source, offered, watch, log } = open({ trackingUri: `http://127.0.0.1:${port}` });
  await source.load();
  watch();
  pass.shut();
  await until(() => log.lines.length === 2);
  await pass.open();
  await until(() => log.lines.length === 3);
  await deleteAlias(server, 'cancer', 'champion');
  await until(() => log.lines.length === 4);
  await setAlias(server, 'cancer', 'champion', '2');
  await until(() => offered.length === 1);
  expect(log.lines.slice(1)).toEqual([
    expect.stringMatching(/^warn the registry at .* cannot be asked about .*; version 1 goes on/),
    expect.stringMatching(/^info .* can be followed again/),
    expect.stringMatching(/^warn .* names no model any more; version 1 goes on/),
    expect.stringMatching(/^info .* can be followed again/),
  ]);
});

test('credentials go to the registry and to no log', async () => {
  const seen = new Set<string>();
  const locked = createHttpServer((request, response) => {
    // Each source asks below a path of its own, and goes on to ask.
    seen.add(`${request.url?.split('/')[1]} ${request.headers.authorization}`);
    response.writeHead(401).end(`not for ${request.headers.authorization}`);
  });
  locked.listen(0, '127.0.0.1');
  await once(locked, 'listening');
  ends.push(() => {
    locked.closeAllConnections();
    locked.close();
  });
  const place = `127.0.0.1:${(locked.address() as AddressInfo).port}`;
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  const ways: [name: string, Partial<RegistrySourceOptions>, authorization: string][] = [
    [
      'pair',
      { env: { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 's3cret' } },
      basic('ann:s3cret'),
    ],
    ['token', { env: { MLFLOW_TRACKING_TOKEN: 's3cret' } }, 'Bearer s3cret'],
    ['address', { trackingUri: `http://ann:s3cret@${place}/address` }, basic('ann:s3cret')],
  ];
  for (const [name, given, authorization] of ways) {
    const { source, log } = open({ trackingUri: `http://${place}/${name}`, ...given });
    void source.load();
    await until(() => log.lines.length > 0);
    expect(seen).toContain(`${name} ${authorization}`);
    expect(log.lines.join()).toMatch(/wants credentials \(401\)/);
    expect(log.lines.join()).not.toMatch(/s3cret|YW5uOnMzY3JldA/);
  }
});

test.each(['runs:/0123/model', 'models:/cancer', 'cancer'])('%s names no registered model', (given) => {
  expect(() => open({ uri: given })).toThrow(/write models:\/name@alias/);
});

import { afterEach, expect, test } from 'vitest';
import { RunError } from '../../../../core/inputs/errors.ts';
import { type MlflowClient, MlflowError } from '../../../../core/models/mlflow-client.ts';
import { listeningLogger, until } from '../testing.ts';
import type { LoadedFiles } from '../types.ts';
import { AliasWatch } from './alias-watch.ts';

type Answer = number | 'down' | 'no alias';

/** A registry whose alias names `answer`, and a service that may refuse a version. */
function watch(given: { current?: number; unfetchable?: number[]; refused?: number[] } = {}) {
  const registry = {
    answer: 1 as Answer,
    madeAt: 100,
    looks: 0,
    fetches: [] as string[],
    offered: [] as string[],
    unfetchable: given.unfetchable ?? [],
    refused: given.refused ?? [],
  };
  const client: MlflowClient = {
    server: 'http://mlflow',
    isThisHost: () => true,
    download: async () => {},
    async get(path) {
      // What the client asks for to say more about a missing alias.
      if (!path.endsWith('/alias')) return {};
      registry.looks += 1;
      const { answer } = registry;
      if (answer === 'down') throw new RunError('http://mlflow refuses the connection (1 attempts).');
      if (answer === 'no alias')
        throw new MlflowError('Registered model alias champion not found.', 400, 'INVALID_PARAMETER_VALUE');
      return { model_version: { version: String(answer), creation_timestamp: registry.madeAt + answer } };
    },
  };
  const filesOf = (version: string): LoadedFiles => ({
    modelPath: `${version}.onnx`,
    name: 'fraud',
    version,
    digest: 'sha256:0',
    signature: null,
  });
  const current = given.current ?? 1;
  const log = listeningLogger();
  const told = { failures: 0, upToDate: [] as boolean[] };
  const alias = new AliasWatch({
    uri: { kind: 'alias', uri: 'models:/fraud@champion', name: 'fraud', alias: 'champion' },
    client,
    async fetchNow() {
      const version = String(registry.answer);
      registry.fetches.push(version);
      if (registry.unfetchable.includes(Number(version))) throw new RunError('it has no ONNX flavor');
      return {
        files: filesOf(version),
        registered: { version, createdAt: String(registry.madeAt + Number(version)) },
      };
    },
    async onChange({ version }) {
      registry.offered.push(version);
      if (registry.refused.includes(Number(version))) throw new Error('it cannot be served');
    },
    observer: {
      failed: () => {
        told.failures += 1;
      },
      // Only what has changed.
      upToDate: (is) => told.upToDate.at(-1) !== is && told.upToDate.push(is),
    },
    current: { version: String(current), createdAt: String(100 + current) },
    intervalMs: 1,
    log,
  });
  stops.push(() => alias.stop());
  const looks = async (n: number) => {
    const before = registry.looks;
    await until(() => registry.looks >= before + n);
  };
  return { registry, log, looks, alias, told };
}

let stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});

test('an alias that stays offers nothing; one that moves offers each version once', async () => {
  const { registry, log, looks } = watch();
  await looks(5);
  expect(registry.offered).toEqual([]);
  registry.answer = 2;
  await looks(5);
  registry.answer = 1;
  await looks(5);
  expect(registry.offered).toEqual(['2', '1']);
  expect(log.lines).toEqual([]);
});

test('a version that cannot be served is offered once, until the alias has moved away and back', async () => {
  const { registry, looks } = watch({ refused: [2] });
  registry.answer = 2;
  await looks(20);
  expect(registry.offered).toEqual(['2']);
  registry.answer = 1;
  await looks(3);
  expect(registry.offered, 'version 1 is still served').toEqual(['2']);
  registry.answer = 2;
  await looks(3);
  expect(registry.offered).toEqual(['2', '2']);
  registry.answer = 3;
  await looks(3);
  expect(registry.offered).toEqual(['2', '2', '3']);
});

test('a version that cannot be fetched is tried more and more seldom, and said once', async () => {
  const { registry, log, looks } = watch({ unfetchable: [2] });
  registry.answer = 2;
  await looks(40);
  // After 1, 2, 4, 8 and 16 looks.
  expect(registry.fetches.length).toBeGreaterThanOrEqual(4);
  expect(registry.fetches.length).toBeLessThanOrEqual(7);
  expect(log.lines).toEqual([
    expect.stringMatching(
      /^error models:\/fraud@champion has moved to version 2, which cannot be fetched; version 1 goes on .*no ONNX flavor/,
    ),
  ]);
  registry.unfetchable = [];
  await until(() => registry.offered.length > 0);
  expect(registry.offered).toEqual(['2']);
});

test('a registry that is gone is said once, asked more seldom, and followed when it is back', async () => {
  const { registry, log, looks } = watch();
  registry.answer = 'down';
  await looks(6);
  registry.answer = 2;
  await until(() => registry.offered.length > 0);
  expect(log.lines).toEqual([
    expect.stringMatching(
      /^warn the registry at http:\/\/mlflow cannot be asked about models:\/fraud@champion; version 1 goes on/,
    ),
    expect.stringMatching(/^info models:\/fraud@champion can be followed again/),
  ]);
});

test('an alias that was deleted leaves the model that is served', async () => {
  const { registry, log, looks } = watch();
  registry.answer = 'no alias';
  await looks(5);
  registry.answer = 1;
  await looks(5);
  expect(registry.offered).toEqual([]);
  expect(log.lines).toEqual([
    expect.stringMatching(/^warn models:\/fraud@champion names no model any more; version 1 goes on/),
    expect.stringMatching(/^info models:\/fraud@champion can be followed again/),
  ]);
});

test('a version that was deleted and made again under its number is another one', async () => {
  const { registry, looks } = watch();
  await looks(3);
  registry.madeAt = 500;
  await until(() => registry.offered.length > 0);
  await looks(3);
  expect(registry.offered).toEqual(['1']);
});

test('whoever watches is told for as long as what is served is not what is wanted, and of each attempt', async () => {
  const { registry, told, looks } = watch({ unfetchable: [2], refused: [3] });
  await looks(3);
  expect(told).toEqual({ failures: 0, upToDate: [true] });
  registry.answer = 2;
  await looks(10);
  expect(told.failures).toBeGreaterThanOrEqual(2);
  expect(told.failures).toBe(registry.fetches.length);
  expect(told.upToDate).toEqual([true, false]);
  registry.unfetchable = [];
  await until(() => told.upToDate.length === 3);
  registry.answer = 3;
  await looks(5);
  expect(told.upToDate, 'version 3 is refused, once').toEqual([true, false, true, false]);
  registry.answer = 2;
  await looks(5);
  for (const answer of ['down', 'no alias'] as const) {
    registry.answer = answer;
    await looks(3);
    expect(told.upToDate.at(-1), answer).toBe(false);
    registry.answer = 2;
    await until(() => told.upToDate.at(-1) === true);
  }
});

test('nothing is asked after the end', async () => {
  const { registry, looks, alias } = watch();
  await looks(2);
  alias.stop();
  const { looks: asked } = registry;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(registry.looks).toBeLessThanOrEqual(asked + 1);
});

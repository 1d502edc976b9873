/** What the tests of registries share: images, a registry that is stopped after each test, and a world of its own for each. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { RunError } from '../../../../core/inputs/index.ts';
import type { Platform, ResolvedImage, World } from '../../types.ts';
import { parseImageReference } from '../reference.ts';
import { resolveImage } from '../resolve.ts';
import { type TestWorld, testWorld } from '../testing.ts';
import {
  basic,
  identityToken,
  makeImage,
  makeIndex,
  type RegistryContent,
  type RegistrySettings,
  startOther,
  startRegistry,
  stored,
  type TestRegistry,
} from './testing.ts';

export const amd64 = { os: 'linux', architecture: 'amd64' };
export const arm64 = { os: 'linux', architecture: 'arm64' };
export const amdImage = makeImage(amd64);
export const armImage = makeImage(arm64);
export const attestation = {
  manifest: stored({ schemaVersion: 2, attestation: true }, 'application/vnd.oci.image.manifest.v1+json'),
  platform: { os: 'unknown', architecture: 'unknown' },
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
};
export const index = makeIndex([
  { manifest: amdImage.manifest, platform: amd64 },
  { manifest: armImage.manifest, platform: { ...arm64, variant: 'v8' } },
  attestation,
]);
export const usual: RegistryContent = {
  tags: { 'octo/api': { v1: index, single: amdImage.manifest, 'v1.2.3': index } },
  manifests: [amdImage.manifest, armImage.manifest],
  blobs: [amdImage.config, armImage.config],
};

const stops: (() => Promise<void>)[] = [];
/** Of docker's configuration. */
let home = '';
let world: TestWorld = testWorld();

export function useWorld(given: Partial<World> = {}): TestWorld {
  world = testWorld({ env: { DOCKER_CONFIG: home }, ...given });
  return world;
}

/** The world of the test that runs. */
export function theWorld(): TestWorld {
  return world;
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'docker-'));
  useWorld();
});

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await rm(home, { recursive: true, force: true });
});

export async function start(
  content: RegistryContent = usual,
  settings: RegistrySettings = {},
): Promise<TestRegistry> {
  const registry = await startRegistry(content, settings);
  stops.push(registry.stop);
  return registry;
}

export async function other(
  handle: Parameters<typeof startOther>[0],
): Promise<Awaited<ReturnType<typeof startOther>>> {
  const started = await startOther(handle);
  stops.push(started.stop);
  return started;
}

export async function logIn(config: unknown): Promise<void> {
  await writeFile(join(home, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
}

export async function resolve(
  { host }: { readonly host: string },
  rest: string,
  wanted: readonly Platform[] | null = null,
): Promise<ResolvedImage> {
  const reading = parseImageReference(`${host}/octo/api${rest}`);
  if (!reading.ok) throw new Error(reading.message);
  return resolveImage(reading.value, wanted, world);
}

/** The message of the error that a user sees, with the registry's port left out. */
export async function refusal(
  registry: { readonly host: string },
  rest: string,
  wanted: readonly Platform[] | null = null,
): Promise<string> {
  const error = await resolve(registry, rest, wanted).then(
    () => expect.unreachable('the image was found'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RunError);
  const { message } = error as RunError;
  for (const secret of ['s3cret', 'token.of', identityToken, basic('octo:s3cret').slice(6)])
    expect(message).not.toContain(secret);
  return message.replaceAll(registry.host, 'REGISTRY').replaceAll(home, 'HOME');
}

export const octo = (host: string): object => ({
  auths: { [host]: { auth: Buffer.from('octo:s3cret').toString('base64') } },
});

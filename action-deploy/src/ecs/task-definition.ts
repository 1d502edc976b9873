/** Task definitions as JSON: what can be registered, and the few changes that a deployment makes. Pure. */

import { InputError } from '../../../core/inputs/index.ts';
import type { EcsConfig } from '../config.ts';
import type { Platform } from '../types.ts';
import { isObject, type Json, type JsonObject, objectsIn, textIn } from './json.ts';

/**
 * What DescribeTaskDefinition tells and RegisterTaskDefinition does not take.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
 */
const readOnly: ReadonlySet<string> = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
]);

/**
 * A described task definition as it is registered anew; fields that nobody here knows stay.
 *
 * @param tags of the description: they stand beside it. Tags of AWS's own (`aws:…`) cannot be set, and an empty list is
 *   refused.
 */
export function registrable(described: JsonObject, tags: readonly JsonObject[]): JsonObject {
  const kept = Object.entries(described).filter(([name, value]) => !readOnly.has(name) && value !== null);
  const own = tags.filter((tag) => !(textIn(tag, 'key') ?? '').startsWith('aws:'));
  return { ...Object.fromEntries(kept), ...(own.length === 0 ? {} : { tags: own }) };
}

export function containersOf(definition: JsonObject): readonly JsonObject[] {
  return objectsIn(definition.containerDefinitions);
}

export function containerOf(definition: JsonObject, name: string): JsonObject | null {
  return containersOf(definition).find((container) => container.name === name) ?? null;
}

export function imagesOf(definition: JsonObject): readonly { container: string; image: string }[] {
  return containersOf(definition).map((container) => ({
    container: textIn(container, 'name') ?? '',
    image: textIn(container, 'image') ?? '',
  }));
}

/** @throws InputError where a variable is a secret already: ECS refuses both under one name. */
export function changed(
  definition: JsonObject,
  container: string,
  image: string,
  environment: EcsConfig['environment'],
): JsonObject {
  const containers = containersOf(definition).map((each) =>
    each.name === container ? withEnvironment({ ...each, image }, environment) : each,
  );
  return { ...definition, containerDefinitions: containers };
}

function withEnvironment(container: JsonObject, added: EcsConfig['environment']): JsonObject {
  if (added.length === 0) return container;
  refuseSecrets(container, added);
  const values = new Map(added.map(({ name, value }) => [name, value]));
  const present = objectsIn(container.environment);
  const kept = present.map((entry): JsonObject => {
    const value = values.get(textIn(entry, 'name') ?? '');
    return value === undefined ? entry : { ...entry, value };
  });
  const names = new Set(present.map((entry) => entry.name));
  const news = added.filter(({ name }) => !names.has(name)).map(({ name, value }) => ({ name, value }));
  return { ...container, environment: [...kept, ...news] };
}

function refuseSecrets(container: JsonObject, added: EcsConfig['environment']): void {
  const secrets = new Set(objectsIn(container.secrets).map((secret) => secret.name));
  const clashes = added.filter(({ name }) => secrets.has(name));
  if (clashes.length === 0) return;
  throw new InputError(
    clashes.map(({ name }) => ({
      input: 'environment',
      message: `${name} is a secret of the container ${String(container.name)}; it cannot be a variable, too`,
      allowed: 'another name, or a task definition without that secret',
    })),
  );
}

const architectures: Readonly<Record<string, string>> = { X86_64: 'amd64', ARM64: 'arm64' };

/**
 * What tasks of it run on; null: it does not tell, and any instance of the cluster may be of any kind.
 * Fargate takes X86_64 and Linux where nothing is said.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html
 */
export function platformOf(definition: JsonObject, onFargate: boolean): Platform | null {
  const told = isObject(definition.runtimePlatform) ? definition.runtimePlatform : {};
  const cpu = textIn(told, 'cpuArchitecture') ?? (onFargate ? 'X86_64' : null);
  const family = textIn(told, 'operatingSystemFamily') ?? (onFargate ? 'LINUX' : null);
  const architecture = cpu === null ? undefined : architectures[cpu];
  if (architecture === undefined) return null;
  return { os: family?.startsWith('WINDOWS') ? 'windows' : 'linux', architecture };
}

/** Whether tasks of it can only run on Fargate, whatever the service says. */
export function requiresFargate(definition: JsonObject): boolean {
  const required: Json | undefined = definition.requiresCompatibilities;
  return Array.isArray(required) && required.length === 1 && required[0] === 'FARGATE';
}

/** Each object gets its namespace and its resource; what the cluster does not know is refused before anything is applied. */

import { RunError } from '../../../../core/inputs/index.ts';
import {
  drop,
  type KubeObject,
  listAt,
  type Manifest,
  type Metadata,
  objectAt,
  textAt,
} from '../../../../core/kubernetes/index.ts';
import type { Discovery, Resource } from '../client/index.ts';
import { sendable } from '../state/comparable.ts';

export interface Placed {
  readonly object: KubeObject;
  readonly place: string;
  readonly resource: Resource;
  /** The cluster has its kind now; else an object before it makes it. */
  readonly isKnown: boolean;
}

export interface PlaceOptions {
  readonly discovery: Discovery;
  /** The input; null: objects may be anywhere. */
  readonly given: string | null;
  /** For objects that name none. */
  readonly usual: string;
  /** Charts may name other namespaces beside the release's; files must not contradict the input, as with kubectl. */
  readonly mayDiffer: boolean;
}

/** @throws RunError with all that is wrong. */
export function placeObjects(manifests: readonly Manifest[], options: PlaceOptions): Placed[] {
  const defined = definedKinds(manifests);
  const problems: string[] = [];
  const seen = new Map<string, string>();
  const placed: Placed[] = [];
  for (const { object, place } of manifests) {
    const { apiVersion, kind, metadata } = object;
    const known = options.discovery.find(apiVersion, kind);
    const resource = known ?? defined.get(`${apiVersion} ${kind}`) ?? null;
    if (resource === null) {
      problems.push(`${place}: ${options.discovery.unknown(apiVersion, kind)}`);
      continue;
    }
    const { given } = options;
    const own = metadata.namespace;
    if (resource.namespaced && given !== null && own !== undefined && own !== given && !options.mayDiffer) {
      problems.push(
        `${place}: ${kind}/${metadata.name} is of namespace ${own}, and the input namespace says ${given}`,
      );
      continue;
    }
    const whole = prepare(object, resource.namespaced ? (own ?? options.usual) : null);
    const key = keyOf(whole, resource);
    const before = seen.get(key);
    if (before !== undefined) {
      problems.push(`${place}: ${kind}/${metadata.name} is there already (${before})`);
      continue;
    }
    seen.set(key, place);
    placed.push({ object: whole, place, resource, isKnown: known !== null });
  }
  if (problems.length > 0) throw new RunError(problems.join('\n'));
  return placed;
}

/** The same object, whatever version of its group names it. */
export function keyOf(
  { kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>,
  { group }: Pick<Resource, 'group'>,
): string {
  return `${group}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

function prepare(object: KubeObject, namespace: string | null): KubeObject {
  const sent = sendable(object);
  const { namespace: _, ...rest } = sent.metadata;
  const metadata = (namespace === null ? rest : { ...rest, namespace }) as Metadata;
  const whole = drop({ ...sent, metadata }, [
    'metadata',
    'annotations',
    'kubectl.kubernetes.io/last-applied-configuration',
  ]) as KubeObject;
  return whole.kind === 'Secret' ? withData(whole) : whole;
}

/**
 * `stringData` is written only, and server-side apply does not keep track of it: a key that is taken out of a manifest would
 * stay. As `data` it is like any other field.
 */
function withData(secret: KubeObject): KubeObject {
  if (secret.stringData === undefined) return secret;
  const { stringData: _, ...rest } = secret;
  const texts = Object.entries(objectAt(secret, 'stringData')).map(
    ([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const,
  );
  return { ...rest, data: { ...objectAt(secret, 'data'), ...Object.fromEntries(texts) } } as KubeObject;
}

/** Kinds that CustomResourceDefinitions among the manifests will make. */
function definedKinds(manifests: readonly Manifest[]): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>();
  for (const { object } of manifests) {
    if (object.kind !== 'CustomResourceDefinition') continue;
    const group = textAt(object, 'spec', 'group');
    const kind = textAt(object, 'spec', 'names', 'kind');
    for (const version of listAt(object, 'spec', 'versions')) {
      const name = textAt(version, 'name');
      found.set(`${group}/${name} ${kind}`, {
        group,
        version: name,
        kind,
        plural: textAt(object, 'spec', 'names', 'plural'),
        namespaced: textAt(object, 'spec', 'scope') === 'Namespaced',
        verbs: [],
      });
    }
  }
  return found;
}

/** The image, by its digest, in the place of what the manifests name. */

import { nearest } from '../../../../core/gate/index.ts';
import { quote, RunError } from '../../../../core/inputs/index.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  type Manifest,
  podSpecOf,
  textAt,
  withPodSpec,
} from '../../../../core/kubernetes/index.ts';

export interface Placement {
  readonly manifest: Manifest;
  readonly container: string;
}

export interface ImagePlaced {
  readonly manifests: readonly Manifest[];
  /** Where it was put, at least one. */
  readonly placements: readonly Placement[];
}

const lists = ['initContainers', 'containers'] as const;

/** `docker.io/library/nginx` of `nginx:1.27`, as Docker completes names: without a host it is Docker Hub's. */
export function repositoryOf(image: string): string {
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (!isHost) return `docker.io/${rest.length === 0 ? `library/${first}` : name}`;
  // index.docker.io is Docker Hub's older name.
  if (first === 'index.docker.io' || first === 'docker.io')
    return `docker.io/${rest.length === 1 ? `library/${rest[0]}` : rest.join('/')}`;
  return name;
}

/**
 * In each container, init containers too, that runs the repository; or in those of the given name, whatever they run.
 * @throws RunError when there is none, with the images or the names that are there.
 */
export function placeImage(
  manifests: readonly Manifest[],
  image: { readonly repository: string; readonly reference: string },
  container: string | null,
): ImagePlaced {
  const placements: Placement[] = [];
  const isMeant = (item: JsonObject): boolean =>
    container === null
      ? repositoryOf(textAt(item, 'image')) === image.repository
      : textAt(item, 'name') === container;
  const placed = manifests.map((manifest) => {
    const spec = podSpecOf(manifest.object);
    if (spec === null) return manifest;
    const names: string[] = [];
    const put = (item: Json): Json => {
      if (!isObject(item) || !isMeant(item)) return item;
      names.push(textAt(item, 'name'));
      return { ...item, image: image.reference };
    };
    const changed = Object.fromEntries(
      lists.filter((list) => Array.isArray(spec[list])).map((list) => [list, listAt(spec, list).map(put)]),
    );
    if (names.length === 0) return manifest;
    const after = { ...manifest, object: withPodSpec(manifest.object, { ...spec, ...changed }) };
    placements.push(...names.map((name) => ({ manifest: after, container: name })));
    return after;
  });
  if (placements.length === 0) throw notFound(manifests, image.repository, container);
  return { manifests: placed, placements };
}

function notFound(manifests: readonly Manifest[], repository: string, container: string | null): RunError {
  const found = containersOf(manifests);
  if (found.length === 0)
    return new RunError('none of the objects runs a container: there is no place for the image');
  const listed = [
    ...new Set(found.map(({ owner, name, image }) => `${image || '(none)'} (${owner}, container ${name})`)),
  ];
  const shown = listed.slice(0, 10).join(', ');
  const more = listed.length > 10 ? ` and ${listed.length - 10} more` : '';
  if (container !== null) {
    const near = nearest(
      container,
      found.map(({ name }) => name),
    );
    const hint = near === undefined ? '.' : `; did you mean ${quote(near)}?`;
    return new RunError(
      `container-name: no container is named ${quote(container)}${hint} Found: ${shown}${more}`,
    );
  }
  return new RunError(
    `no container runs ${repository}; name the one whose image is to be replaced with container-name. Found: ${shown}${more}`,
  );
}

function containersOf(manifests: readonly Manifest[]): { owner: string; name: string; image: string }[] {
  return manifests.flatMap(({ object }) => {
    const spec = podSpecOf(object);
    if (spec === null) return [];
    return lists.flatMap((list) =>
      listAt(spec, list).map((item) => ({
        owner: `${object.kind}/${object.metadata.name}`,
        name: textAt(item, 'name'),
        image: textAt(item, 'image'),
      })),
    );
  });
}

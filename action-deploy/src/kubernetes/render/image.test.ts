import { describe, expect, test } from 'vitest';
import { type Json, type Manifest, parseManifests, podSpecOf } from '../../../../core/kubernetes/index.ts';
import { placeImage, repositoryOf } from './image.ts';

test.each([
  ['nginx', 'docker.io/library/nginx'],
  ['nginx:1.27', 'docker.io/library/nginx'],
  ['octo/web:1', 'docker.io/octo/web'],
  ['docker.io/nginx', 'docker.io/library/nginx'],
  ['index.docker.io/octo/web', 'docker.io/octo/web'],
  ['docker.io/library/nginx:1', 'docker.io/library/nginx'],
  ['ghcr.io/octo/web:1.2', 'ghcr.io/octo/web'],
  ['ghcr.io/octo/web:1.2@sha256:abcd', 'ghcr.io/octo/web'],
  ['registry.example:5000/web', 'registry.example:5000/web'],
  ['registry.example:5000/team/web:1', 'registry.example:5000/team/web'],
  ['localhost/web', 'localhost/web'],
  ['localhost:5000/web@sha256:abcd', 'localhost:5000/web'],
])('%s is of the repository %s', (image, repository) => {
  expect(repositoryOf(image)).toBe(repository);
});

const digest = `sha256:${'a'.repeat(64)}`;

function imageOf(repository: string): { repository: string; reference: string } {
  return { repository, reference: `${repository}@${digest}` };
}

interface Containers {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly init?: Json;
  readonly containers: Json;
}

function workload({ kind = 'Deployment', apiVersion = 'apps/v1', init, containers }: Containers): Manifest[] {
  const pod = { spec: { ...(init === undefined ? {} : { initContainers: init }), containers } };
  const spec =
    kind === 'Pod'
      ? pod.spec
      : kind === 'CronJob'
        ? { jobTemplate: { spec: { template: pod } } }
        : { template: pod };
  const object = { apiVersion, kind, metadata: { name: 'web' }, spec };
  return parseManifests(JSON.stringify(object), () => 'web.yaml:1');
}

function imagesIn(manifests: readonly Manifest[]): unknown {
  return manifests.map(({ object }) => {
    const spec = podSpecOf(object);
    const of = (list: Json | undefined): unknown =>
      Array.isArray(list) ? list.map((item: { image?: string }) => item.image) : list;
    return { init: of(spec?.initContainers), main: of(spec?.containers) };
  });
}

const web = imageOf('ghcr.io/octo/web');

describe('where the image goes', () => {
  test('every container that runs the repository, init containers too, and no other', () => {
    const manifests = workload({
      init: [
        { name: 'migrate', image: 'ghcr.io/octo/web:old' },
        { name: 'wait', image: 'busybox' },
      ],
      containers: [
        { name: 'web', image: 'ghcr.io/octo/web' },
        { name: 'other', image: 'ghcr.io/octo/webber:1' },
      ],
    });
    const { manifests: placed, placements } = placeImage(manifests, web, null);
    expect(imagesIn(placed)).toEqual([
      { init: [web.reference, 'busybox'], main: [web.reference, 'ghcr.io/octo/webber:1'] },
    ]);
    expect(placements.map(({ container }) => container)).toEqual(['migrate', 'web']);
    expect(imagesIn(manifests)).toEqual([
      { init: ['ghcr.io/octo/web:old', 'busybox'], main: ['ghcr.io/octo/web', 'ghcr.io/octo/webber:1'] },
    ]);
  });

  test('the container of the name, whatever it runs', () => {
    const manifests = workload({
      containers: [{ name: 'app' }, { name: 'proxy', image: 'ghcr.io/octo/web:1' }],
    });
    const { manifests: placed } = placeImage(manifests, web, 'app');
    expect(imagesIn(placed)).toEqual([{ init: undefined, main: [web.reference, 'ghcr.io/octo/web:1'] }]);
  });

  test.each([
    ['nginx:1.27', 'docker.io/library/nginx'],
    ['octo/web', 'docker.io/octo/web'],
    ['registry.example:5000/web:1', 'registry.example:5000/web'],
  ])('%s is exchanged for %s', (image, repository) => {
    const meant = imageOf(repository);
    const { manifests } = placeImage(workload({ containers: [{ name: 'web', image }] }), meant, null);
    expect(imagesIn(manifests)).toEqual([{ init: undefined, main: [meant.reference] }]);
  });

  test.each([
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'ReplicaSet'],
    ['batch/v1', 'Job'],
    ['batch/v1', 'CronJob'],
    ['v1', 'Pod'],
    ['v1', 'ReplicationController'],
  ])('%s %s', (apiVersion, kind) => {
    const manifests = workload({
      apiVersion,
      kind,
      containers: [{ name: 'web', image: 'ghcr.io/octo/web' }],
    });
    const { manifests: placed } = placeImage(manifests, web, null);
    expect(imagesIn(placed)).toEqual([{ init: undefined, main: [web.reference] }]);
  });

  test('objects without pods stay as they are', () => {
    const service = parseManifests('{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"}}', () => 's');
    const app = workload({ containers: [{ name: 'web', image: 'ghcr.io/octo/web' }] });
    const { manifests, placements } = placeImage([...service, ...app], web, null);
    expect(manifests[0]).toBe(service[0]);
    expect(placements[0]?.manifest).toBe(manifests[1]);
  });
});

describe('what is refused', () => {
  const other = workload({
    init: [{ name: 'wait', image: 'busybox' }],
    containers: [{ name: 'web', image: 'ghcr.io/octo/api:1' }, { name: 'bare' }],
  });
  const found =
    'Found: busybox (Deployment/web, container wait), ghcr.io/octo/api:1 (Deployment/web, container web), (none) (Deployment/web, container bare)';

  test.each<[string, Manifest[], string | null, string]>([
    [
      'no container runs it',
      other,
      null,
      `no container runs ghcr.io/octo/web; name the one whose image is to be replaced with container-name. ${found}`,
    ],
    [
      'no container has the name',
      other,
      'wbe',
      `container-name: no container is named "wbe"; did you mean "web"? ${found}`,
    ],
    ['a name like no other', other, 'database', `container-name: no container is named "database". ${found}`],
    [
      'nothing runs a container',
      parseManifests('{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"}}', () => 's'),
      null,
      'none of the objects runs a container: there is no place for the image',
    ],
    [
      'pods of a kind that is not known',
      workload({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        containers: [{ name: 'web', image: web.repository }],
      }),
      null,
      'none of the objects runs a container: there is no place for the image',
    ],
  ])('%s', (_name, manifests, container, message) => {
    expect(() => placeImage(manifests, web, container)).toThrow(
      expect.objectContaining({ name: 'RunError', message }),
    );
  });

  test('of many images the first ten are listed', () => {
    const containers = Array.from({ length: 12 }, (_, index) => ({
      name: `c${index}`,
      image: `octo/i${index}`,
    }));
    expect(() => placeImage(workload({ containers }), web, null)).toThrow(
      /octo\/i9 \(Deployment\/web, container c9\) and 2 more$/,
    );
  });
});

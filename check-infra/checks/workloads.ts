/** Images, replicas, Services and configuration of what runs. */

import { at, listAt, objectAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Infra, ParsedFile } from '../infra.ts';
import { clusterOf, podsBehind } from '../reachability/index.ts';
import {
  containersOf,
  type Found,
  inRelease,
  isSameNamespace,
  named,
  objectsOf,
  type Problem,
  type Workload,
  workloadsOf,
} from './objects.ts';

export const floatingImage: Check = {
  name: 'image-not-pinned',
  refuses: 'an image without a tag, or with `:latest`: what runs changes without anybody deploying it',
  run: (infra) => named('image-not-pinned', workloadsOf(infra).flatMap(floatingIn)),
};

function floatingIn({ spec, place }: Workload): Problem[] {
  return containersOf(spec).flatMap((container): Problem[] => {
    const image = textAt(container, 'image');
    const [name = '', digest] = image.split('@');
    const tag = /:([^/:]+)$/.exec(name)?.[1];
    if (image === '' || digest !== undefined || (tag !== undefined && tag !== 'latest')) return [];
    return [
      {
        place,
        message: `container ${textAt(container, 'name')} runs ${image}, which is whatever was pushed last`,
        mend: 'name a version, or better a digest (`image@sha256:…`)',
      },
    ];
  });
}

export const replicasAndAutoscaler: Check = {
  name: 'replicas-with-autoscaler',
  refuses: 'replicas beside a HorizontalPodAutoscaler: each deployment sets them back',
  run: (infra) =>
    named('replicas-with-autoscaler', objectsOf(infra, 'HorizontalPodAutoscaler').flatMap(autoscaledIn)),
};

function autoscaledIn({ release, object, place }: Found): Problem[] {
  const kind = textAt(object, 'spec', 'scaleTargetRef', 'kind');
  const name = textAt(object, 'spec', 'scaleTargetRef', 'name');
  const target = inRelease(release, kind).find(
    (one) => one.object.metadata.name === name && isSameNamespace(one.object, object),
  );
  if (target === undefined) {
    return [
      {
        place,
        message: `it scales ${kind}/${name}, which is not among the objects`,
        mend: 'name one that is, in the same namespace',
      },
    ];
  }
  if (at(target.object, 'spec', 'replicas') === undefined) return [];
  return [
    {
      place: target.place,
      message: `${kind}/${name} sets replicas, which HorizontalPodAutoscaler/${object.metadata.name} sets too: each deployment throws its number away`,
      mend: 'take `replicas` out, and say the least number in `minReplicas`',
    },
  ];
}

const explicitScheme = [
  'service.beta.kubernetes.io/aws-load-balancer-scheme',
  'service.beta.kubernetes.io/aws-load-balancer-internal',
  'networking.gke.io/load-balancer-type',
  'cloud.google.com/load-balancer-type',
  'service.beta.kubernetes.io/azure-load-balancer-internal',
];

export const openLoadBalancer: Check = {
  name: 'load-balancer-for-internal-service',
  refuses: 'a Service of type LoadBalancer that does not say whom it is open to: on most clouds the internet',
  run: (infra) =>
    named(
      'load-balancer-for-internal-service',
      objectsOf(infra, 'Service').flatMap(({ object, place }): Problem[] => {
        const { name, annotations = {} } = object.metadata;
        const isOpen =
          textAt(object, 'spec', 'type') === 'LoadBalancer' &&
          textAt(object, 'spec', 'loadBalancerClass') === '';
        const isSaid =
          explicitScheme.some((annotation) => annotation in annotations) ||
          listAt(object, 'spec', 'loadBalancerSourceRanges').length > 0;
        return !isOpen || isSaid
          ? []
          : [
              {
                place,
                message: `Service ${name} gets a load balancer of its own, which most clouds open to the internet`,
                mend: 'make it a ClusterIP behind an Ingress; or say its scheme by the annotation of the cloud (`service.beta.kubernetes.io/aws-load-balancer-scheme: internal`)',
              },
            ];
      }),
    ),
};

export const emptyService: Check = {
  name: 'service-without-pods',
  refuses: 'a Service whose selector no pod has, or that sends to a port that its pods do not name',
  run: (infra) =>
    named(
      'service-without-pods',
      infra.releases.flatMap((release) => emptyIn(infra, release.place)),
    ),
};

function emptyIn({ releases }: Infra, place: string): Problem[] {
  const release = releases.find((one) => one.place === place);
  if (release === undefined) return [];
  const cluster = clusterOf(release.manifests.map(({ object }) => object));
  return cluster.services.flatMap((service): Problem[] => {
    if (service.selector === null) return [];
    const where = `${release.place}: Service/${service.name}`;
    const behind = podsBehind(cluster, service);
    if (behind.length === 0) {
      const labels = Object.entries(service.selector).map(([name, value]) => `${name}=${value}`);
      return [
        {
          place: where,
          message: `no pod in namespace ${service.namespace} has the labels ${labels.join(', ')} that Service ${service.name} selects`,
          mend: 'select labels of the pods’ template',
        },
      ];
    }
    return service.ports.flatMap(({ target }): Problem[] =>
      typeof target === 'number' || behind.every(({ ports }) => ports.some(({ name }) => name === target))
        ? []
        : [
            {
              place: where,
              message: `Service ${service.name} sends to the port ${target}, which its pods do not name`,
              mend: `name the container's port: \`ports: [{ name: ${target}, containerPort: … }]\``,
            },
          ],
    );
  });
}

/** Keys of a ConfigMap are flat: what lies in folders does not come with it. */
export const nestedConfigMap: Check = {
  name: 'config-map-with-folders',
  refuses: 'a ConfigMap that is expected to carry a folder: it has files only',
  run: (infra) =>
    named('config-map-with-folders', [
      ...infra.kustomizations.flatMap(folderGenerators),
      ...objectsOf(infra, 'ConfigMap').flatMap(keysWithFolders),
    ]),
};

function folderGenerators({ place, value }: ParsedFile): Problem[] {
  return listAt(value, 'configMapGenerator').flatMap((generator) =>
    listAt(generator, 'files').flatMap((file): Problem[] => {
      const text = typeof file === 'string' ? file : '';
      const path = text.slice(text.indexOf('=') + 1);
      if (text === '' || (!path.endsWith('/') && !(text.includes('=') && text.split('=')[0]?.includes('/'))))
        return [];
      return [
        {
          place,
          message: `the ConfigMap ${textAt(generator, 'name')} is made from ${text}: a ConfigMap holds files, not folders`,
          mend: 'list each file, one ConfigMap for each folder, and mount each where it belongs',
        },
      ];
    }),
  );
}

function keysWithFolders({ object, place }: Found): Problem[] {
  return ['data', 'binaryData'].flatMap((field) =>
    Object.keys(objectAt(object, field))
      .filter((key) => key.includes('/'))
      .map((key) => ({
        place,
        message: `the key ${key} is a path: a ConfigMap holds files, not folders, and the API server refuses it`,
        mend: 'one ConfigMap for each folder, mounted where it belongs; or `items` with a `path` in the volume',
      })),
  );
}

/** Paths that a program is given, below a place where a ConfigMap is mounted. */
export const missingConfigFile: Check = {
  name: 'config-file-not-mounted',
  refuses: 'an argument or a provider that names a file or folder which the mounted ConfigMap does not have',
  run: (infra) => named('config-file-not-mounted', workloadsOf(infra).flatMap(missingIn)),
};

function missingIn({ release, spec, place, object }: Workload): Problem[] {
  const maps = new Map(
    inRelease(release, 'ConfigMap')
      .filter((one) => isSameNamespace(one.object, object))
      .map((one) => [one.object.metadata.name, one.object]),
  );
  return containersOf(spec).flatMap((container) => {
    const mounts = listAt(container, 'volumeMounts').flatMap((mount) => {
      const volume = listAt(spec, 'volumes').find((one) => textAt(one, 'name') === textAt(mount, 'name'));
      const map = maps.get(textAt(volume, 'configMap', 'name'));
      const isWhole = textAt(mount, 'subPath') === '' && listAt(volume, 'configMap', 'items').length === 0;
      return map === undefined || !isWhole
        ? []
        : [
            {
              path: textAt(mount, 'mountPath').replace(/\/$/, ''),
              map,
              keys: Object.keys(objectAt(map, 'data')),
            },
          ];
    });
    const deeper = listAt(container, 'volumeMounts').map((mount) => textAt(mount, 'mountPath'));
    const named = [...listAt(container, 'args'), ...listAt(container, 'command')].flatMap((text) =>
      typeof text === 'string' ? [text.replace(/^-{1,2}[\w.-]+=/, '')] : [],
    );
    return mounts.flatMap(({ path, map, keys }) =>
      named.flatMap((text): Problem[] => {
        if (
          !text.startsWith(`${path}/`) ||
          deeper.some((other) => other.length > path.length && text.startsWith(other))
        )
          return [];
        const rest = text.slice(path.length + 1);
        if (rest === '' || /[*?{$]/.test(rest) || keys.includes(rest)) return [];
        return [
          {
            place,
            message: `container ${textAt(container, 'name')} is told ${text}, but ConfigMap/${map.metadata.name} at ${path} holds ${keys.join(', ') || 'nothing'}`,
            mend: 'name a key of the ConfigMap; it has no folders',
          },
        ];
      }),
    );
  });
}

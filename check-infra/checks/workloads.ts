/** Images, replicas and Services of what runs. */

import { at, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Infra, Release } from '../infra.ts';
import { clusterIn } from '../networks.ts';
import { type Cluster, clusterOf, type Labels, podsBehind } from '../reachability/index.ts';
import {
  containersOf,
  type Found,
  hasCustomObjects,
  inRelease,
  isIncomplete,
  isTogether,
  named,
  objectsOf,
  type Problem,
  placeOf,
  type Workload,
  workloadsIn,
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
    const isPinned = digest !== undefined || (tag !== undefined && !/^latest(?:-|$)/.test(tag));
    // A variable is filled in by whoever deploys.
    if (image === '' || isPinned || /\}$|\)$/.test(image)) return [];
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
  refuses: 'replicas beside an autoscaler (HorizontalPodAutoscaler, KEDA): each deployment sets them back',
  run: (infra) =>
    named(
      'replicas-with-autoscaler',
      objectsOf(infra, 'HorizontalPodAutoscaler', 'ScaledObject').flatMap(autoscaledIn),
    ),
};

/** What it scales may be applied with something else: then nothing is known of it. */
function autoscaledIn(found: Found): Problem[] {
  const { release, object } = found;
  const kind = textAt(object, 'spec', 'scaleTargetRef', 'kind') || 'Deployment';
  const name = textAt(object, 'spec', 'scaleTargetRef', 'name');
  return inRelease(release, kind)
    .filter((one) => one.object.metadata.name === name && isTogether(one, found))
    .filter((one) => (at(one.object, 'spec', 'replicas') ?? null) !== null)
    .map((one) => ({
      place: one.place,
      message: `${kind}/${name} sets replicas, which ${object.kind}/${object.metadata.name} sets too: each deployment throws its number away`,
      mend: 'take `replicas` out, and say the least number in the autoscaler',
    }));
}

/** Annotations by which clouds and load balancers of one's own rooms say who reaches them. */
const explicit = [
  'cloud.google.com/load-balancer-type',
  'networking.gke.io/load-balancer-type',
  'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type',
  'service.beta.kubernetes.io/aws-load-balancer-internal',
  'service.beta.kubernetes.io/aws-load-balancer-scheme',
  'service.beta.kubernetes.io/azure-load-balancer-internal',
  'service.beta.kubernetes.io/oci-load-balancer-internal',
  'service.beta.kubernetes.io/openstack-internal-load-balancer',
  'service.kubernetes.io/qcloud-loadbalancer-internal-subnetid',
];
const ownRooms = /^(?:metallb\.(?:io|universe\.tf)|lbipam\.cilium\.io|io\.cilium|kube-vip\.io)\//;
const front =
  /ingress|traefik|istio|envoy|contour|haproxy|kong|(?:^|-)(?:api|app|nginx)-gateway|^gateway$|(?:^|-)public(?:$|-)/i;

export const openLoadBalancer: Check = {
  name: 'load-balancer-for-internal-service',
  refuses: 'a Service of type LoadBalancer that does not say whom it is open to: on most clouds the internet',
  run: (infra) => named('load-balancer-for-internal-service', objectsOf(infra, 'Service').flatMap(openIn)),
};

function openIn({ object, place }: Found): Problem[] {
  const { name, annotations = {}, labels = {} } = object.metadata;
  const isOpen =
    textAt(object, 'spec', 'type') === 'LoadBalancer' && textAt(object, 'spec', 'loadBalancerClass') === '';
  const isSaid =
    Object.keys(annotations).some((key) => explicit.includes(key) || ownRooms.test(key)) ||
    listAt(object, 'spec', 'loadBalancerSourceRanges').length > 0;
  // What everything else is behind is meant to be open.
  const isFront = [name, labels['app.kubernetes.io/name'] ?? '', labels.app ?? ''].some((text) =>
    front.test(text),
  );
  if (!isOpen || isSaid || isFront) return [];
  return [
    {
      place,
      message: `Service ${name} gets a load balancer of its own, which most clouds open to the internet`,
      mend: 'make it a ClusterIP behind an Ingress; or say whom it is open to: by `loadBalancerSourceRanges`, or by the annotation of the cloud (`service.beta.kubernetes.io/aws-load-balancer-scheme: internal`)',
    },
  ];
}

export const emptyService: Check = {
  name: 'service-without-pods',
  refuses: 'a Service whose selector no pod has, or that sends to a port that none of its pods names',
  run: (infra) => {
    const all = clusterOf(objectsOf(infra).map(({ object }) => object));
    return named(
      'service-without-pods',
      infra.releases.flatMap((one) => emptyIn(one, all, infra)),
    );
  },
};

/** Controllers give these to single pods. */
const atRunTime = new Set([
  'apps.kubernetes.io/pod-index',
  'controller-revision-hash',
  'pod-template-hash',
  'rollouts-pod-template-hash',
  'statefulset.kubernetes.io/pod-name',
]);

/** Who leads of several pods gets a label while it runs: Vault's `vault-active`, Patroni's `role`. One label is missing, none is wrong. */
function isLabelledLater({ pods }: Cluster, namespace: string, selector: Labels): boolean {
  const wanted = Object.entries(selector);
  return pods.some(({ namespace: own, labels }) => {
    const others = wanted.filter(([key, value]) => labels[key] !== value);
    const [missing] = others;
    return (
      own === namespace &&
      others.length === 1 &&
      wanted.length > 1 &&
      missing !== undefined &&
      !Object.hasOwn(labels, missing[0])
    );
  });
}

function emptyIn(release: Release, all: Cluster, infra: Infra): Problem[] {
  return clusterIn(release).services.flatMap((service): Problem[] => {
    if (service.selector === null) return [];
    const place = placeOf(release, `Service/${service.name}`, service.namespace);
    const selector = Object.fromEntries(
      Object.entries(service.selector).filter(([key]) => !atRunTime.has(key)),
    );
    const behind = podsBehind(all, { ...service, selector });
    if (behind.length === 0) {
      const own = inRelease(release, 'Service').find(({ object: { metadata } }) => {
        return metadata.name === service.name && (metadata.namespace ?? 'default') === service.namespace;
      });
      const hasPods = own !== undefined && workloadsIn(release).some((workload) => isTogether(workload, own));
      // Pods of operators, of the cluster itself, or of something that is applied apart, are not among the objects.
      const isElsewhere = hasCustomObjects(release) || service.namespace === 'kube-system';
      if (!hasPods || isElsewhere || isIncomplete(infra) || isLabelledLater(all, service.namespace, selector))
        return [];
      const labels = Object.entries(service.selector).map(([name, value]) => `${name}=${value}`);
      return [
        {
          place,
          message: `no pod in namespace ${service.namespace} has the labels ${labels.join(', ')} that Service ${service.name} selects`,
          mend: 'select labels that the pods’ template has',
        },
      ];
    }
    return service.ports.flatMap(({ target }): Problem[] =>
      typeof target === 'number' || behind.some(({ ports }) => ports.some(({ name }) => name === target))
        ? []
        : [
            {
              place,
              message: `Service ${service.name} sends to the port ${target}, which its pods do not name`,
              mend: `name the container's port: \`ports: [{ name: ${target}, containerPort: … }]\``,
            },
          ],
    );
  });
}

/** Network policies, by who reaches what. */

import { at, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Release } from '../infra.ts';
import {
  type Answer,
  type Cluster,
  checkExpectations,
  clusterOf,
  labelsOfNamespace,
  mayReach,
  mayTalk,
  type Pods,
  parseExpectations,
  portText,
  type Service,
  selectorText,
  selects,
  shown,
} from '../reachability/index.ts';
import { containersOf, inRelease, named, type Problem, workloadsIn } from './objects.ts';

function clusterIn({ manifests }: Release): Cluster {
  return clusterOf(manifests.map(({ object }) => object));
}

export const expectedFlows: Check = {
  name: 'flow-blocked',
  refuses: 'policies that keep somebody from what `reachability.yaml` says that it must reach',
  run: ({ releases }) =>
    named(
      'flow-blocked',
      releases.flatMap((release) => {
        const { cluster, expectations } = expected(release);
        return checkExpectations(cluster, expectations).blocked.map(
          ({ flow: { from, to, port, why }, answer }) => ({
            place: release.place,
            message: `${shown(from)} must reach ${'is' in to ? shown(to) : `Service ${to.namespace}/${to.name}`} on ${portText(port)}${why === '' ? '' : ` (${why})`}: ${answer.because.join('; ')}`,
            mend: 'add the rule to the policies of the side that is named, or take the line out of reachability.yaml',
          }),
        );
      }),
    ),
};

export const unexpectedFlows: Check = {
  name: 'flow-open',
  refuses: 'policies that let somebody reach what `reachability.yaml` does not list',
  run: ({ releases }) =>
    named(
      'flow-open',
      releases.flatMap((release) => {
        const { cluster, expectations } = expected(release);
        return checkExpectations(cluster, expectations).open.map(({ to, port, froms }) => ({
          place: release.place,
          message: `${shown(to)} is reached on ${portText(port)} by ${froms.map(({ from, answer }) => shown(from) + (answer.verdict === 'depends' ? ' (perhaps)' : '')).join(', ')}, which nothing asks for: ${[...new Set(froms.flatMap(({ answer }) => answer.because))].slice(0, 3).join('; ')}`,
          mend: 'name the callers in the policy, or add the flow to reachability.yaml with its reason',
        }));
      }),
    ),
};

/** Without the file nothing is expected, and nothing is forbidden. */
function expected(release: Release) {
  const cluster = clusterIn(release);
  const { reachability } = release;
  return reachability === null
    ? { cluster: { ...cluster, pods: [] }, expectations: { podBlocks: null, outsiders: [], flows: [] } }
    : { cluster, expectations: parseExpectations(reachability.text, reachability.place, cluster) };
}

const dns: Pods = {
  is: 'pods',
  name: 'DNS',
  namespace: 'kube-system',
  labels: { 'k8s-app': 'kube-dns' },
  ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
  hostNetwork: false,
};

export const blockedDns: Check = {
  name: 'policy-blocks-dns',
  refuses: 'policies that keep pods from the DNS of the cluster, so that they find nobody',
  run: ({ releases }) =>
    named(
      'policy-blocks-dns',
      releases.flatMap((release) => {
        const cluster = clusterIn(release);
        return cluster.pods.flatMap((pods): Problem[] => {
          const answer = mayTalk(cluster, pods, dns, { port: 53, protocol: 'UDP' });
          // Pods that may talk to nobody need no names.
          const isSilent = cluster.policies.some(
            ({ namespace, pods: selector, egress }) =>
              egress?.length === 0 && namespace === pods.namespace && selects(selector, pods.labels),
          );
          const rules = cluster.policies.filter(
            ({ namespace, pods: selector, egress }) =>
              (egress?.length ?? 0) > 0 && namespace === pods.namespace && selects(selector, pods.labels),
          );
          if (answer.verdict !== 'no' || (isSilent && rules.length === 0)) return [];
          return [
            {
              place: release.place,
              message: `${shown(pods)} finds no names: ${answer.because.join('; ')}`,
              mend: 'admit egress to namespace kube-system (kubernetes.io/metadata.name), pods k8s-app=kube-dns, port 53 of UDP and TCP',
            },
          ];
        });
      }),
    ),
};

export const blockedIngress: Check = {
  name: 'policy-blocks-ingress',
  refuses: 'an Ingress to pods whose policies admit only pods of their own namespace, or monitoring',
  run: ({ releases }) => named('policy-blocks-ingress', releases.flatMap(ingressIn)),
};

/** Where the controller runs is not known: it is somewhere outside of this namespace, and some policy must admit somebody there. */
function ingressIn(release: Release): Problem[] {
  const cluster = clusterIn(release);
  return inRelease(release, 'Ingress').flatMap(({ object, place }) => {
    const backends = [
      at(object, 'spec', 'defaultBackend'),
      ...listAt(object, 'spec', 'rules').flatMap((rule) =>
        listAt(rule, 'http', 'paths').map((path) => at(path, 'backend')),
      ),
    ];
    const names = new Set(
      backends.map((backend) => textAt(backend, 'service', 'name')).filter((name) => name !== ''),
    );
    return [...names].flatMap((name): Problem[] => {
      const service = cluster.services.find(
        (one) => one.name === name && one.namespace === (object.metadata.namespace ?? 'default'),
      );
      if (service === undefined) {
        return [
          {
            place,
            message: `it sends to Service ${name}, which is not among the objects`,
            mend: 'name a Service of the same namespace',
          },
        ];
      }
      const isOpen = admitted(cluster, service);
      return isOpen
        ? []
        : [
            {
              place,
              message: `Service ${name} is behind an Ingress, but the policies of its pods admit no ingress controller: only ${admittedText(cluster, service)}`,
              mend: 'admit the controller: namespaceSelector kubernetes.io/metadata.name (ingress-nginx, …) with the podSelector of its pods',
            },
          ];
    });
  });
}

const monitoring = /prometheus|monitoring|metrics|observability/i;

function rulesFor(cluster: Cluster, { namespace, selector }: Service) {
  const behind = cluster.pods.filter(
    (pods) =>
      pods.namespace === namespace && selector !== null && selects({ matchLabels: selector }, pods.labels),
  );
  const policies = cluster.policies.filter(
    (policy) =>
      policy.namespace === namespace &&
      policy.ingress !== null &&
      behind.some(({ labels }) => selects(policy.pods, labels)),
  );
  return { policies, peers: policies.flatMap(({ ingress }) => ingress ?? []).map(({ peers }) => peers) };
}

function admitted(cluster: Cluster, service: Service): boolean {
  const { policies, peers } = rulesFor(cluster, service);
  if (policies.length === 0) return true;
  return peers.some(
    (some) =>
      some === null ||
      some.some((peer) =>
        peer.is === 'block'
          ? true
          : peer.namespaces !== undefined &&
            !monitoring.test(selectorText(peer.namespaces)) &&
            !monitoring.test(selectorText(peer.pods)),
      ),
  );
}

function admittedText(cluster: Cluster, service: Service): string {
  const { peers } = rulesFor(cluster, service);
  const names = peers.flatMap((some) =>
    (some ?? []).map((peer) =>
      peer.is === 'block'
        ? peer.cidr
        : [selectorText(peer.namespaces), selectorText(peer.pods)]
            .filter((text) => text !== '')
            .join(' and '),
    ),
  );
  return names.length === 0 ? 'nobody' : names.join('; ');
}

export const strangerSelector: Check = {
  name: 'policy-selects-nothing',
  refuses: 'a policy that selects pods or namespaces by labels that none has',
  run: ({ releases }) => named('policy-selects-nothing', releases.flatMap(strangersIn)),
};

const automatic = 'kubernetes.io/metadata.name';

function strangersIn(release: Release): Problem[] {
  const cluster = clusterIn(release);
  return cluster.policies.flatMap((policy) => {
    const place = `${release.place}: NetworkPolicy/${policy.name}`;
    const rules = [...(policy.ingress ?? []), ...(policy.egress ?? [])];
    return rules.flatMap(({ peers }) =>
      (peers ?? []).flatMap((peer): Problem[] => {
        if (peer.is === 'block' || peer.namespaces === undefined) return [];
        const text = selectorText(peer.namespaces);
        // A namespace that is not here may have the label that it always has: its name.
        const isKnown =
          text === '' ||
          [...cluster.namespaces].some(([name, labels]) =>
            selects(peer.namespaces, labelsOfNamespace(name, labels)),
          ) ||
          text.includes(automatic);
        if (isKnown) return [];
        return [
          {
            place,
            message: `it names namespaces with ${text}, and no namespace has that label by itself`,
            mend: `name them by ${automatic}, which the API server gives to each; or make the Namespace with the label part of what is applied`,
          },
        ];
      }),
    );
  });
}

/** An address in the configuration of a pod is somebody that it must reach. */
export const blockedAddress: Check = {
  name: 'policy-blocks-configured-address',
  refuses: 'policies that keep a pod from a Service which its own configuration names',
  run: ({ releases }) => named('policy-blocks-configured-address', releases.flatMap(configuredIn)),
};

function configuredIn(release: Release): Problem[] {
  const cluster = clusterIn(release);
  return workloadsIn(release).flatMap(({ spec, object, place }) => {
    const namespace = object.metadata.namespace ?? 'default';
    const pods = cluster.pods.find(
      (one) => one.name === `${object.kind}/${object.metadata.name}` && one.namespace === namespace,
    );
    if (pods === undefined) return [];
    return valuesOf(release, spec, namespace).flatMap(([name, value]): Problem[] => {
      const found = serviceIn(cluster, value, namespace);
      if (found === null) return [];
      const answer: Answer = mayReach(cluster, pods, found.service, { port: found.port, protocol: 'TCP' });
      return answer.verdict !== 'no'
        ? []
        : [
            {
              place,
              message: `${name} names Service ${found.service.name} on port ${found.port}: ${answer.because.join('; ')}`,
              mend: 'add the rule to the policies of the side that is named, or mend the address',
            },
          ];
    });
  });
}

function valuesOf(
  release: Release,
  spec: Parameters<typeof containersOf>[0],
  namespace: string,
): [string, string][] {
  return containersOf(spec).flatMap((container) => [
    ...listAt(container, 'env').map((one): [string, string] => [textAt(one, 'name'), textAt(one, 'value')]),
    ...listAt(container, 'envFrom').flatMap((one) => {
      const map = inRelease(release, 'ConfigMap').find(
        ({ object }) =>
          object.metadata.name === textAt(one, 'configMapRef', 'name') &&
          (object.metadata.namespace ?? 'default') === namespace,
      );
      return Object.entries(at(map?.object ?? null, 'data') ?? {}).flatMap(
        ([name, value]): [string, string][] => (typeof value === 'string' ? [[name, value]] : []),
      );
    }),
  ]);
}

const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
};

/** `http://mlflow:5000`, `postgres://…@db.data.svc/ml`, `kafka:9092`; null: it names no Service that is here. */
function serviceIn(
  { services }: Cluster,
  value: string,
  namespace: string,
): { readonly service: Service; readonly port: number } | null {
  const match =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/\s]*@)?([a-z0-9][a-z0-9.-]*)(?::(\d{1,5}))?(?:[/?].*)?$/.exec(
      value,
    );
  const [, scheme = '', host = '', digits] = match ?? [];
  const port = digits === undefined ? defaultPorts[scheme.split('+')[0] ?? ''] : Number(digits);
  if (host === '' || port === undefined) return null;
  const [name, space = namespace] = host.split('.');
  const service = services.find((one) => one.name === name && one.namespace === space);
  return service === undefined ? null : { service, port };
}

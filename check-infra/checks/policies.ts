/** Policies that keep away what nearly every pod needs: the DNS, and whoever its Service was made for. */

import { at, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Release } from '../infra.ts';
import { networkOf } from '../networks.ts';
import {
  type Cluster,
  mayTalk,
  type Pods,
  podsBehind,
  type Service,
  selectorText,
  selects,
  shown,
} from '../reachability/index.ts';
import { hasOtherPolicies, reasons } from './network.ts';
import { inRelease, named, namespaceOf, type Problem, placeOf } from './objects.ts';

/** As kubeadm and the clouds label it, as the chart of CoreDNS does, and as OpenShift has it. */
const dnsServers = [
  { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, port: 53 },
  { namespace: 'kube-system', labels: { 'k8s-app': 'coredns' }, port: 53 },
  { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'coredns' }, port: 53 },
  { namespace: 'kube-system', labels: { 'k8s-app': 'node-local-dns' }, port: 53 },
  {
    namespace: 'openshift-dns',
    labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
    port: 5353,
  },
].map(({ namespace, labels, port }) => {
  const ports = [{ name: 'dns', port, protocol: 'UDP' as const }];
  const pods: Pods = { is: 'pods', name: 'the DNS', namespace, labels, ports, hostNetwork: false };
  return { pods, port: { port, protocol: 'UDP' as const } };
});

export const blockedDns: Check = {
  name: 'policy-blocks-dns',
  refuses: 'policies that keep pods from the DNS of the cluster, so that they find nobody',
  run: ({ releases }) =>
    named('policy-blocks-dns', releases.filter((one) => !hasOtherPolicies(one)).flatMap(withoutDns)),
};

function withoutDns(release: Release): Problem[] {
  const { cluster } = networkOf(release);
  return cluster.pods.flatMap((pods): Problem[] => {
    const isolating = cluster.policies.filter(
      ({ namespace, pods: selector }) => namespace === pods.namespace && selects(selector, pods.labels),
    );
    // Pods that may talk to nobody need no names.
    const isSilent = isolating.every(({ egress }) => (egress ?? []).length === 0);
    const answers = dnsServers.map(({ pods: server, port }) => mayTalk(cluster, pods, server, port));
    const [usual] = answers;
    if (usual === undefined || isSilent || answers.some(({ verdict }) => verdict !== 'no')) return [];
    return [
      {
        place: placeOf(release, pods.name, pods.namespace),
        message: `${shown(pods)} finds no names: ${reasons(usual)}`,
        mend: 'admit egress to namespace kube-system (kubernetes.io/metadata.name), pods k8s-app=kube-dns, port 53 of UDP and TCP',
      },
    ];
  });
}

export const blockedIngress: Check = {
  name: 'policy-blocks-ingress',
  refuses:
    'an Ingress or a load balancer to pods whose policies admit nobody from outside, but only monitoring or their own namespace',
  run: ({ releases }) =>
    named('policy-blocks-ingress', releases.filter((one) => !hasOtherPolicies(one)).flatMap(closedIn)),
};

/** Where a controller runs is not known: somewhere outside of this namespace, and some rule must admit somebody there. */
function closedIn(release: Release): Problem[] {
  const { cluster } = networkOf(release);
  const find = (name: string, namespace: string): Service | undefined =>
    cluster.services.find((one) => one.name === name && one.namespace === namespace);
  const byIngress = inRelease(release, 'Ingress').flatMap(({ object, place }): Problem[] => {
    const backends = [
      at(object, 'spec', 'defaultBackend'),
      ...listAt(object, 'spec', 'rules').flatMap((rule) =>
        listAt(rule, 'http', 'paths').map((path) => at(path, 'backend')),
      ),
    ];
    const names = new Set(backends.map((backend) => textAt(backend, 'service', 'name')));
    return [...names].flatMap((name): Problem[] => {
      const service = find(name, namespaceOf(object));
      if (service === undefined || isAdmitted(cluster, service, isController)) return [];
      return [
        {
          place,
          message: `Service ${name} is behind an Ingress, but the policies of its pods admit no ingress controller: only ${admittedBy(cluster, service)}`,
          mend: 'admit the controller: a namespaceSelector by kubernetes.io/metadata.name (ingress-nginx, …) with the podSelector of its pods',
        },
      ];
    });
  });
  const byPort = inRelease(release, 'Service').flatMap(({ object, place }): Problem[] => {
    const type = textAt(object, 'spec', 'type');
    const service = find(object.metadata.name, namespaceOf(object));
    if ((type !== 'LoadBalancer' && type !== 'NodePort') || service === undefined) return [];
    if (isAdmitted(cluster, service, isController)) return [];
    return [
      {
        place,
        message: `Service ${service.name} is a ${type}, but the policies of its pods admit nobody from outside: only ${admittedBy(cluster, service)}`,
        mend: 'admit the addresses that the callers have by an ipBlock, or make the Service a ClusterIP',
      },
    ];
  });
  return [...byIngress, ...byPort];
}

type PodPeer = Extract<
  NonNullable<NonNullable<Cluster['policies'][number]['ingress']>[number]['peers']>[number],
  { is: 'pods' }
>;

const monitoring = /prometheus|monitor|metrics|observability|grafana/i;
const controllers = /ingress|gateway|nginx|traefik|haproxy|kong|contour|envoy|istio|proxy|router/i;

/** One of another namespace that is not there for its metrics, or one of this namespace that is called a controller. */
function isController({ namespaces, pods }: PodPeer): boolean {
  const text = `${selectorText(namespaces)} ${selectorText(pods)}`;
  if (namespaces === undefined) return controllers.test(text);
  return controllers.test(text) || !monitoring.test(text);
}

function rulesOf(cluster: Cluster, service: Service) {
  const behind = podsBehind(cluster, service);
  const policies = cluster.policies.filter(
    ({ namespace, ingress, pods }) =>
      namespace === service.namespace &&
      ingress !== null &&
      behind.some(({ labels }) => selects(pods, labels)),
  );
  return { policies, peers: policies.flatMap(({ ingress }) => ingress ?? []).map(({ peers }) => peers) };
}

function isAdmitted(cluster: Cluster, service: Service, isMeant: (peer: PodPeer) => boolean): boolean {
  const { policies, peers } = rulesOf(cluster, service);
  if (policies.length === 0) return true;
  return peers.some((some) => some === null || some.some((peer) => peer.is === 'block' || isMeant(peer)));
}

function admittedBy(cluster: Cluster, service: Service): string {
  const names = rulesOf(cluster, service).peers.flatMap((some) =>
    (some ?? []).map((peer) => {
      if (peer.is === 'block') return peer.cidr;
      const texts = [selectorText(peer.namespaces), selectorText(peer.pods)].filter((text) => text !== '');
      return texts.length === 0 ? 'pods of the namespace' : texts.join(' and ');
    }),
  );
  return names.length === 0 ? 'nobody' : [...new Set(names)].join('; ');
}

/** Policies that keep away what nearly every pod needs: the DNS, and whoever its Service was made for. */

import { textAt } from '../../core/kubernetes/index.ts';
import type { Check, Release } from '../infra.ts';
import { networkOf } from '../networks.ts';
import {
  admitsPort,
  type Cluster,
  listPorts,
  mayTalk,
  type Peer,
  type Pods,
  type Port,
  podsBehind,
  portText,
  type Rule,
  type Service,
  selectorText,
  selects,
  shown,
} from '../reachability/index.ts';
import { ingressBackends, routeBackends } from './backends.ts';
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
    'an Ingress, a route of the Gateway API or a load balancer to pods whose policies admit nobody from outside, or not on their port; a Service whose pods admit monitoring alone',
  run: ({ releases }) =>
    named('policy-blocks-ingress', releases.filter((one) => !hasOtherPolicies(one)).flatMap(closedIn)),
};

interface Entrance {
  readonly service: Service;
  /** Undefined: any of the Service's. */
  readonly port: number | string | undefined;
  readonly place: string;
  /** `behind an Ingress` */
  readonly what: string;
  readonly mend: string;
}

/** Where a controller runs is not known: somewhere outside of this namespace, and some rule must admit somebody there. */
function closedIn(release: Release): Problem[] {
  const { cluster, expectations } = networkOf(release);
  const entrances = entrancesIn(release, cluster);
  const closed = entrances.flatMap((entrance): Problem[] => {
    const { service, port, place, what, mend } = entrance;
    const { policies, peers } = rulesOf(cluster, service);
    const meant = policies.flatMap(({ ingress }) => ingress ?? []).filter((rule) => isMeant(rule));
    const told = `Service ${service.name} is ${what}, but the policies of its pods`;
    if (policies.length === 0) return [];
    if (meant.length === 0) {
      const message = `${told} admit ${what.includes('behind') ? 'no ingress controller' : 'nobody from outside'}: only ${admittedBy(peers)}`;
      return [{ place, message, mend }];
    }
    const targets = targetsOf(cluster, service, port);
    if (
      targets.length === 0 ||
      targets.some(({ to, pods }) => meant.some((rule) => admitsPort(rule, to, pods)))
    )
      return [];
    const ports = [...new Set(targets.map(({ to }) => portText(to)))].join(', ');
    return [
      {
        place,
        message: `${told} do not admit the port ${ports} of the pods, to which it sends: only ${meant.map(listPorts).join('; ')}`,
        mend: 'name the port of the pods in the policy, by its number or its name, not that of the Service',
      },
    ];
  });
  // What must talk stands in reachability.yaml, where there is one.
  const alone = expectations === null ? monitoredAlone(release, cluster, entrances) : [];
  return [...closed, ...alone];
}

const controllerMend =
  'admit the controller: a namespaceSelector by kubernetes.io/metadata.name (ingress-nginx, …) with the podSelector of its pods';

function entrancesIn(release: Release, cluster: Cluster): Entrance[] {
  const make = (name: string, namespace: string, more: Omit<Entrance, 'service'>): Entrance[] => {
    const service = cluster.services.find((one) => one.name === name && one.namespace === namespace);
    return service === undefined ? [] : [{ service, ...more }];
  };
  const byController = [...ingressBackends(release), ...routeBackends(release)].flatMap(
    ({ from: { object, place }, service, namespace, port }) =>
      make(service, namespace, {
        port,
        place,
        what:
          object.kind === 'Ingress' ? 'behind an Ingress' : `behind ${object.kind}/${object.metadata.name}`,
        mend: controllerMend,
      }),
  );
  const byType = inRelease(release, 'Service').flatMap(({ object, place }) => {
    const type = textAt(object, 'spec', 'type');
    if (type !== 'LoadBalancer' && type !== 'NodePort') return [];
    return make(object.metadata.name, namespaceOf(object), {
      port: undefined,
      place,
      what: `a ${type}`,
      mend: 'admit the addresses that the callers have by an ipBlock, or make the Service a ClusterIP',
    });
  });
  const all = [...byController, ...byType];
  return [...new Map(all.map((one) => [`${one.place} ${one.service.name} ${one.port}`, one])).values()];
}

interface Target {
  readonly to: Port;
  readonly pods: Pods;
}

/** Empty where the pods do not name it. */
function targetsOf(cluster: Cluster, service: Service, port: Entrance['port']): Target[] {
  return service.ports
    .filter((one) => port === undefined || one.port === port || one.name === port)
    .flatMap(({ target, protocol }) =>
      podsBehind(cluster, service).flatMap((pods): Target[] => {
        const number =
          typeof target === 'number' ? target : pods.ports.find(({ name }) => name === target)?.port;
        return number === undefined ? [] : [{ to: { port: number, protocol }, pods }];
      }),
    );
}

type PodPeer = Extract<Peer, { is: 'pods' }>;

const monitoring = /prometheus|monitor|metrics|observability|grafana/i;
const controllers = /ingress|gateway|nginx|traefik|haproxy|kong|contour|envoy|istio|proxy|router/i;
/** What is there for its metrics, or part of the monitoring. */
const watched =
  /exporter|metrics|monitor|prometheus|grafana|alertmanager|pushgateway|thanos|loki|tempo|jaeger|otel|collector|operator|controller|webhook/i;

/** One of another namespace that is not there for its metrics, or one of this namespace that is called a controller. */
function isController({ namespaces, pods }: PodPeer): boolean {
  const text = `${selectorText(namespaces)} ${selectorText(pods)}`;
  if (namespaces === undefined) return controllers.test(text);
  return controllers.test(text) || !monitoring.test(text);
}

function isMeant({ peers }: Rule): boolean {
  return peers === null || peers.some((peer) => peer.is === 'block' || isController(peer));
}

function isMonitoring(peer: Peer): boolean {
  if (peer.is === 'block') return false;
  const text = `${selectorText(peer.namespaces)} ${selectorText(peer.pods)}`;
  return monitoring.test(text) && !controllers.test(text);
}

/** Services that nobody reaches but Prometheus, though they have a port for more than metrics. */
function monitoredAlone(release: Release, cluster: Cluster, entrances: readonly Entrance[]): Problem[] {
  return cluster.services.flatMap((service): Problem[] => {
    const { policies, peers } = rulesOf(cluster, service);
    const isAlone =
      policies.length > 0 && peers.length > 0 && peers.every((some) => some?.every(isMonitoring) ?? false);
    const isWatched =
      service.headless ||
      watched.test(service.name) ||
      podsBehind(cluster, service).some(({ name }) => watched.test(name)) ||
      service.ports.every(({ name, target }) => /metric|prom/i.test(`${name} ${target}`));
    if (!isAlone || isWatched || entrances.some((one) => one.service === service)) return [];
    return [
      {
        place: placeOf(release, `Service/${service.name}`, service.namespace),
        message: `the policies of the pods behind Service ${service.name} admit monitoring alone, and so none of its callers: only ${admittedBy(peers)}`,
        mend: 'admit the callers by their labels on the port that they call; or name the port metrics, where there are none',
      },
    ];
  });
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

function admittedBy(peers: readonly Rule['peers'][]): string {
  const names = peers.flatMap((some) =>
    (some ?? []).map((peer) => {
      if (peer.is === 'block') return peer.cidr;
      const texts = [selectorText(peer.namespaces), selectorText(peer.pods)].filter((text) => text !== '');
      return texts.length === 0 ? 'pods of the namespace' : texts.join(' and ');
    }),
  );
  return names.length === 0 ? 'nobody' : [...new Set(names)].join('; ');
}

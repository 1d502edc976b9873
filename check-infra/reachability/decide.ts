/**
 * May A talk to B on a port, and which rule says so. What the documentation of Kubernetes leaves to the network plugin is told
 * as such and never taken for granted: blocks of addresses that may hold those of pods, and pods on the host's network.
 */

import { isInBlock, mayHold } from './addresses.ts';
import type { Cluster, Endpoint, Pods, Service, ServiceAddress } from './cluster.ts';
import type { Direction, Peer, Policy, PolicyPort, Rule } from './policy.ts';
import { blocksIn } from './policy.ts';
import { type Port, portText } from './port.ts';
import { regionsOf } from './regions.ts';
import { type Labels, selectorText, selects } from './selector.ts';

export interface Answer {
  /** `depends`: on the network plugin. */
  readonly verdict: 'yes' | 'no' | 'depends';
  /** One sentence for each side that has a say. */
  readonly because: readonly string[];
}

/** Traffic between pods needs both: the egress of the one, the ingress of the other. */
export function mayTalk(cluster: Cluster, from: Endpoint, to: Endpoint, port: Port): Answer {
  const [froms, tos] = [partsOf(cluster, from), partsOf(cluster, to)];
  if (froms.length * tos.length > 1)
    return all(froms.flatMap((source) => tos.map((target) => mayTalk(cluster, source, target, port))));
  // "a pod cannot block access to itself"; the pods of a workload are several.
  if (from === to && isOnePod(from)) return { verdict: 'yes', because: ['a pod always reaches itself'] };
  const sides: Answer[] = [];
  if (from.is === 'pods') sides.push(decideSide(cluster, 'egress', from, to, port, to));
  if (to.is === 'pods') {
    // "Traffic to and from the node where a Pod is running is always allowed".
    sides.push(
      from.is === 'node'
        ? { verdict: 'yes', because: ['the node that a pod runs on always reaches it'] }
        : decideSide(cluster, 'ingress', to, from, port, to),
    );
  }
  return all(sides);
}

export function isOnePod(end: Endpoint): boolean {
  return end.is === 'pods' && end.name.startsWith('Pod/');
}

/** An address of each part of a block that policies tell apart. */
function partsOf({ policies }: Cluster, end: Endpoint): readonly Endpoint[] {
  if (end.is !== 'address' || end.block === undefined) return [end];
  const { block, name } = end;
  const cidrs = [block, ...blocksIn(policies)].flatMap(({ cidr, except }) => [cidr, ...except]);
  return regionsOf(cidrs)
    .filter(({ address }) => isInBlock(block, address))
    .map(({ address }) => ({ is: 'address', name, address }));
}

/** By the Service's own port; all pods behind it must admit it. */
export function mayReach(
  cluster: Cluster,
  from: Endpoint,
  service: Service,
  { port, protocol }: Port,
): Answer {
  const name = `Service ${service.namespace}/${service.name}`;
  if (service.externalName !== null) {
    return no(
      `${name} is a name for ${service.externalName}, whose addresses are not known; name an outsider with an address instead`,
    );
  }
  if (service.selector === null) return mayReachEndpoints(cluster, from, service, { port, protocol });
  if (service.headless) {
    const behind = podsBehind(cluster, service);
    if (behind.length === 0) return no(`${name} selects no pods`);
    return all(behind.map((pods) => mayTalk(cluster, from, pods, { port, protocol })));
  }
  const found = service.ports.find((one) => one.port === port && one.protocol === protocol);
  if (found === undefined)
    return no(`${name} has no port ${portText({ port, protocol })}: ${portsOf(service)}`);
  const behind = podsBehind(cluster, service);
  if (behind.length === 0) return no(`${name} selects no pods`);
  return all(
    behind.map((pods) => {
      const target =
        typeof found.target === 'number'
          ? found.target
          : pods.ports.find(({ name, protocol: own }) => name === found.target && own === protocol)?.port;
      return target === undefined
        ? no(`${name} sends port ${port} to the port "${found.target}", which ${shown(pods)} does not name`)
        : mayTalk(cluster, from, pods, { port: target, protocol });
    }),
  );
}

/** Of a Service without selector: its addresses are in objects of their own. */
function mayReachEndpoints(cluster: Cluster, from: Endpoint, service: Service, port: Port): Answer {
  const name = `Service ${service.namespace}/${service.name}`;
  const behind = addressesBehind(service, port);
  if (service.addresses.length === 0) {
    return no(
      `${name} has no selector, and no Endpoints or EndpointSlice says where it leads; name an outsider with an address instead`,
    );
  }
  if (behind.length === 0)
    return no(`${name} has no port ${portText(port)} with an address: ${portsOf(service)}`);
  return all(behind.map((one) => mayTalk(cluster, from, one.end, one.port)));
}

/** Where the port of a Service without selector leads. */
export function addressesBehind(
  { ports, addresses }: Service,
  { port, protocol }: Port,
): readonly ServiceAddress[] {
  const found = ports.filter((one) => one.port === port && one.protocol === protocol);
  return found.flatMap(({ name }) =>
    addresses.filter((one) => one.portName === name && one.port.protocol === protocol),
  );
}

export function podsBehind({ pods }: Cluster, { namespace, selector }: Service): Pods[] {
  return selector === null
    ? []
    : pods.filter((one) => one.namespace === namespace && selects({ matchLabels: selector }, one.labels));
}

function portsOf({ ports }: Service): string {
  if (ports.length === 0) return 'it has none';
  return `it has ${ports.map((port) => portText(port) + (port.name === null ? '' : ` (${port.name})`)).join(', ')}`;
}

/** What the policies of one end say, whatever those of the other are. */
export function decideSide(
  cluster: Cluster,
  direction: Direction,
  subject: Pods,
  other: Endpoint,
  port: Port,
  destination: Endpoint,
): Answer {
  const policies = isolatingPolicies(cluster, direction, subject);
  if (policies.length === 0)
    return { verdict: 'yes', because: [`no NetworkPolicy isolates ${shown(subject)} for ${direction}`] };
  const rules = policies.flatMap((policy) =>
    (policy[direction] ?? []).map((rule, index) => ({
      name: `${nameOf(policy)}, ${direction} rule ${index + 1}`,
      policy,
      rule,
      peer: matchPeers(cluster, policy, rule, other),
      isPort: admitsPort(rule, port, destination),
    })),
  );
  const sure = rules.find(({ peer, isPort }) => peer.is === 'yes' && isPort);
  if (sure !== undefined) return { verdict: 'yes', because: [`${sure.name} admits it`] };
  const perhaps = rules.find(({ peer, isPort }) => peer.is === 'depends' && isPort);
  if (perhaps !== undefined) return { verdict: 'depends', because: [`${perhaps.name}: ${perhaps.peer.why}`] };
  // "Traffic to/from hostNetwork pods is treated the same as all other traffic to/from the node IP", by most plugins.
  if (other.is === 'pods' && other.hostNetwork) {
    return {
      verdict: 'depends',
      because: [
        `${shown(other)} runs on the host's network, and what is of the same node is always let through`,
      ],
    };
  }
  if (subject.hostNetwork) {
    return {
      verdict: 'depends',
      because: [`${shown(subject)} runs on the host's network, where policies may not apply to it`],
    };
  }
  const names = policies.map(nameOf).join(', ');
  const isolated = `${names} ${policies.length === 1 ? 'isolates' : 'isolate'} ${shown(subject)} for ${direction}`;
  const near = rules.find(({ peer }) => peer.is === 'yes') ?? rules.find(({ isPort }) => isPort);
  if (near === undefined)
    return no(`${isolated}, and no rule admits ${shown(other)} or port ${portText(port)}`);
  const admits =
    near.peer.is === 'yes'
      ? `${near.name} admits ${shown(other)} on ${listPorts(near.rule)}, not on ${portText(port)}`
      : `${near.name} admits port ${portText(port)} for ${listPeers(near.rule, near.policy)}, which ${shown(other)} is not`;
  return no(`${isolated}; ${admits}`);
}

/** By the pods and the direction: asked for every pair of ends. */
const known = new WeakMap<Cluster, Map<Pods, Readonly<Record<Direction, readonly Policy[]>>>>();

export function isolatingPolicies(cluster: Cluster, direction: Direction, subject: Pods): readonly Policy[] {
  const ofCluster = known.get(cluster) ?? new Map();
  known.set(cluster, ofCluster);
  const before = ofCluster.get(subject);
  if (before !== undefined) return before[direction];
  const selecting = cluster.policies.filter(
    ({ namespace, pods }) => namespace === subject.namespace && selects(pods, subject.labels),
  );
  const found = {
    ingress: selecting.filter(({ ingress }) => ingress !== null),
    egress: selecting.filter(({ egress }) => egress !== null),
  };
  ofCluster.set(subject, found);
  return found[direction];
}

type Match =
  | { readonly is: 'yes' | 'no'; readonly why?: never }
  | { readonly is: 'depends'; readonly why: string };

function matchPeers(cluster: Cluster, policy: Policy, rule: Rule, other: Endpoint): Match {
  if (rule.peers === null) return { is: 'yes' };
  const matches = rule.peers.map((peer) => matchPeer(cluster, policy, peer, other));
  return matches.find(({ is }) => is === 'yes') ?? matches.find(({ is }) => is === 'depends') ?? { is: 'no' };
}

function matchPeer({ namespaces, podBlocks }: Cluster, policy: Policy, peer: Peer, other: Endpoint): Match {
  if (peer.is === 'block') {
    if (other.is === 'address') return { is: isInBlock(peer, other.address) ? 'yes' : 'no' };
    // "These should be cluster-external IPs, since Pod IPs are ephemeral and unpredictable." On the host's network a pod has its node's.
    if (
      other.is === 'pods' &&
      !other.hostNetwork &&
      podBlocks !== null &&
      !podBlocks.some((pods) => mayHold(peer, pods))
    )
      return { is: 'no' };
    const block = `${peer.cidr}${peer.except.length === 0 ? '' : ` except ${peer.except.join(', ')}`}`;
    return { is: 'depends', why: `${block} may hold the address of ${shown(other)}` };
  }
  if (other.is !== 'pods') return { is: 'no' };
  const isSpace =
    peer.namespaces === undefined
      ? other.namespace === policy.namespace
      : selects(peer.namespaces, namespaceLabels(namespaces, other.namespace));
  const isMatch = isSpace && (peer.pods === undefined || selects(peer.pods, other.labels));
  if (!isMatch) return { is: 'no' };
  return other.hostNetwork
    ? { is: 'depends', why: `${shown(other)} runs on the host's network, and may be seen as its node` }
    : { is: 'yes' };
}

function namespaceLabels(namespaces: Cluster['namespaces'], name: string): Labels {
  return namespaces.get(name) ?? { 'kubernetes.io/metadata.name': name };
}

/** Whether a rule is for the port of a destination, whomever it admits there. */
export function admitsPort({ ports }: Rule, port: Port, destination: Endpoint): boolean {
  return ports === null || ports.some((one) => isPortOf(one, port, destination));
}

function isPortOf(wanted: PolicyPort, { port, protocol }: Port, destination: Endpoint): boolean {
  if (wanted.protocol !== protocol) return false;
  if (wanted.port === null) return true;
  if (typeof wanted.port === 'number') {
    return wanted.endPort === null ? port === wanted.port : port >= wanted.port && port <= wanted.endPort;
  }
  return (
    destination.is === 'pods' &&
    destination.ports.some(
      (own) => own.name === wanted.port && own.protocol === protocol && own.port === port,
    )
  );
}

function all(answers: readonly Answer[]): Answer {
  const verdict = answers.some((one) => one.verdict === 'no')
    ? 'no'
    : answers.some((one) => one.verdict === 'depends')
      ? 'depends'
      : 'yes';
  const relevant = answers.filter((one) => one.verdict === verdict);
  return { verdict, because: [...new Set(relevant.flatMap(({ because }) => because))] };
}

function no(why: string): Answer {
  return { verdict: 'no', because: [why] };
}

/** `ml/Deployment/web`; who is no workload has a name of its own. */
export function shown(endpoint: Endpoint): string {
  return isWorkload(endpoint) ? `${endpoint.namespace}/${endpoint.name}` : endpoint.name;
}

/** Its name begins with its kind. */
export function isWorkload(endpoint: Endpoint): endpoint is Pods {
  return endpoint.is === 'pods' && /^[A-Z]\w*\//.test(endpoint.name);
}

function nameOf({ namespace, name }: Policy): string {
  return `NetworkPolicy ${namespace}/${name}`;
}

export function listPorts({ ports }: Rule): string {
  if (ports === null) return 'all ports';
  return ports
    .map(({ port, endPort, protocol }) => {
      const range = port === null ? 'all ports' : endPort === null ? String(port) : `${port}-${endPort}`;
      return protocol === 'TCP' ? range : `${range}/${protocol}`;
    })
    .join(', ');
}

function listPeers({ peers }: Rule, policy: Policy): string {
  return (peers ?? [])
    .map((peer) => {
      if (peer.is === 'block') return peer.cidr;
      const pods = selectorText(peer.pods);
      const who = pods === '' ? 'all pods' : `pods with ${pods}`;
      const where = selectorText(peer.namespaces);
      if (peer.namespaces === undefined) return `${who} in namespace ${policy.namespace}`;
      return where === '' ? `${who} in all namespaces` : `${who} in namespaces with ${where}`;
    })
    .join(' or ');
}

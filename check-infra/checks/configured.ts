/** Addresses in the configuration of pods: whoever is named there must be reached. */

import { at, type Json, type JsonObject, listAt, objectAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Release } from '../infra.ts';
import { networkOf } from '../networks.ts';
import {
  type Cluster,
  labelsOfNamespace,
  listPorts,
  mayHold,
  mayReach,
  type Peer,
  type Pods,
  podsBehind,
  type Rule,
  selects,
  shown,
} from '../reachability/index.ts';
import { hasOtherPolicies, reasons } from './network.ts';
import { containersOf, inRelease, named, namespaceOf, type Problem, workloadsIn } from './objects.ts';

export const blockedAddress: Check = {
  name: 'policy-blocks-configured-address',
  refuses:
    'a pod that cannot reach what its own variables name: a policy is in the way, or the port is wrong',
  run: ({ releases }) =>
    named(
      'policy-blocks-configured-address',
      releases.filter((one) => !hasOtherPolicies(one)).flatMap(unreachedIn),
    ),
};

function unreachedIn(release: Release): Problem[] {
  const { cluster } = networkOf(release);
  return workloadsIn(release).flatMap(({ spec, object, place }) => {
    const namespace = namespaceOf(object);
    const pods = cluster.pods.find(
      (one) => one.name === `${object.kind}/${object.metadata.name}` && one.namespace === namespace,
    );
    if (pods === undefined) return [];
    const found = containersOf(spec).flatMap((container) => {
      const values = valuesOf(release, container, namespace);
      return [
        ...[...values].flatMap(([name, value]) =>
          addressesIn(name, value, values).map((address) => ({ name, address })),
        ),
        ...argumentsOf(container).flatMap((text) =>
          addressesIn('', expanded(text, values), values).map((address) => ({
            name: 'an argument',
            address,
          })),
        ),
      ];
    });
    return found.flatMap(({ name, address }): Problem[] => {
      const why = problemOf(cluster, pods, address);
      return why === null
        ? []
        : [
            {
              place,
              message: `${name} names ${address.host}:${address.port}, and ${why}`,
              mend: 'add the rule to the policies of the side that is named, or mend the address',
            },
          ];
    });
  });
}

/** `--backend-store-uri=postgresql://…` and the like: what follows the name. */
function argumentsOf(container: Json): string[] {
  return [...listAt(container, 'command'), ...listAt(container, 'args')].flatMap((text) =>
    typeof text === 'string' ? text.replace(/^-{1,2}[\w.-]+=/, '').split(/\s+/) : [],
  );
}

/** By name, in the order in which the kubelet sets them; those of Secrets are not known. */
function valuesOf(release: Release, container: Json, namespace: string): Map<string, string> {
  const mapOf = (name: string): JsonObject => {
    const found = inRelease(release, 'ConfigMap').find(
      ({ object }) => object.metadata.name === name && namespaceOf(object) === namespace,
    );
    return objectAt(found?.object, 'data');
  };
  const values = new Map<string, string>();
  for (const one of listAt(container, 'envFrom')) {
    for (const [name, value] of Object.entries(mapOf(textAt(one, 'configMapRef', 'name'))))
      if (typeof value === 'string') values.set(textAt(one, 'prefix') + name, value);
  }
  for (const one of listAt(container, 'env')) {
    const key = at(one, 'valueFrom', 'configMapKeyRef');
    const value =
      key === undefined
        ? expanded(textAt(one, 'value'), values)
        : textAt(mapOf(textAt(key, 'name')), textAt(key, 'key'));
    values.set(textAt(one, 'name'), value);
  }
  return values;
}

/** `$(NAME)` stands for a variable that was set before, and `$$(NAME)` for itself. */
function expanded(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\$|\$\(([\w.-]+)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? whole),
  );
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const defaultPorts: Readonly<Record<string, number>> = {
  amqp: 5672,
  http: 80,
  https: 443,
  mongodb: 27_017,
  mysql: 3306,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
};

const called = /HOST|ADDR|URL|URI|ENDPOINT|SERVER|BROKER|TARGET/i;

/**
 * `http://mlflow:5000`, `postgres://…@db.data.svc/ml`; `kafka:9092` where the variable's name says that it is an address; `DB_HOST`
 * beside `DB_PORT`.
 */
function addressesIn(name: string, value: string, values: ReadonlyMap<string, string>): Address[] {
  return value.split(',').flatMap((part): Address[] => {
    const match =
      /^(?:jdbc:)?(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/\s]*@)?([a-z0-9][a-z0-9.-]*)(?::(\d{1,5}))?(?:[/?].*)?$/i.exec(
        part.trim(),
      );
    const [, scheme = '', host = '', digits] = match ?? [];
    const beside = /HOST(?:NAME)?$/.test(name)
      ? values.get(name.replace(/HOST(?:NAME)?$/, 'PORT'))
      : undefined;
    const port = Number(digits ?? defaultPorts[scheme.split('+')[0] ?? ''] ?? beside ?? Number.NaN);
    const isOne = scheme !== '' || called.test(name);
    const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
    return !isOne || host === '' || !isPort ? [] : [{ host: host.replace(/\.$/, ''), port }];
  });
}

/** Null: nothing is known to be in the way. */
function problemOf(cluster: Cluster, pods: Pods, { host, port }: Address): string | null {
  const [name = '', space = pods.namespace, ...rest] = host.split('.');
  const isOfCluster = rest.length === 0 || rest[0] === 'svc';
  const service = isOfCluster
    ? cluster.services.find((one) => one.name === name && one.namespace === space)
    : undefined;
  if (service !== undefined) {
    // Its endpoints are made by somebody, or it leads elsewhere; a pod's own address is for others.
    const behind = podsBehind(cluster, service);
    if (behind.length === 0 || behind.includes(pods)) return null;
    const answer = mayReach(cluster, pods, service, { port, protocol: 'TCP' });
    return answer.verdict === 'no' ? reasons(answer) : null;
  }
  // A name of one word is of the own namespace. Others may be addresses of the outside, which nobody need ever call.
  const isOfNamespace = rest[0] === 'svc' || (!host.includes('.') && host !== 'localhost');
  return isOfNamespace ? elsewhereProblem(cluster, pods, space, port) : null;
}

/** Services of these ports mostly send to another one of their pods. */
const frontPorts = [80, 443];

/** Of pods whose labels are not known: some rule must admit somebody in their namespace, on the port that is named. */
function elsewhereProblem(cluster: Cluster, pods: Pods, namespace: string, port: number): string | null {
  const policies = cluster.policies.filter(
    (policy) =>
      policy.namespace === pods.namespace && policy.egress !== null && selects(policy.pods, pods.labels),
  );
  if (policies.length === 0 || pods.hostNetwork) return null;
  const labels = cluster.namespaces.get(namespace) ?? labelsOfNamespace(namespace);
  const isKnown = cluster.namespaces.has(namespace);
  const isThere = (peer: Peer): boolean => {
    if (peer.is === 'block') return cluster.podBlocks?.some((own) => mayHold(peer, own)) ?? true;
    if (peer.namespaces === undefined) return namespace === pods.namespace;
    return selects(peer.namespaces, labels) || (!isKnown && !namesOneByName(peer.namespaces));
  };
  const rules = policies
    .flatMap(({ egress }) => egress ?? [])
    .filter(({ peers }) => peers === null || peers.some(isThere));
  if (rules.some((rule) => isForPort(rule, port))) return null;
  const names = policies.map(({ name }) => `NetworkPolicy ${pods.namespace}/${name}`).join(', ');
  // A block may hold anybody, and is not thought of as a way there.
  const others = rules.filter(
    ({ peers }) => peers?.some((peer) => peer.is === 'pods' && isThere(peer)) ?? true,
  );
  return others.length === 0
    ? `no egress rule of ${names} admits ${shown(pods)} to anybody in namespace ${namespace}`
    : `egress rules of ${names} admit ${shown(pods)} to namespace ${namespace} on ${others.map(listPorts).join(', ')} alone`;
}

/** Names of ports are those of pods that are not known. */
function isForPort({ ports }: Rule, port: number): boolean {
  if (ports === null || frontPorts.includes(port)) return true;
  return ports.some(
    ({ protocol, port: own, endPort }) =>
      protocol === 'TCP' && (typeof own !== 'number' || (own <= port && port <= (endPort ?? own))),
  );
}

/** One that asks for other labels may select a namespace that is not among the objects. */
function namesOneByName(selector: Parameters<typeof selects>[0]): boolean {
  return at(selector, 'matchLabels', 'kubernetes.io/metadata.name') !== undefined;
}

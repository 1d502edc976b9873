/** Addresses in the configuration of pods: whoever is named there must be reached. */

import { at, type JsonObject, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Release } from '../infra.ts';
import { networkOf } from '../networks.ts';
import {
  type Cluster,
  labelsOfNamespace,
  mayReach,
  type Pods,
  podsBehind,
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
    const values = new Map(valuesOf(release, spec, namespace));
    const found = [
      ...[...values].flatMap(([name, value]) =>
        addressesIn(name, value, values).map((address) => ({ name, address })),
      ),
      ...argumentsOf(spec).flatMap((text) =>
        addressesIn('', text, values).map((address) => ({ name: 'an argument', address })),
      ),
    ];
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
function argumentsOf(spec: JsonObject): string[] {
  return containersOf(spec).flatMap((container) =>
    [...listAt(container, 'command'), ...listAt(container, 'args')].flatMap((text) =>
      typeof text === 'string' ? text.replace(/^-{1,2}[\w.-]+=/, '').split(/\s+/) : [],
    ),
  );
}

function valuesOf(release: Release, spec: JsonObject, namespace: string): [string, string][] {
  return containersOf(spec).flatMap((container) => [
    ...listAt(container, 'envFrom').flatMap((one) => {
      const map = inRelease(release, 'ConfigMap').find(
        ({ object }) =>
          object.metadata.name === textAt(one, 'configMapRef', 'name') && namespaceOf(object) === namespace,
      );
      return Object.entries(at(map?.object ?? null, 'data') ?? {}).flatMap(
        ([name, value]): [string, string][] => (typeof value === 'string' ? [[name, value]] : []),
      );
    }),
    ...listAt(container, 'env').map((one): [string, string] => [textAt(one, 'name'), textAt(one, 'value')]),
  ]);
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
  return isOfNamespace ? elsewhereProblem(cluster, pods, space) : null;
}

/** Of pods whose labels and ports are not known: some rule must admit somebody in their namespace. */
function elsewhereProblem(cluster: Cluster, pods: Pods, namespace: string): string | null {
  const policies = cluster.policies.filter(
    (policy) =>
      policy.namespace === pods.namespace && policy.egress !== null && selects(policy.pods, pods.labels),
  );
  if (policies.length === 0 || pods.hostNetwork) return null;
  const labels = cluster.namespaces.get(namespace) ?? labelsOfNamespace(namespace);
  const isKnown = cluster.namespaces.has(namespace);
  const mayHold = policies.some(({ egress }) =>
    egress?.some(
      ({ peers }) =>
        peers === null ||
        peers.some((peer) => {
          if (peer.is === 'block') return true;
          if (peer.namespaces === undefined) return namespace === pods.namespace;
          return selects(peer.namespaces, labels) || (!isKnown && !namesOneByName(peer.namespaces));
        }),
    ),
  );
  if (mayHold) return null;
  const names = policies.map(({ name }) => `NetworkPolicy ${pods.namespace}/${name}`).join(', ');
  return `no egress rule of ${names} admits ${shown(pods)} to anybody in namespace ${namespace}`;
}

/** One that asks for other labels may select a namespace that is not among the objects. */
function namesOneByName(selector: Parameters<typeof selects>[0]): boolean {
  return at(selector, 'matchLabels', 'kubernetes.io/metadata.name') !== undefined;
}

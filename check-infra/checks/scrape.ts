/** Targets that a configuration of Prometheus names, among the Services that are applied with it. */

import { type Json, listAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Infra, Release, ScrapeFile } from '../infra.ts';
import { clusterIn } from '../networks.ts';
import { type Cluster, podsBehind, type Service } from '../reachability/index.ts';
import { named, namespaceOf, type Problem } from './objects.ts';

export const scrapeTarget: Check = {
  name: 'scrape-target-port',
  refuses: 'a target of Prometheus by the name of a Service, on a port that the Service does not have',
  run: (infra) =>
    named(
      'scrape-target-port',
      infra.scrapes.flatMap((file) => targetsIn(infra, file)),
    ),
};

function targetsIn(infra: Infra, { place, value, release }: ScrapeFile): Problem[] {
  const looked = lookedIn(infra, place, release);
  const jobs = [
    ...listAt(value, 'scrape_configs').map((job) => ({ name: `the job ${textAt(job, 'job_name')}`, job })),
    ...listAt(value, 'alerting', 'alertmanagers').map((job) => ({ name: 'alerting', job })),
  ].filter(({ job }) => !isRewritten(job));
  return jobs.flatMap(({ name, job }) =>
    listAt(job, 'static_configs')
      .flatMap((config) => listAt(config, 'targets'))
      .flatMap((target): Problem[] => {
        const address = addressOf(String(target), textAt(job, 'scheme'));
        if (address === null || (release === null && infra.composeServices.has(address.host))) return [];
        const found = looked.flatMap(({ cluster, namespace }) => {
          const service = serviceOf(cluster, address.host, namespace);
          return service === undefined ? [] : [{ cluster, service }];
        });
        const [first] = found;
        if (first === undefined || found.some((one) => listens(one.cluster, one.service, address.port)))
          return [];
        const { service } = first;
        const ports = service.ports.map(({ port }) => port);
        return [
          {
            place,
            message: `${name} asks ${String(target)}, but Service ${service.name} listens on ${ports.join(', ')}`,
            mend: `write ${address.host}:${ports[0] ?? '…'}: the port of the Service, not of its container`,
          },
        ];
      }),
  );
}

interface Looked {
  readonly cluster: Cluster;
  /** Of the Prometheus; undefined: not known, and a short name may be in any. */
  readonly namespace: string | undefined;
}

/** A file that is in no ConfigMap may be meant for any of the releases. */
function lookedIn({ releases }: Infra, place: string, release: Release | null): Looked[] {
  return (release === null ? releases : [release]).map((one) => {
    const own = one.manifests.find(({ object }) => place.includes(`${object.kind}/${object.metadata.name},`));
    return {
      cluster: clusterIn(one),
      namespace: own === undefined || release === null ? undefined : namespaceOf(own.object),
    };
  });
}

/** What asks through another one, as the blackbox exporter is asked, names what that one asks. */
function isRewritten(job: Json): boolean {
  return listAt(job, 'relabel_configs').some((rule) => textAt(rule, 'target_label') === '__address__');
}

function addressOf(target: string, scheme: string): { host: string; port: number } | null {
  const match = /^([a-z0-9][a-z0-9.-]*?)\.?(?::(\d{1,5}))?$/.exec(target);
  const host = match?.[1];
  if (host === undefined || host === 'localhost' || /^[\d.]+$/.test(host)) return null;
  return { host, port: Number(match?.[2] ?? (scheme === 'https' ? 443 : 80)) };
}

function serviceOf(cluster: Cluster, host: string, usual: string | undefined): Service | undefined {
  const [name, space = usual, ...rest] = host.split('.');
  if (rest.length > 0 && rest[0] !== 'svc') return undefined;
  return cluster.services.find(
    (one) => one.name === name && (space === undefined || one.namespace === space),
  );
}

/** The name of a headless Service leads to its pods, whose ports are all there; one without ports leads elsewhere. */
function listens(cluster: Cluster, service: Service, port: number): boolean {
  if (service.ports.length === 0) return true;
  const ofPods = service.headless
    ? podsBehind(cluster, service).flatMap((pods) => pods.ports.map((one) => one.port))
    : [];
  return [...service.ports.map((one) => one.port), ...ofPods].includes(port);
}

/** Targets that a configuration of Prometheus names, among the Services that are applied with it. */

import { listAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Infra } from '../infra.ts';
import { clusterOf } from '../reachability/index.ts';
import { named, type Problem } from './objects.ts';

export const scrapeTarget: Check = {
  name: 'scrape-target-port',
  refuses: 'a target of Prometheus by the name of a Service, on a port that the Service does not have',
  run: ({ scrapes }) => named('scrape-target-port', scrapes.flatMap(targetsIn)),
};

function targetsIn({ place, value, release }: Infra['scrapes'][number]): Problem[] {
  if (release === null) return [];
  const cluster = clusterOf(release.manifests.map(({ object }) => object));
  const own = release.manifests.find(({ object }) => place.includes(`ConfigMap/${object.metadata.name},`));
  const namespace = own?.object.metadata.namespace ?? 'default';
  const jobs = [
    ...listAt(value, 'scrape_configs').map((job) => ({
      name: `the job ${textAt(job, 'job_name')}`,
      configs: listAt(job, 'static_configs'),
    })),
    ...listAt(value, 'alerting', 'alertmanagers').map((one) => ({
      name: 'alerting',
      configs: listAt(one, 'static_configs'),
    })),
  ];
  return jobs.flatMap(({ name, configs }) =>
    configs.flatMap((config) =>
      listAt(config, 'targets').flatMap((target): Problem[] => {
        const [host = '', digits = '80'] = String(target).split(':');
        const [service = '', space = namespace] = host.split('.');
        const found = cluster.services.find((one) => one.name === service && one.namespace === space);
        if (found === undefined || host === 'localhost') return [];
        const ports = found.ports.map(({ port }) => port);
        if (ports.includes(Number(digits))) return [];
        return [
          {
            place,
            message: `${name} asks ${String(target)}, but Service ${service} listens on ${ports.join(', ') || 'no port'}`,
            mend: `write ${host}:${ports[0] ?? '…'}: the port of the Service, not of its container`,
          },
        ];
      }),
    ),
  );
}

/** What nobody writes into a pod or a Service, and controllers of Kubernetes or their users add elsewhere. */

import { type KubeObject, listAt, numberAt, textAt } from '../../core/kubernetes/index.ts';
import type { Service, ServiceAddress } from './cluster.ts';
import { protocolOf } from './port.ts';
import type { Labels } from './selector.ts';

/**
 * Labels that pods get by their controller: https://kubernetes.io/docs/reference/labels-annotations-taints/
 * Values that are made when it runs are ones that no selector can name, so that `Exists` alone takes them.
 */
export function ownLabels({ kind, metadata: { name } }: KubeObject): Labels {
  const job = (value: string): Labels => ({
    'batch.kubernetes.io/job-name': value,
    'job-name': value,
    'batch.kubernetes.io/controller-uid': atRunTime,
    'controller-uid': atRunTime,
  });
  switch (kind) {
    case 'Job':
      return job(name);
    case 'CronJob':
      return job(atRunTime);
    case 'Deployment':
    case 'ReplicaSet':
      return kind === 'Deployment' ? { 'pod-template-hash': atRunTime } : {};
    case 'DaemonSet':
      return { 'controller-revision-hash': atRunTime };
    case 'StatefulSet':
      return {
        'controller-revision-hash': atRunTime,
        'statefulset.kubernetes.io/pod-name': atRunTime,
        'apps.kubernetes.io/pod-index': atRunTime,
      };
    default:
      return {};
  }
}

/** No value of a label: those have no blanks. */
const atRunTime = 'given at run time';

/** Of the Endpoints and EndpointSlices of a Service. */
export function addressesOf(
  objects: readonly KubeObject[],
  { metadata: { name, namespace } }: KubeObject,
  usual: string,
): Service['addresses'] {
  const label = `Service ${namespace ?? usual}/${name}`;
  const own = objects.filter((one) => (one.metadata.namespace ?? usual) === (namespace ?? usual));
  const ofEndpoints = own
    .filter(
      ({ kind, apiVersion, metadata }) =>
        kind === 'Endpoints' && apiVersion === 'v1' && metadata.name === name,
    )
    .flatMap((one) => listAt(one, 'subsets'))
    .flatMap((subset) =>
      addressesAt(
        label,
        listAt(subset, 'addresses').map((one) => textAt(one, 'ip')),
        listAt(subset, 'ports'),
      ),
    );
  const ofSlices = own
    .filter(({ kind, apiVersion }) => kind === 'EndpointSlice' && apiVersion.startsWith('discovery.k8s.io/'))
    .filter((one) => textAt(one, 'metadata', 'labels', 'kubernetes.io/service-name') === name)
    .flatMap((slice) =>
      addressesAt(
        label,
        listAt(slice, 'endpoints').flatMap((one) => listAt(one, 'addresses').map(String)),
        listAt(slice, 'ports'),
      ),
    );
  return [...ofEndpoints, ...ofSlices];
}

function addressesAt(
  label: string,
  addresses: readonly string[],
  ports: ReturnType<typeof listAt>,
): ServiceAddress[] {
  return addresses.flatMap((address) =>
    ports.flatMap((port): ServiceAddress[] => {
      const number = numberAt(port, 'port');
      if (number === null || address === '') return [];
      return [
        {
          end: { is: 'address', name: `${label} (${address})`, address },
          portName: textAt(port, 'name') || null,
          port: { port: number, protocol: protocolOf(textAt(port, 'protocol')) },
        },
      ];
    }),
  );
}

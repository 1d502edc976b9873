/** What must hold in every rendered environment, whatever the API server would accept: each rule returns what breaks it. */

import {
  at,
  type Json,
  type KubeObject,
  listAt,
  objectAt,
  podSpecOf,
  textAt,
} from '../../../core/kubernetes/index.ts';
import { nameOf } from './support.ts';

export type Rule = (objects: readonly KubeObject[]) => readonly string[];

interface Found {
  readonly name: string;
  readonly owner: KubeObject;
  readonly spec: Json;
  readonly container: Json;
}

function containersOf(objects: readonly KubeObject[]): Found[] {
  return objects.flatMap((owner) => {
    const spec = podSpecOf(owner);
    if (spec === null) return [];
    return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].map((container) => ({
      name: `${nameOf(owner)} ${textAt(container, 'name')}`,
      owner,
      spec,
      container,
    }));
  });
}

const ofContainers =
  (breaks: (found: Found) => boolean): Rule =>
  (objects) =>
    containersOf(objects)
      .filter(breaks)
      .map(({ name }) => name);

const ofKind =
  (kind: string, breaks: (object: KubeObject, objects: readonly KubeObject[]) => boolean): Rule =>
  (objects) =>
    objects.filter((object) => object.kind === kind && breaks(object, objects)).map(nameOf);

/** Of the pods that a selector finds, with the names of their ports. */
function selectedBy(selector: Json | undefined, objects: readonly KubeObject[]): readonly KubeObject[] {
  const wanted = Object.entries(objectAt(selector));
  return objects.filter((object) => {
    const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels');
    return podSpecOf(object) !== null && wanted.every(([key, value]) => labels[key] === value);
  });
}

function hasPort(pods: KubeObject, port: Json | undefined): boolean {
  return listAt(podSpecOf(pods) ?? {}, 'containers')
    .flatMap((container) => listAt(container, 'ports'))
    .some((one) => at(one, 'name') === port || at(one, 'containerPort') === port);
}

function isThere(objects: readonly KubeObject[], kind: string, name: string): boolean {
  return objects.some((object) => object.kind === kind && object.metadata.name === name);
}

/** Of the Deployment that an autoscaler scales. */
function scaledBy(autoscaler: KubeObject, objects: readonly KubeObject[]): KubeObject | undefined {
  const { kind, name } = objectAt(autoscaler, 'spec', 'scaleTargetRef');
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}

const predictionPaths = new Set(['Exact /predict', 'Exact /invocations', 'Prefix /v2/models']);

const needsToken = new Set(['StatefulSet/prometheus']);

export const rules: Readonly<Record<string, Rule>> = {
  'images have a tag that does not move': ofContainers(
    ({ container }) => !/:v?\d+\.\d+\.\d+$/.test(textAt(container, 'image')),
  ),
  'containers request CPU and memory, and are limited in memory': ofContainers(
    ({ container }) =>
      textAt(container, 'resources', 'requests', 'cpu') === '' ||
      textAt(container, 'resources', 'requests', 'memory') === '' ||
      textAt(container, 'resources', 'limits', 'memory') === '',
  ),
  'containers are asked whether they are ready and alive, at ports that they have': ofContainers(
    ({ owner, container }) =>
      ['readinessProbe', 'livenessProbe'].some(
        (probe) => !hasPort(owner, at(container, probe, 'httpGet', 'port')),
      ),
  ),
  'containers write nowhere but to volumes, and gain no privilege': ofContainers(
    ({ container }) =>
      at(container, 'securityContext', 'readOnlyRootFilesystem') !== true ||
      at(container, 'securityContext', 'allowPrivilegeEscalation') !== false ||
      !listAt(container, 'securityContext', 'capabilities', 'drop').includes('ALL'),
  ),
  'pods run as somebody who is not root': ofContainers(
    ({ spec }) =>
      at(spec, 'securityContext', 'runAsNonRoot') !== true ||
      at(spec, 'securityContext', 'seccompProfile', 'type') !== 'RuntimeDefault' ||
      Number(at(spec, 'securityContext', 'runAsUser') ?? 0) < 1,
  ),
  'pods run under an account of their own that is defined': (objects) => {
    const accounts = containersOf(objects).map(({ spec }) => textAt(spec, 'serviceAccountName'));
    return containersOf(objects)
      .filter(({ spec }) => {
        const account = textAt(spec, 'serviceAccountName');
        const isOwn = accounts.filter((other) => other === account).length === 1;
        return !isOwn || !isThere(objects, 'ServiceAccount', account);
      })
      .map(({ name }) => name);
  },
  'no pod has a token that it does not need': ofContainers(
    ({ owner, spec }) => at(spec, 'automountServiceAccountToken') !== needsToken.has(nameOf(owner)),
  ),
  'accounts give no token of themselves': ofKind(
    'ServiceAccount',
    (account) => account.automountServiceAccountToken !== false,
  ),
  'services are internal, and lead to a port of pods that are there': ofKind(
    'Service',
    (service, objects) => {
      const pods = selectedBy(at(service, 'spec', 'selector'), objects);
      const ports = listAt(service, 'spec', 'ports').map((port) => at(port, 'targetPort'));
      return (
        textAt(service, 'spec', 'type') !== 'ClusterIP' ||
        pods.length !== 1 ||
        !pods.every((one) => ports.every((port) => hasPort(one, port)))
      );
    },
  ),
  'the ingress leads to services, by TLS, and to predictions alone': ofKind('Ingress', (ingress, objects) => {
    const hosts = listAt(ingress, 'spec', 'tls').flatMap((tls) => listAt(tls, 'hosts'));
    const paths = listAt(ingress, 'spec', 'rules').flatMap((rule) => listAt(rule, 'http', 'paths'));
    return (
      !listAt(ingress, 'spec', 'rules').every((rule) => hosts.includes(at(rule, 'host') ?? '')) ||
      !paths.every((path) => isThere(objects, 'Service', textAt(path, 'backend', 'service', 'name'))) ||
      !paths.every((path) => predictionPaths.has(`${textAt(path, 'pathType')} ${textAt(path, 'path')}`))
    );
  }),
  'a StatefulSet has a headless Service, which leads to the port of its pods': ofKind(
    'StatefulSet',
    (set, objects) => {
      const service = objects.find(
        ({ kind, metadata }) => kind === 'Service' && metadata.name === at(set, 'spec', 'serviceName'),
      );
      const ports = listAt(service, 'spec', 'ports').map((port) => at(port, 'port'));
      return (
        at(service, 'spec', 'clusterIP') !== 'None' ||
        !ports.every((port) => port !== undefined && hasPort(set, port))
      );
    },
  ),
  'no Secret is optional but that of the service, which may need none': (objects) =>
    objects.flatMap((owner) => {
      const spec = podSpecOf(owner) ?? {};
      const refs = [
        ...listAt(spec, 'volumes').map((volume) => at(volume, 'secret')),
        ...listAt(spec, 'containers').flatMap((container) => [
          ...listAt(container, 'envFrom').map((source) => at(source, 'secretRef')),
          ...listAt(container, 'env').map((one) => at(one, 'valueFrom', 'secretKeyRef')),
        ]),
      ];
      const isOptional = refs.some((ref) => at(ref, 'optional') === true);
      return isOptional && nameOf(owner) !== 'Deployment/ml-api' ? [nameOf(owner)] : [];
    }),
  'an autoscaler alone says how many pods there are': ofKind(
    'HorizontalPodAutoscaler',
    (autoscaler, objects) => {
      const target = scaledBy(autoscaler, objects);
      return target === undefined || at(target, 'spec', 'replicas') !== undefined;
    },
  ),
  'an autoscaler measures what is requested': ofKind('HorizontalPodAutoscaler', (autoscaler, objects) => {
    const target = scaledBy(autoscaler, objects);
    const names = listAt(autoscaler, 'spec', 'metrics').map((metric) => textAt(metric, 'resource', 'name'));
    const requests = target === undefined ? [] : containersOf([target]).map(({ container }) => container);
    return (
      names.sort().join() !== 'cpu,memory' ||
      !requests.every((one) => names.every((name) => at(one, 'resources', 'requests', name) !== undefined))
    );
  }),
  'a disruption budget protects pods that are there, and lets one go': ofKind(
    'PodDisruptionBudget',
    (budget, objects) =>
      selectedBy(at(budget, 'spec', 'selector', 'matchLabels'), objects).length !== 1 ||
      at(budget, 'spec', 'maxUnavailable') !== 1,
  ),
};

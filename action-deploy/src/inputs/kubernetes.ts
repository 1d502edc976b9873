/** Inputs of workloads on Kubernetes. */

import type { InputReader } from '../../../core/inputs/index.ts';
import { quote } from '../../../core/inputs/index.ts';
import type { ShownFile } from '../../../core/tables/index.ts';
import type { KubernetesConfig } from '../config.ts';
import { refuse } from './refuse.ts';

const others = ['service', 'task-definition', 'environment'] as const;
const sources = ['manifests', 'kustomize-path', 'helm-chart'] as const;

export function readKubernetes(reader: InputReader): KubernetesConfig {
  refuse(reader, others, 'it belongs to `target: ecs`');
  const strategy = reader.text('strategy', 'rolling');
  if (strategy !== 'rolling') {
    reader.add({
      input: 'strategy',
      message: `${quote(strategy)} is not there with \`target: eks\`: the workload's own strategy applies`,
      allowed: 'rolling',
    });
  }
  return {
    kind: 'kubernetes',
    eksCluster: readCluster(reader),
    namespace: readNamespace(reader),
    source: readSource(reader),
    container: reader.text('container-name') || null,
  };
}

function readCluster(reader: InputReader): string | null {
  const text = reader.text('cluster');
  if (text === '') return null;
  // CreateCluster of the EKS API: the name of a cluster.
  if (!/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(text)) {
    reader.add({
      input: 'cluster',
      message: `${quote(text)} is not the name of an EKS cluster`,
      allowed: 'letters, digits, - and _; empty: the cluster of the kubeconfig',
    });
  }
  return text;
}

/** RFC 1123, as Kubernetes has it. */
function isLabel(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

function readNamespace(reader: InputReader): string | null {
  const text = reader.text('namespace');
  if (text === '') return null;
  if (!isLabel(text)) {
    reader.add({
      input: 'namespace',
      message: `${quote(text)} is not the name of a namespace`,
      allowed: 'lower case letters, digits and -, at most 63',
    });
  }
  return text;
}

function readSource(reader: InputReader): KubernetesConfig['source'] {
  const given = sources.filter((input) => reader.text(input) !== '');
  const [first, second] = given;
  if (first === undefined || second !== undefined) {
    reader.add({
      input: second ?? 'manifests',
      message:
        second === undefined
          ? 'a value is required with `target: eks`'
          : `it cannot stand beside ${given.filter((input) => input !== second).join(' and ')}`,
      allowed: `one of ${sources.join(', ')}`,
    });
  }
  if (first !== 'helm-chart') refuse(reader, ['helm-release', 'helm-values'], 'there is no helm-chart');
  switch (first) {
    case 'kustomize-path':
      return { kind: 'kustomize', folder: readFile(reader, 'kustomize-path') };
    case 'helm-chart':
      return readHelm(reader);
    default:
      return {
        kind: 'manifests',
        files: reader.lines('manifests').map((shown) => ({ path: shown, shown })),
      };
  }
}

function readFile(reader: InputReader, input: 'kustomize-path'): ShownFile {
  return { path: reader.path(input, { inside: true }) ?? '', shown: reader.text(input) };
}

function readHelm(reader: InputReader): KubernetesConfig['source'] {
  const chart = reader.text('helm-chart');
  const release = reader.text('helm-release');
  // What `helm template` itself takes.
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,51}[a-z0-9])?$/.test(release)) {
    reader.add({
      input: 'helm-release',
      message:
        release === ''
          ? 'a value is required with helm-chart'
          : `${quote(release)} is not a name of a release`,
      allowed: 'lower case letters, digits, - and ., at most 53',
    });
  }
  if (chart.startsWith('-')) {
    reader.add({ input: 'helm-chart', message: `${quote(chart)} is an option, not a chart` });
  }
  const values = reader.lines('helm-values').map((shown) => ({ path: shown, shown }));
  return { kind: 'helm', chart, release, values };
}

/** Who reaches what, as a table: sources down, destinations across. */

import type { Cluster, Endpoint } from './cluster.ts';
import { type Answer, isWorkload, mayTalk } from './decide.ts';
import type { Flow } from './expectations.ts';
import { type Port, portText } from './port.ts';

export interface Matrix {
  /** Of most of the pods: names within it stand without it. */
  readonly namespace: string;
  readonly sources: readonly Endpoint[];
  readonly destinations: readonly { readonly to: Endpoint; readonly port: Port }[];
  /** By source, then by destination; null: both are outside, and what they do is not decided here. */
  readonly answers: readonly (readonly (Answer | null)[])[];
}

/** The cluster's pods and the outsiders: to each port that pods name, and to the ports of outsiders that flows name. */
export function matrixOf(cluster: Cluster, outsiders: readonly Endpoint[], flows: readonly Flow[]): Matrix {
  const sources: readonly Endpoint[] = [...cluster.pods, ...outsiders];
  const isOwn = (end: Endpoint): boolean => end.is === 'pods' && cluster.pods.includes(end);
  const destinations = [
    ...cluster.pods.flatMap((to) => to.ports.map((port) => ({ to, port }))),
    ...outsiders.flatMap((to) => {
      const ports = flows.filter((flow) => flow.to === to).map(({ port }) => port);
      return [...new Map(ports.map((port) => [portText(port), port])).values()].map((port) => ({ to, port }));
    }),
  ];
  const answers = sources.map((from) =>
    destinations.map(({ to, port }) => (isOwn(from) || isOwn(to) ? mayTalk(cluster, from, to, port) : null)),
  );
  return { namespace: cluster.usualNamespace, sources, destinations, answers };
}

const signs = { yes: 'yes', no: '·', depends: '?' } as const;

/** Destinations are numbered, and named below, since their names are long. */
export function matrixText(matrix: Matrix): string {
  const { namespace, sources, destinations, answers } = matrix;
  const names = sources.map((from) => nameIn(namespace, from));
  const width = Math.max(4, ...names.map((name) => name.length));
  const numbers = destinations.map((_, index) => String(index + 1).padStart(4)).join('');
  const rows = names.map((name, row) => {
    const cells = (answers[row] ?? []).map((answer) => (answer === null ? '' : signs[answer.verdict]));
    return `${name.padEnd(width)}${cells.map((cell) => cell.padStart(4)).join('')}`.trimEnd();
  });
  const legend = destinations.map(
    ({ to, port }, index) => `${String(index + 1).padStart(4)}  ${nameIn(namespace, to)}:${portText(port)}`,
  );
  return [`${'from'.padEnd(width)}${numbers}`, ...rows, '', 'to', ...legend].join('\n');
}

function nameIn(namespace: string, end: Endpoint): string {
  if (!isWorkload(end)) return end.name;
  const name = end.name.replace(/^(?:Deployment|StatefulSet|DaemonSet)\//, '');
  return end.namespace === namespace ? name : `${end.namespace}/${name}`;
}

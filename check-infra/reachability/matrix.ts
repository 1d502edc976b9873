/** Who reaches what, as a table: sources down, destinations across. */

import type { Cluster, Endpoint } from './cluster.ts';
import { type Answer, mayTalk, shown } from './decide.ts';
import { type Port, portText } from './port.ts';

export interface Matrix {
  readonly sources: readonly Endpoint[];
  readonly destinations: readonly { readonly to: Endpoint; readonly port: Port }[];
  /** By source, then by destination. */
  readonly answers: readonly (readonly Answer[])[];
}

/** The cluster's pods and the outsiders, to each port that pods name. */
export function matrixOf(cluster: Cluster, outsiders: readonly Endpoint[]): Matrix {
  const sources: readonly Endpoint[] = [...cluster.pods, ...outsiders];
  const destinations = cluster.pods.flatMap((to) => to.ports.map((port) => ({ to, port })));
  const answers = sources.map((from) => destinations.map(({ to, port }) => mayTalk(cluster, from, to, port)));
  return { sources, destinations, answers };
}

const signs = { yes: 'yes', no: '·', depends: '?' } as const;

/** Destinations are numbered, and named below, since their names are long. */
export function matrixText({ sources, destinations, answers }: Matrix): string {
  const width = Math.max(4, ...sources.map((from) => shown(from).length));
  const numbers = destinations.map((_, index) => String(index + 1).padStart(4)).join('');
  const rows = sources.map((from, row) => {
    const cells = (answers[row] ?? []).map(({ verdict }) => signs[verdict].padStart(4)).join('');
    return `${shown(from).padEnd(width)}${cells}`;
  });
  const legend = destinations.map(
    ({ to, port }, index) => `${String(index + 1).padStart(4)}  ${shown(to)}:${portText(port)}`,
  );
  return [`${'from'.padEnd(width)}${numbers}`, ...rows, '', 'to', ...legend].join('\n');
}

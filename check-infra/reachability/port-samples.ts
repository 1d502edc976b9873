/** Ports that stand for all others: whatever policies name, with what lies between, and one that nobody names for each protocol. */

import type { Policy, PolicyPort } from './policy.ts';
import { type Port, type Protocol, portText } from './port.ts';

export interface PortSample extends Port {
  /** `8000`, `53/UDP`; `other ports` for one that stands for all that are not named. */
  readonly text: string;
}

const protocols: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];
const last = 65_535;
/** Taken where it is free. */
const unnamed = 64_999;

/** `used` are those of flows and pods. */
export function portSamples(policies: readonly Policy[], used: readonly Port[]): PortSample[] {
  const named = policies
    .flatMap(({ ingress, egress }) => [...(ingress ?? []), ...(egress ?? [])])
    .flatMap(({ ports }) => ports ?? []);
  return protocols.flatMap((protocol) => {
    const ranges = [
      ...used.filter((one) => one.protocol === protocol).map(({ port }) => ({ from: port, to: port })),
      ...named.filter((one) => one.protocol === protocol).flatMap(rangeOf),
    ];
    const isNamed = (port: number): boolean => ranges.some(({ from, to }) => from <= port && port <= to);
    // Between two of these nothing changes.
    const starts = new Set(ranges.flatMap(({ from, to }) => [from, to, to + 1]));
    const samples = [...starts]
      .filter((port) => port <= last && isNamed(port))
      .map((port) => ({ port, protocol, text: portText({ port, protocol }) }));
    const other = [unnamed, 1, ...starts].find((port) => port <= last && !isNamed(port));
    const text = protocol === 'TCP' ? 'other ports' : `other ports of ${protocol}`;
    return other === undefined ? samples : [...samples, { port: other, protocol, text }];
  });
}

function rangeOf({ port, endPort }: PolicyPort): { from: number; to: number }[] {
  return typeof port === 'number' ? [{ from: port, to: endPort ?? port }] : [];
}

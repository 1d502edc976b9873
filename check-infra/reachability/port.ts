export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface Port {
  readonly port: number;
  readonly protocol: Protocol;
}

/** TCP where nothing is said. */
export function protocolOf(text: string): Protocol {
  return text === 'UDP' || text === 'SCTP' ? text : 'TCP';
}

/** `8000`, or `53/UDP` */
export function portText({ port, protocol }: Port): string {
  return protocol === 'TCP' ? String(port) : `${port}/${protocol}`;
}

/** @returns null when the text is no port */
export function parsePort(text: string): Port | null {
  const match = /^(\d{1,5})(?:\/(TCP|UDP|SCTP))?$/.exec(text);
  const port = Number(match?.[1] ?? 0);
  return port < 1 || port > 65_535 ? null : { port, protocol: protocolOf(match?.[2] ?? '') };
}

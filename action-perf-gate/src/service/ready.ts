/** When a service is ready: whom to ask, and which answer will do. */

import { addressAt } from '../inputs/address.ts';
import type { Side } from '../inputs/index.ts';

export interface ReadyQuestion {
  readonly url: string;
  /** Without credentials. */
  readonly shown: string;
  readonly isReady: (status: number) => boolean;
}

/**
 * `ready-url` must answer with success, as probes of Kubernetes do: 200 to 399. The address under load is asked by GET,
 * which it may not take: there anything but a server error will do.
 */
export function readyQuestion({ address, service }: Side, port: number): ReadyQuestion {
  const ready = service?.ready ?? null;
  if (ready === null) {
    return { url: addressAt(address, port), shown: address.shown, isReady: (status) => status < 500 };
  }
  const isReady = (status: number): boolean => status >= 200 && status < 400;
  if ('path' in ready) {
    return { url: new URL(ready.path, addressAt(address, port)).href, shown: ready.path, isReady };
  }
  return { url: addressAt(ready.address, port), shown: ready.address.shown, isReady };
}

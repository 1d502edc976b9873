/** Where an API server is, how it is trusted, and who asks. */

import type { Credentials } from './credentials.ts';

export interface Connection {
  /** With a path, where a proxy such as Rancher serves several clusters. */
  readonly server: URL;
  /** PEM; null: the authorities that Node trusts. */
  readonly ca: string | null;
  /** The certificate is not looked at. */
  readonly insecure: boolean;
  /** Whom the certificate must name; null: the host of the address. */
  readonly serverName: string | null;
  /** Null: none, or what the environment says. */
  readonly proxy: URL | null;
  readonly credentials: Credentials;
  /** Headers with which the user acts as somebody else. */
  readonly impersonation: Readonly<Record<string, string | readonly string[]>>;
  /** Of the context; null: it names none. */
  readonly namespace: string | null;
  /** As messages name it: `context prod of ~/.kube/config`. */
  readonly shown: string;
  readonly notices: readonly string[];
}

/** What becomes of the connection is read from here. */
export interface ConnectionWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly workspace: string;
  readonly clock: () => Date;
}

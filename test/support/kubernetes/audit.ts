/** What was called: the API server's audit log. */

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request. */
export interface AuditEntry {
  /** ISO 8601, when it came. */
  readonly at: string;
  /** `admin`, `system:serviceaccount:<namespace>:<name>`, … */
  readonly user: string;
  /** As RBAC has it: get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Empty where the request is not for a resource: `/version`, `/openapi/v3`. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Path with query. */
  readonly uri: string;
  /** Nothing is stored. */
  readonly dryRun: boolean;
  /** HTTP status of the answer; null: it has not been given yet, as with a watch that has seen nothing. */
  readonly code: number | null;
  /** What was sent, where something was to be changed; never of secrets and tokens. */
  readonly body: unknown;
}

/** What the fixture and the API server do of themselves is left out: no test asks for it. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  rules: [
    {
      level: 'None',
      users: ['system:apiserver', 'fixture:controller-manager', 'fixture:scheduler', 'fixture:kubelet'],
    },
    {
      level: 'Metadata',
      resources: [
        { group: '', resources: ['secrets', 'serviceaccounts/token'] },
        { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
      ],
    },
    { level: 'Request', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'Metadata' },
  ],
};

interface RawEntry {
  readonly auditID: string;
  readonly stage: 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly requestURI: string;
  readonly verb: string;
  readonly user: { readonly username?: string };
  readonly impersonatedUser?: { readonly username?: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestObject?: unknown;
  readonly requestReceivedTimestamp: string;
}

/**
 * All requests so far, in the order in which they came. The log has each request before it is answered, so that none is
 * missing; a request whose end is not logged yet is waited for, except watches, which may be open.
 */
export async function readAudit(path: string): Promise<readonly AuditEntry[]> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const entries = parseAudit(await readFile(path, 'utf8'));
    const open = entries.some((entry) => entry.code === null && entry.verb !== 'watch');
    if (!open || performance.now() > deadline) return entries;
    await sleep(20);
  }
}

export function parseAudit(log: string): readonly AuditEntry[] {
  const requests = new Map<string, RawEntry>();
  // The last line may be half written.
  for (const line of log.slice(0, log.lastIndexOf('\n') + 1).split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as RawEntry;
    requests.set(entry.auditID, { ...requests.get(entry.auditID), ...entry });
  }
  return [...requests.values()].map(entryOf);
}

function entryOf(raw: RawEntry): AuditEntry {
  const { objectRef } = raw;
  return {
    at: raw.requestReceivedTimestamp,
    user: raw.impersonatedUser?.username ?? raw.user.username ?? '',
    verb: raw.verb,
    group: objectRef?.apiGroup ?? '',
    resource: objectRef?.resource ?? '',
    subresource: objectRef?.subresource ?? '',
    namespace: objectRef?.namespace ?? '',
    name: objectRef?.name ?? '',
    uri: raw.requestURI,
    dryRun: new URL(raw.requestURI, 'https://localhost').searchParams.has('dryRun'),
    code: raw.responseStatus?.code ?? null,
    body: raw.requestObject ?? null,
  };
}

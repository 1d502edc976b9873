/** What the API server refuses, or why it cannot be reached, as one clear error. */

import { RunError, redactUrl } from '../../../../core/inputs/index.ts';
import { isObject, type Json, listAt, numberAt, oneLine, textAt } from '../../../../core/kubernetes/index.ts';
import type { Connection } from './connection.ts';
import type { LostConnection } from './transport.ts';

/** What was asked for, as RBAC has it. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';
  /** `deployments`, `pods/log`; empty for what is no resource. */
  readonly resource: string;
  readonly group: string;
  /** Null: of the cluster. */
  readonly namespace: string | null;
  /** Null: all. */
  readonly name: string | null;
}

export interface FailureCause {
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

/** The API server's answer where it is an error, or the lack of one. Its message says what to do. */
export class ApiFailure extends RunError {
  /** HTTP status; null: there was no answer. */
  readonly code: number | null;
  /** `Conflict`, `Forbidden`, … of the Status object; of a lost connection Node's code. */
  readonly reason: string;
  readonly causes: readonly FailureCause[];
  /** The server's own words. */
  readonly said: string;

  constructor(
    message: string,
    parts: Pick<ApiFailure, 'code' | 'reason' | 'said'> & { readonly causes?: readonly FailureCause[] },
  ) {
    super(message);
    this.code = parts.code;
    this.reason = parts.reason;
    this.said = parts.said;
    this.causes = parts.causes ?? [];
  }
}

/** `Deployment/web`-like: `deployments.apps "web" in namespace prod`. */
function whatOf({ resource, group, namespace, name }: Asked): string {
  const kind = group === '' ? resource : `${resource.split('/')[0]}.${group}`;
  const one = name === null ? kind : `${kind} "${name}"`;
  return namespace === null ? one : `${one} in namespace ${namespace}`;
}

/** From an answer with a status of 400 or above. */
export function answerFailure(
  code: number,
  body: string,
  asked: Asked,
  { shown, server }: Connection,
): ApiFailure {
  const status = parseStatus(body);
  const said = oneLine(textAt(status, 'message') || body, 600);
  const reason = textAt(status, 'reason') || String(code);
  const causes = listAt(status, 'details', 'causes').map((cause) => ({
    field: textAt(cause, 'field'),
    reason: textAt(cause, 'reason'),
    message: textAt(cause, 'message'),
  }));
  const fail = (message: string): ApiFailure => new ApiFailure(message, { code, reason, causes, said });
  const what = whatOf(asked);
  if (code === 401) {
    return fail(
      `the cluster at ${redactUrl(server.origin)} does not accept the credentials of ${shown} (401): they are wrong, or have expired`,
    );
  }
  const webhook = /admission webhook "([^"]+)" denied the request:?\s*(.*)/s.exec(said);
  if (webhook !== null)
    return fail(
      `${what} is refused by the admission webhook ${webhook[1]}: ${webhook[2] || 'it gives no reason'}`,
    );
  if (code === 403) return fail(forbidden(said, asked));
  if (code === 409 && causes.some((cause) => cause.reason === 'FieldManagerConflict')) {
    return fail(`${what} has fields that others manage: ${conflicts(causes).join('; ')}`);
  }
  if (code === 422 && causes.length > 0) {
    const problems = causes.map(({ field, message }) =>
      field === '' ? message : `${field}: ${withoutValue(message)}`,
    );
    return fail(`${what} is not valid: ${oneLine(problems.join('; '), 600)}`);
  }
  const typed = /failed to create typed patch object \([^)]*\): (.*)$/s.exec(said);
  if (typed !== null) return fail(`${what} is not valid: ${typedErrors(typed[1] ?? said)}`);
  if (code === 400 || code === 422) return fail(`${what} is not valid: ${strictErrors(said)}`);
  if (code === 404) return fail(`${what} does not exist: ${said}`);
  if (code === 429 || code >= 500)
    return fail(`the API server does not ${asked.verb} ${what} (${code}, after several attempts): ${said}`);
  return fail(`the API server refuses to ${asked.verb} ${what} (${code}): ${said}`);
}

/** `manager "kubectl-client-side-apply" (apps/v1): spec.replicas`, one for each manager. */
export function conflicts(causes: readonly FailureCause[]): string[] {
  const fields = new Map<string, string[]>();
  for (const { reason, message, field } of causes) {
    if (reason !== 'FieldManagerConflict') continue;
    // `conflict with "helm" with subresource "scale" using apps/v1 at 2026-…`
    const [, manager = message, rest = ''] = /^conflict with "([^"]*)"(.*)$/s.exec(message) ?? [];
    const subresource = /with subresource "([^"]+)"/.exec(rest)?.[1];
    const who = subresource === undefined ? manager : `${manager} (by ${subresource})`;
    fields.set(who, [...(fields.get(who) ?? []), field.replace(/^\./, '')]);
  }
  // The server tells them in any order.
  return [...fields].map(([manager, names]) => `${manager} manages ${names.sort().join(', ')}`).sort();
}

/** The server refuses nothing but to take from this manager what it has set in another way than by applying. */
export function conflictsOnlyWith(manager: string, causes: readonly FailureCause[]): boolean {
  return (
    causes.length > 0 &&
    causes.every(
      ({ reason, message }) =>
        reason === 'FieldManagerConflict' && message.startsWith(`conflict with "${manager}" using `),
    )
  );
}

function forbidden(said: string, asked: Asked): string {
  const denied = /User "([^"]*)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"/.exec(said);
  if (denied === null) return `${whatOf(asked)} is refused (403): ${said}`;
  const [, user = '', verb = asked.verb, resource = asked.resource, group = ''] = denied;
  const namespace = /in the namespace "([^"]+)"/.exec(said)?.[1];
  const where = namespace === undefined ? 'at the cluster scope' : `in namespace ${namespace}`;
  const role = namespace === undefined ? 'ClusterRole' : 'Role';
  return (
    `${user} may not ${verb} ${resource}${group === '' ? '' : `.${group}`} ${where} (403); add to its ${role} the rule ` +
    `apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"]`
  );
}

/** `strict decoding error: unknown field "spec.replcas"` is what matters of a long text. */
function strictErrors(said: string): string {
  const strict = /strict decoding error: (.*)$/s.exec(said);
  return strict?.[1] ?? said;
}

/**
 * `.spec.replcas: field not declared in schema`, as the merging of server-side apply says it. Of `expected string, got …` the
 * rest is the value, which may be a Secret's.
 */
function typedErrors(text: string): string {
  return text
    .replace(/(expected [^,]*), got .*$/s, '$1')
    .replaceAll(/\.?([\w.[\]"=-]+): field not declared in schema/g, 'unknown field "$1"');
}

/** Values of several fields are written as Go writes them, a page long. */
function withoutValue(message: string): string {
  return message.replace(/Invalid value: \{?[\w.&*]*\{.*\}: /s, '').replace(/Invalid value: "\{.*\}": /s, '');
}

function parseStatus(body: string): Json {
  try {
    const value = JSON.parse(body) as Json;
    return isObject(value) && textAt(value, 'kind') === 'Status' ? value : null;
  } catch {
    return null;
  }
}

/** Of a Status object in a watch: its code. */
export function statusCode(status: Json): number {
  return numberAt(status, 'code') ?? 500;
}

export function connectionFailure(error: LostConnection, { server, shown }: Connection): ApiFailure {
  const where = `the API server ${redactUrl(server.origin)} (${shown})`;
  const { code } = error;
  const parts = { code: null, reason: code, said: error.message };
  switch (code) {
    case 'ECONNREFUSED':
      return new ApiFailure(`${where} refuses the connection`, parts);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ApiFailure(`${where} cannot be reached: its host name is not known`, parts);
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return new ApiFailure(
        `${where} has a certificate that is not trusted (${code}): give its authority as certificate-authority-data`,
        parts,
      );
    case 'CERT_HAS_EXPIRED':
      return new ApiFailure(`${where} has a certificate that has expired`, parts);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return new ApiFailure(
        `${where} has a certificate for other names: ${oneLine(error.message)}; tls-server-name says which to expect`,
        parts,
      );
    case 'CANCELLED':
      return new ApiFailure('the job was cancelled, or the time was over', parts);
    default:
      return new ApiFailure(`${where} cannot be reached: ${oneLine(error.message)} (${code})`, parts);
  }
}

/** There was no call: what it should prove itself with could not be had. */
export function credentialsFailure(error: unknown, { shown }: Connection, signal: AbortSignal): ApiFailure {
  if (signal.aborted)
    return new ApiFailure('the job was cancelled, or the time was over', {
      code: null,
      reason: 'CANCELLED',
      said: '',
    });
  const said = oneLine(error instanceof Error ? error.message : String(error));
  const message =
    error instanceof RunError ? error.message : `the credentials of ${shown} cannot be had: ${said}`;
  return new ApiFailure(message, { code: null, reason: 'Credentials', said });
}

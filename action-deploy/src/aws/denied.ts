/** What AWS says when it does not allow something. */

/** Null where the message does not tell. */
export interface Denial {
  /** ARN of who asked: a role's session, a user. */
  readonly principal: string | null;
  /** `ecs:UpdateService` */
  readonly action: string | null;
  readonly resource: string | null;
  /** `no identity-based policy allows it`, `a service control policy denies it`. */
  readonly because: string | null;
}

/**
 * Reads the message; what it does not say is null.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function parseDenial(message: string): Denial {
  const text = withoutEncoded(message).replace(/\s+/g, ' ');
  const action = /not authorized to perform:? "?([a-z0-9-]+:[A-Za-z0-9*]+)/i.exec(text)?.[1];
  const principal = /\bUser:? "?(arn:[^\s",]+)/.exec(text)?.[1];
  const resource = /\bon (?:the )?resource:? "?([^\s",]+)/i.exec(text)?.[1]?.replace(/[.;]$/, '');
  return {
    principal: principal ?? null,
    action: action ?? null,
    resource: resource ?? null,
    because: reason(text),
  };
}

function reason(text: string): string | null {
  const explicit =
    /with an explicit deny in (?:an? |the )?([a-z][a-z -]* policy|[a-z ]*boundary)(?::? (arn:\S+))?/i.exec(
      text,
    );
  if (explicit !== null) {
    const [, kind = '', arn = ''] = explicit;
    return `${article(kind)} ${kind.toLowerCase()} denies it${arn === '' ? '' : ` (${arn})`}`;
  }
  const implicit = /because no ([A-Za-z][A-Za-z -]*? (?:policy|boundary)) allows/.exec(text);
  return implicit === null ? null : `no ${implicit[1]} allows it`;
}

function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? 'an' : 'a';
}

/**
 * Without the encoded authorization message: some thousand characters that only `sts decode-authorization-message` reads,
 * and that hold the request.
 */
export function withoutEncoded(message: string): string {
  return message
    .replace(/\s*Encoded authorization failure message:\s*\S+/gi, '')
    .replace(/[A-Za-z0-9_-]{200,}/g, '…')
    .trim();
}

/** `role deploy` of a role's session, `user ci` of a user; the ARN itself for anything else. */
export function principalName(arn: string): string {
  const session = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (session !== undefined) return `role ${session}`;
  const user = /:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  return user === undefined ? arn : `user ${user}`;
}

/** Every failure of a call to AWS as one clear message. */

import { describeConnection, isUserFacing, RunError, redactUrl } from '../../../core/inputs/index.ts';
import { type Denial, parseDenial, principalName, withoutEncoded } from './denied.ts';
import { regionHint } from './regions.ts';

/** What was tried, in words for the message. */
export interface Attempt {
  /** With `-ing`: `reading service web of cluster prod`. */
  readonly doing: string;
  /** The IAM action of the call: `ecs:DescribeServices`. AWS's own word goes before it, as with iam:PassRole. */
  readonly action: string;
  /** What the permission must cover, as an ARN where it is known. AWS's own word goes before it. */
  readonly resource: string;
}

export type FailureKind =
  | 'denied'
  /** None, expired, or not known to AWS. */
  | 'credentials'
  | 'throttled'
  /** No answer: connection, name, time-out. */
  | 'unreachable'
  /** The region is missing, or does not exist. */
  | 'region'
  /** AWS answered 5xx, or nothing that can be read, several times. */
  | 'server'
  /** By the abort signal. */
  | 'cancelled'
  /** What is asked for does not exist; `code` tells what. */
  | 'missing'
  /** Any other answer of AWS. */
  | 'refused'
  /** Not an error of a call: a defect of ours. */
  | 'other';

export interface AwsFailure {
  readonly kind: FailureKind;
  /** AWS's own word, `ClusterNotFoundException`, or that of the system, `ECONNRESET`; empty: none. */
  readonly code: string;
  /** What AWS said: one line, bounded, without encoded messages. */
  readonly said: string;
}

/** The message for the user. Errors that are clear already are given back as they are, and so is what is no failure of AWS. */
export function explain(error: unknown, attempt: Attempt): Error {
  if (isUserFacing(error)) return error;
  const failure = classify(error);
  if (failure.kind === 'other' && error instanceof Error) return error;
  return new RunError(sentence(failure, error, attempt));
}

/** What kind of failure it is, for callers that go on without the answer, or that know what is missing. */
export function classify(error: unknown): AwsFailure {
  if (!(error instanceof Error)) return { kind: 'other', code: '', said: oneLine(String(error)) };
  const chain = causes(error);
  const code = codeOf(chain);
  const said = oneLine(error.message);
  const kind = kindOf(chain, error, code);
  return { kind, code, said };
}

const expired = /^(?:ExpiredToken(?:Exception)?|RequestExpired|TokenRefreshRequired)$/;
const unknownKeys =
  /^(?:UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|AuthFailure|MissingAuthenticationToken(?:Exception)?|IncompleteSignature(?:Exception)?|InvalidSignatureException|SignatureDoesNotMatch|InvalidIdentityToken(?:Exception)?|IDPRejectedClaim(?:Exception)?)$/;
const denied =
  /^(?:AccessDenied(?:Exception)?|UnauthorizedOperation|AuthorizationError(?:Exception)?|Forbidden)$/;
const throttled =
  /^(?:Throttling(?:Exception)?|ThrottledException|TooManyRequestsException|RequestLimitExceeded|RequestThrottled(?:Exception)?|SlowDown|BandwidthLimitExceeded)$/;
/** Taking on a role is the way to credentials, not one of the action's own calls. */
const assuming = /\bsts:AssumeRole/;
const missing = /(?:NotFound(?:Exception)?|DoesNotExist(?:Exception)?)$/;
const lost =
  /^(?:ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|TimeoutError|ERR_SSL_\w+|\w*CERT\w*|UNABLE_TO_\w+|EPROTO|HPE_\w+)$/;

function kindOf(chain: readonly Error[], error: Error, code: string): FailureKind {
  const names = chain.map(({ name }) => name);
  if (names.includes('AbortError')) return 'cancelled';
  if (/^Region (?:is missing|not accepted)/.test(error.message)) return 'region';
  if (assuming.test(error.message)) return 'credentials';
  if (denied.test(code) || /not authorized to perform/i.test(error.message)) return 'denied';
  if (names.includes('CredentialsProviderError') || expired.test(code) || unknownKeys.test(code))
    return 'credentials';
  const status = statusOf(chain);
  if (throttled.test(code) || status === 429) return 'throttled';
  if (missing.test(code)) return 'missing';
  if (lost.test(code)) return 'unreachable';
  if (status !== null && (status >= 500 || error instanceof SyntaxError)) return 'server';
  if (status !== null) return 'refused';
  return 'other';
}

function sentence(failure: AwsFailure, error: unknown, attempt: Attempt): string {
  const { doing } = attempt;
  switch (failure.kind) {
    case 'denied':
      return deniedSentence(parseDenial(messages(error)), attempt);
    case 'credentials':
      return `${doing}: ${credentialsSentence(failure)}`;
    case 'throttled':
      return `${doing}: AWS limits the rate of requests, also after ${attempts(error)} (${failure.said}); run fewer deployments of this account at a time, or try again later`;
    case 'unreachable':
      return `${doing}: ${unreachable(failure, error)}`;
    case 'region':
      // An empty AWS_REGION is taken for one by the SDK.
      return failure.said.startsWith('Region is missing') || quoted(failure.said) === ''
        ? `${doing}: no region is given; set AWS_REGION, as aws-actions/configure-aws-credentials does with its input \`aws-region\``
        : `${doing}: the region ${quoted(failure.said)} is none${regionHint(quoted(failure.said))}; check AWS_REGION`;
    case 'server':
      if (failure.code === 'SyntaxError')
        return `${doing}: the answer is not one of AWS (${failure.said}); a proxy on the way may have given it`;
      return `${doing}: AWS answered with an error of its own, also after ${attempts(error)} (${describe(failure, error)})`;
    case 'cancelled':
      return `${doing}: stopped, since the run was cancelled`;
    case 'missing':
    case 'refused':
    case 'other':
      return `${doing}: AWS refused it (${describe(failure, error)})`;
  }
}

function deniedSentence(denial: Denial, attempt: Attempt): string {
  const action = denial.action ?? attempt.action;
  const resource = denial.resource ?? attempt.resource;
  const who = denial.principal === null ? 'the credentials of this job' : principalName(denial.principal);
  const cannot = `${attempt.doing} is not allowed: ${who} may not use ${action}`;
  if (denial.because === null) return `${cannot}; allow it on ${resource}`;
  // Who reads of a denial by another policy looks in vain for what the role's own allow.
  const isDenied = / denies it/.test(denial.because);
  return isDenied
    ? `${cannot} on ${resource}: ${denial.because}; that policy must be changed`
    : `${cannot} (${denial.because}); allow it on ${resource}`;
}

function credentialsSentence({ code, said }: AwsFailure): string {
  const give =
    'give them with aws-actions/configure-aws-credentials before this step (the job needs `permissions: id-token: write` for its `role-to-assume`)';
  if (expired.test(code))
    return `the AWS credentials have expired (${code}); ${give}, and set its \`role-duration-seconds\` longer than the rollout takes`;
  if (assuming.test(said))
    return `the role cannot be taken on (${said}): its trust policy must allow this job, by the repository and branch or environment in \`sub\``;
  // Signatures hold for five minutes.
  if (/signature (?:expired|not yet current)/i.test(said))
    return `AWS does not accept the signature (${said}): the clock of this machine is wrong`;
  if (unknownKeys.test(code)) return `AWS does not accept the credentials (${code}: ${said}); ${give}`;
  return `there are no AWS credentials (${said}); ${give}`;
}

function unreachable({ code, said }: AwsFailure, error: unknown): string {
  const host = hostOf(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    // ecs.eu-wset-1.amazonaws.com, api.ecr.eu-wset-1.amazonaws.com
    const region = /(?:^|\.)([a-z]+(?:-[a-z]+)+-\d[a-z]?)\.(?:amazonaws\.com|api\.aws)/.exec(host ?? '')?.[1];
    if (region !== undefined)
      return `${host} is not known: there is no region ${region}, it lacks this service, or names do not resolve here${regionHint(region)}; check AWS_REGION`;
  }
  const where = host ?? 'AWS';
  const how = describeConnection(code);
  if (how !== null) return `${where} ${how}`;
  if (/^(?:TimeoutError|ETIMEDOUT)$/.test(code))
    return `${where} did not answer in time, also after ${attempts(error)}`;
  if (/^(?:ECONNRESET|ECONNABORTED|EPIPE)$/.test(code))
    return `the connection to ${where} was lost, also after ${attempts(error)}`;
  return `${where} cannot be reached (${code}: ${said})`;
}

function describe({ code, said }: AwsFailure, error: unknown): string {
  const status = error instanceof Error ? statusOf(causes(error)) : null;
  const name = code === '' || code === 'SyntaxError' ? (status === null ? '' : `status ${status}`) : code;
  return [name, said].filter((part) => part !== '').join(': ');
}

/** `6 attempts`; `1 attempt` */
function attempts(error: unknown): string {
  const metadata = metadataOf(error);
  const count = typeof metadata.attempts === 'number' ? metadata.attempts : 1;
  return `${count} attempt${count === 1 ? '' : 's'}`;
}

function statusOf(chain: readonly Error[]): number | null {
  for (const error of chain) {
    const status = metadataOf(error).httpStatusCode;
    if (typeof status === 'number') return status;
  }
  return null;
}

/** What the SDK attaches to errors of its calls. */
function metadataOf(error: unknown): { readonly attempts?: unknown; readonly httpStatusCode?: unknown } {
  if (!(error instanceof Error) || !('$metadata' in error)) return {};
  return typeof error.$metadata === 'object' && error.$metadata !== null ? error.$metadata : {};
}

function hostOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  for (const cause of causes(error)) {
    if ('hostname' in cause && typeof cause.hostname === 'string') return cause.hostname;
    if ('address' in cause && typeof cause.address === 'string')
      return 'port' in cause ? `${cause.address}:${String(cause.port)}` : cause.address;
  }
  return null;
}

/** The system's code where there was no answer, else AWS's name of the error. */
function codeOf(chain: readonly Error[]): string {
  for (const error of chain) {
    if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
    if (error.name !== 'Error' && error.name !== 'CredentialsProviderError') return error.name;
  }
  return '';
}

function causes(error: Error): readonly Error[] {
  const found: Error[] = [];
  const open: unknown[] = [error];
  while (open.length > 0 && found.length < 10) {
    const next = open.shift();
    if (!(next instanceof Error) || found.includes(next)) continue;
    found.push(next);
    open.push(next.cause, ...(next instanceof AggregateError ? next.errors : []));
  }
  return found;
}

function messages(error: unknown): string {
  return error instanceof Error
    ? causes(error)
        .map(({ message }) => message)
        .join(' ')
    : String(error);
}

function quoted(text: string): string {
  return /"([^"]*)"/.exec(text)?.[1] ?? text;
}

/** Without the SDK's own hint, control characters, encoded messages and user names in addresses. */
function oneLine(message: string): string {
  const line = withoutEncoded(message)
    .replace(/\s*Deserialization error: to see the raw response.*/s, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return redactUrl(line.length > 300 ? `${line.slice(0, 299)}…` : line);
}

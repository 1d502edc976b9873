/** `ml-gates iam`: may this workflow assume this role, and may this role make this call? Answers are sentences. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  awsAudience,
  type Caller,
  decide,
  mayAssume,
  type Policy,
  type PolicyKind,
  parsePolicyText,
  type RequestContext,
  subjectOf,
  type Trigger,
  type Workflow,
} from '../check-infra/iam/index.ts';
import { nearest } from '../core/gate/index.ts';
import { InputError, isUserFacing, quote, RunError } from '../core/inputs/index.ts';
import { readFlags } from './flags.ts';

export interface IamHost {
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const assumeFlags = [
  ...['repository', 'branch', 'tag', 'pull-request', 'environment', 'audience', 'owner-id', 'repository-id'],
  ...['immutable-subject', 'subject-keys', 'claim', 'role', 'value'],
];
const callFlags = ['action', 'resource', 'role', 'boundary', 'context', 'value'];

const help = `ml-gates iam may-assume TRUST-POLICY --repository OWNER/NAME …
  May a workflow assume the role? Exits with 0 for yes, 1 for no.

  --branch NAME, --tag NAME, --pull-request    what set the workflow off
  --environment NAME                           of the job
  --owner-id N, --repository-id N              GitHub's numbers; with --immutable-subject they are in the subject
  --subject-keys repo,context,…                where the organisation has chosen its own subject
  --audience TEXT                              of the token; ${awsAudience} unless it is said
  --claim NAME=VALUE                           other claims; may be given again
  --role ARN                                   the role

ml-gates iam may-call POLICY… --action SERVICE:NAME --resource ARN
  Do the policies of a role allow a call? Exits with 0 for yes, 1 for no.

  --boundary FILE                              permissions boundary of the role
  --context KEY=VALUE                          keys of the request; may be given again

  --value NAME=VALUE                           fills in \${NAME} of a template; may be given again; commas make a list
`;

/** 0: allowed. 1: not, or the question could not be answered. */
export async function runIam(args: readonly string[], host: IamHost): Promise<number> {
  const [question, ...rest] = args;
  if (question === undefined || ['help', '--help', '-h'].includes(question) || rest.includes('--help')) {
    host.out(help);
    return question === undefined ? 1 : 0;
  }
  try {
    if (question === 'may-assume') return await assume(rest, host);
    if (question === 'may-call') return await call(rest, host);
    const near = nearest(question, ['may-assume', 'may-call']);
    throw new RunError(
      `${quote(question)} is no question; ${near === undefined ? 'there are may-assume, may-call' : `did you mean ${near}?`}`,
    );
  } catch (error) {
    if (!isUserFacing(error)) throw error;
    host.err(`${error.message.replaceAll(/^/gm, 'ml-gates iam: ')}\n`);
    return 1;
  }
}

async function assume(args: readonly string[], host: IamHost): Promise<number> {
  const { files, flags } = split(args, assumeFlags);
  const [file, ...others] = files;
  if (file === undefined || others.length > 0)
    throw new RunError('name one file with the trust policy of the role');
  const trust = await readPolicy(file, 'trust', flags, host);
  const workflow = workflowOf(flags);
  const role = flags.get('role');
  const { allowed, because } = mayAssume({ trust, workflow, ...(role === undefined ? {} : { role }) });
  host.out(`${allowed ? 'yes' : 'no'}: ${subjectOf(workflow)}\n${because}\n`);
  return allowed ? 0 : 1;
}

async function call(args: readonly string[], host: IamHost): Promise<number> {
  const { files, flags } = split(args, callFlags);
  if (files.length === 0) throw new RunError('name the files with the policies of the role');
  const action = needed(flags, 'action');
  const resource = needed(flags, 'resource');
  if (!/^[a-z0-9-]+:[A-Za-z0-9]+$/i.test(action))
    throw new RunError(`--action ${quote(action)} is no action; one is written \`ecs:UpdateService\``);
  const identity = await Promise.all(files.map((one) => readPolicy(one, 'identity', flags, host)));
  const boundaryFile = flags.get('boundary');
  const boundary =
    boundaryFile === undefined ? undefined : [await readPolicy(boundaryFile, 'identity', flags, host)];
  const decision = decide(
    { action, resource, caller: callerOf(resource, flags), context: contextIn(flags) },
    { identity, ...(boundary === undefined ? {} : { boundary }) },
  );
  host.out(`${decision.allowed ? 'yes' : 'no'}: ${action} on ${resource}\n${decision.because}\n`);
  return decision.allowed ? 0 : 1;
}

/** A session of the role; without one, of any in the account of the resource. */
function callerOf(resource: string, flags: ReadonlyMap<string, string>): Caller {
  const account = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1] ?? '123456789012';
  const role = flags.get('role') ?? `arn:aws:iam::${account}:role/any`;
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(role))
    throw new RunError(
      `--role ${quote(role)} is no role; one is written arn:aws:iam::123456789012:role/name`,
    );
  const name = role.split('/').at(-1) ?? '';
  const session = role.replace(/:iam::(\d{12}):role\/.*$/, `:sts::$1:assumed-role/${name}/session`);
  return { is: 'session', role, session };
}

interface Split {
  readonly files: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
}

/** Files stand before the flags. */
function split(args: readonly string[], known: readonly string[]): Split {
  const first = args.findIndex((arg) => arg.startsWith('--'));
  const files = first === -1 ? args : args.slice(0, first);
  const read = readFlags(first === -1 ? [] : args.slice(first));
  if (!read.ok) throw new RunError(read.message);
  const problems = [...read.values.keys()]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      return {
        input: `--${name}`,
        message: 'is no flag',
        ...(near === undefined
          ? { allowed: known.map((one) => `--${one}`).join(', ') }
          : { nearest: `--${near}` }),
      };
    });
  if (problems.length > 0) throw new InputError(problems);
  return { files, flags: read.values };
}

function needed(flags: ReadonlyMap<string, string>, name: string): string {
  const value = flags.get(name);
  if (value === undefined || value === '' || value === 'true') throw new RunError(`--${name} is missing`);
  return value;
}

function workflowOf(flags: ReadonlyMap<string, string>): Workflow {
  const keys = flags.get('subject-keys');
  const ids = { repository_owner_id: flags.get('owner-id'), repository_id: flags.get('repository-id') };
  const numbers = Object.entries(ids).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    repository: needed(flags, 'repository'),
    trigger: triggerOf(flags),
    environment: flags.get('environment') ?? null,
    subject: {
      ids: flags.get('immutable-subject') === 'true',
      keys: keys === undefined ? null : keys.split(','),
    },
    audience: flags.get('audience') ?? awsAudience,
    claims: { ...Object.fromEntries(numbers), ...pairsIn(flags, 'claim') },
  };
}

function triggerOf(flags: ReadonlyMap<string, string>): Trigger {
  const given = ['branch', 'tag', 'pull-request'].filter((name) => flags.has(name));
  if (given.length > 1)
    throw new RunError(`${given.map((one) => `--${one}`).join(' and ')} exclude each other`);
  if (flags.has('pull-request')) return { is: 'pull-request' };
  if (flags.has('branch')) return { is: 'branch', name: needed(flags, 'branch') };
  return flags.has('tag') ? { is: 'tag', name: needed(flags, 'tag') } : { is: 'unknown' };
}

function contextIn(flags: ReadonlyMap<string, string>): RequestContext {
  return pairsIn(flags, 'context');
}

/** `NAME=VALUE`, of a flag that may be given again. */
function pairsIn(flags: ReadonlyMap<string, string>, flag: string): Readonly<Record<string, string>> {
  const lines = flags.get(flag)?.split('\n') ?? [];
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      if (at < 1) throw new RunError(`--${flag} ${quote(line)} is written NAME=VALUE`);
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

async function readPolicy(
  file: string,
  kind: PolicyKind,
  flags: ReadonlyMap<string, string>,
  { cwd }: IamHost,
): Promise<Policy> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RunError(`${quote(file)} cannot be read: ${error.code ?? error.message}`);
  });
  const filled = fillTemplate(text, pairsIn(flags, 'value'), file);
  const read = parsePolicyText(filled, file, kind);
  if (read.is === 'wrong')
    throw new RunError(read.problems.map((problem) => `${file}: ${problem}`).join('\n'));
  return read.policy;
}

/** As Terraform's templatefile: `${name}`; policy variables have a colon, and are let be. A list stands as ["${name}"]. */
function fillTemplate(text: string, values: Readonly<Record<string, string>>, file: string): string {
  return text.replaceAll(/\$\{([a-z_]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new RunError(`${file} is a template: say --value ${name}=…`);
    return JSON.stringify(value).slice(1, -1).replaceAll(',', '", "');
  });
}

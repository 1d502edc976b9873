import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { InputError, RunError } from '../../../core/inputs/index.ts';
import { type Aws, createAws } from './clients.ts';
import { classify, explain } from './errors.ts';
import {
  type Answer,
  exampleKeys,
  fails,
  hangsUp,
  neverAnswers,
  neverEnds,
  type ScriptedServer,
  startScripted,
} from './testing.ts';

const arn = 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web';
const attempt = {
  doing: 'reading service web of cluster prod',
  action: 'ecs:DescribeServices',
  resource: arn,
};
const user = 'User: arn:aws:sts::123456789012:assumed-role/deploy/GitHubActions';

let server: ScriptedServer | null = null;
let aws: Aws | null = null;

afterEach(async () => {
  vi.unstubAllEnvs();
  aws?.close();
  await server?.stop();
  aws = null;
  server = null;
});

/** What a call of the SDK throws when it is answered so. */
async function thrown(answer: Answer | null, env: Record<string, string> = {}): Promise<unknown> {
  server = answer === null ? null : await startScripted(answer);
  const address: Record<string, string> = server === null ? {} : { AWS_ENDPOINT_URL: server.url };
  aws = createAws({ ...exampleKeys, ...address, ...env }, { attempts: 2, timeoutMs: 100 });
  const client = await aws.ecs();
  return client.send(new DescribeServicesCommand({ cluster: 'prod', services: ['web'] })).then(
    () => expect.unreachable('the call was answered well'),
    (error: unknown) => error,
  );
}

const give =
  'give them with aws-actions/configure-aws-credentials before this step (the job needs `permissions: id-token: write` for its `role-to-assume`)';

describe('a call that fails', () => {
  test.each<[string, Answer, string, string]>([
    [
      'is denied by nothing that allows it',
      fails(
        'AccessDeniedException',
        `${user} is not authorized to perform: ecs:DescribeServices on resource: ${arn} because no identity-based policy allows the ecs:DescribeServices action`,
      ),
      'denied',
      `reading service web of cluster prod is not allowed: role deploy may not use ecs:DescribeServices (no identity-based policy allows it); allow it on ${arn}`,
    ],
    [
      'is denied by another policy',
      fails(
        'AccessDeniedException',
        `${user} is not authorized to perform: ecs:DescribeServices on resource: ${arn} with an explicit deny in a service control policy`,
      ),
      'denied',
      `reading service web of cluster prod is not allowed: role deploy may not use ecs:DescribeServices on ${arn}: a service control policy denies it; that policy must be changed`,
    ],
    [
      'needs another action than its own',
      fails(
        'ClientException',
        'User: arn:aws:iam::123456789012:user/ci/robot is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/tasks because no identity-based policy allows the iam:PassRole action',
      ),
      'denied',
      'reading service web of cluster prod is not allowed: user robot may not use iam:PassRole (no identity-based policy allows it); allow it on arn:aws:iam::123456789012:role/tasks',
    ],
    [
      'is denied without a word',
      fails('AccessDeniedException', ''),
      'denied',
      `reading service web of cluster prod is not allowed: the credentials of this job may not use ecs:DescribeServices; allow it on ${arn}`,
    ],
    [
      'is denied in a code',
      fails(
        'UnauthorizedOperation',
        `You are not authorized to perform this operation. Encoded authorization failure message: ${'Ab0-_'.repeat(200)}`,
        403,
      ),
      'denied',
      `reading service web of cluster prod is not allowed: the credentials of this job may not use ecs:DescribeServices; allow it on ${arn}`,
    ],
    [
      'has keys that ran out',
      fails('ExpiredTokenException', 'The security token included in the request is expired'),
      'credentials',
      `reading service web of cluster prod: the AWS credentials have expired (ExpiredTokenException); ${give}, and set its \`role-duration-seconds\` longer than the rollout takes`,
    ],
    [
      'has keys that AWS does not know',
      fails('UnrecognizedClientException', 'The security token included in the request is invalid.'),
      'credentials',
      `reading service web of cluster prod: AWS does not accept the credentials (UnrecognizedClientException: The security token included in the request is invalid); ${give}`,
    ],
    [
      'has a clock that is wrong',
      fails(
        'InvalidSignatureException',
        'Signature not yet current: 20261130T060000Z is still later than 20261130T050500Z (20261130T050000Z + 5 min.)',
      ),
      'credentials',
      'reading service web of cluster prod: AWS does not accept the signature (Signature not yet current: 20261130T060000Z is still later than 20261130T050500Z (20261130T050000Z + 5 min.)): the clock of this machine is wrong',
    ],
    [
      'is throttled',
      fails('ThrottlingException', 'Rate exceeded'),
      'throttled',
      'reading service web of cluster prod: AWS limits the rate of requests, also after 2 attempts (Rate exceeded); run fewer deployments of this account at a time, or try again later',
    ],
    [
      'is cut off',
      hangsUp,
      'unreachable',
      'reading service web of cluster prod: the connection to AWS was lost, also after 2 attempts',
    ],
    [
      'is not answered',
      neverAnswers,
      'unreachable',
      'reading service web of cluster prod: AWS did not answer in time, also after 2 attempts',
    ],
    [
      'is answered without an end',
      neverEnds,
      'unreachable',
      'reading service web of cluster prod: AWS did not answer in time, also after 2 attempts',
    ],
    [
      'meets an error of AWS',
      fails('ServerException', 'Service Unavailable.\nTry again.', 500),
      'server',
      'reading service web of cluster prod: AWS answered with an error of its own, also after 2 attempts (ServerException: Service Unavailable. Try again)',
    ],
    [
      'meets a proxy',
      (response) => response.end('<html>Blocked</html>'),
      'server',
      'reading service web of cluster prod: the answer is not one of AWS (Unexpected token \'<\', "<html>Blocked</html>" is not valid JSON); a proxy on the way may have given it',
    ],
    [
      'names what is not there',
      fails('ClusterNotFoundException', 'Cluster not found.'),
      'missing',
      'reading service web of cluster prod: AWS refused it (ClusterNotFoundException: Cluster not found)',
    ],
    [
      'is refused',
      fails('InvalidParameterException', 'Services cannot be empty.'),
      'refused',
      'reading service web of cluster prod: AWS refused it (InvalidParameterException: Services cannot be empty)',
    ],
  ])('%s', async (_, answer, kind, message) => {
    const error = await thrown(answer);
    expect(classify(error).kind).toBe(kind);
    expect(explain(error, attempt)).toEqual(new RunError(message));
  });

  test('finds no server', async () => {
    const error = await thrown(null, { AWS_ENDPOINT_URL_ECS: 'http://127.0.0.1:9' });
    expect(explain(error, attempt).message).toBe(
      'reading service web of cluster prod: 127.0.0.1:9 refuses the connection',
    );
  });

  test('is stopped', async () => {
    server = await startScripted(neverAnswers);
    aws = createAws({ ...exampleKeys, AWS_ENDPOINT_URL: server.url });
    const client = await aws.ecs();
    const error = await client
      .send(new DescribeServicesCommand({ services: [] }), { abortSignal: AbortSignal.abort() })
      .catch((reason: unknown) => reason);
    expect(classify(error).kind).toBe('cancelled');
    expect(explain(error, attempt).message).toBe(
      'reading service web of cluster prod: stopped, since the run was cancelled',
    );
  });
});

describe('the region', () => {
  test('does not exist: its host name is not known', () => {
    // As getaddrinfo fails; a test that asks a name server would say something else without a network.
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND ecs.eu-wset-1.amazonaws.com'), {
      code: 'ENOTFOUND',
      hostname: 'ecs.eu-wset-1.amazonaws.com',
    });
    expect(explain(error, attempt).message).toBe(
      'reading service web of cluster prod: ecs.eu-wset-1.amazonaws.com is not known: there is no region eu-wset-1, it lacks this service, or names do not resolve here; did you mean eu-west-1?; check AWS_REGION',
    );
  });

  test.each([
    ['eu-west-1a', 'eu-west-1'],
    ['us-est-1', 'us-east-1'],
  ])('%s reads like %s', (region, near) => {
    const hostname = `api.ecr.${region}.amazonaws.com`;
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
      code: 'ENOTFOUND',
      hostname,
    });
    expect(explain(error, attempt).message).toContain(`did you mean ${near}?`);
  });

  test('cannot be one', async () => {
    expect(explain(await thrown(null, { AWS_REGION: 'eu west 1' }), attempt).message).toBe(
      'reading service web of cluster prod: the region eu west 1 is none; did you mean eu-west-1?; check AWS_REGION',
    );
  });

  test.each([undefined, ''])('is not given: %j', async (empty) => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_REGION', empty);
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    const error = await thrown(null, { AWS_REGION: '' });
    expect(classify(error).kind).toBe('region');
    expect(explain(error, attempt).message).toBe(
      'reading service web of cluster prod: no region is given; set AWS_REGION, as aws-actions/configure-aws-credentials does with its input `aws-region`',
    );
  });
});

describe('credentials', () => {
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  const nowhere = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };

  test('are not given', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const error = await thrown(null, { ...none, ...nowhere });
    expect(classify(error).kind).toBe('credentials');
    expect(explain(error, attempt).message).toBe(
      `reading service web of cluster prod: there are no AWS credentials (Could not load credentials from any providers); ${give}`,
    );
  });

  test('are of a profile that does not exist', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const error = await thrown(null, { ...none, ...nowhere, AWS_PROFILE: 'deploy' });
    expect(explain(error, attempt).message).toContain(
      'there are no AWS credentials (of the profile deploy: Could not load credentials from any providers)',
    );
  });

  test('are of a role that may not be taken on', () => {
    const error = new Error('Not authorized to perform sts:AssumeRoleWithWebIdentity');
    expect(explain(error, attempt).message).toBe(
      'reading service web of cluster prod: the role cannot be taken on (Not authorized to perform sts:AssumeRoleWithWebIdentity): its trust policy must allow this job, by the repository and branch or environment in `sub`',
    );
  });
});

test('what is clear already, and what is no failure of AWS, stays as it is', () => {
  const clear = new RunError('the task definition is not JSON');
  const input = new InputError([{ input: 'image', message: 'is empty' }]);
  const defect = new TypeError('undefined is not a function');
  for (const error of [clear, input, defect]) expect(explain(error, attempt)).toBe(error);
});

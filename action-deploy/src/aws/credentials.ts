/** Who asks. Looked for as the SDKs of AWS do, in the environment that was passed in. */

import type { Log } from '../../../core/report/log.ts';
import { type Environment, regionOf } from './regions.ts';

/** As the SDK's `AwsCredentialIdentity`. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export type CredentialsProvider = () => Promise<Credentials>;

/**
 * Keys in the environment (what aws-actions/configure-aws-credentials sets), else the SDK's default chain: profile and
 * shared files, web identity, container, instance. A profile that is named goes before keys, as in the SDK. Keys are
 * looked at only when the first call is made, and the chain is loaded only when it is needed. Whether there is a container
 * or an instance to ask, the SDK reads from the process itself.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export function credentialsFrom(env: Environment, log: Log): CredentialsProvider {
  let chain: Promise<CredentialsProvider> | null = null;
  return async () => {
    if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY && !env.AWS_PROFILE) {
      const session = env.AWS_SESSION_TOKEN;
      return {
        accessKeyId: env.AWS_ACCESS_KEY_ID,
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
        ...(session ? { sessionToken: session } : {}),
      };
    }
    chain ??= defaultChain(env, log);
    try {
      return await (await chain)();
    } catch (error) {
      throw failure(error, env);
    }
  };
}

/** Whatever went wrong on the way, as a file that is not there, it was about credentials. */
function failure(error: unknown, env: Environment): Error {
  const said = error instanceof Error ? error.message : String(error);
  const profile = env.AWS_PROFILE ? `of the profile ${env.AWS_PROFILE}: ` : '';
  return Object.assign(new Error(`${profile}${said}`, { cause: error }), {
    name: 'CredentialsProviderError',
  });
}

async function defaultChain(env: Environment, log: Log): Promise<CredentialsProvider> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const region = regionOf(env);
  return defaultProvider({
    // Where STS is asked; the SDK itself knows only AWS_REGION of the process.
    ...(region === null ? {} : { clientConfig: { region } }),
    ...given('profile', env.AWS_PROFILE),
    ...given('filepath', env.AWS_SHARED_CREDENTIALS_FILE),
    ...given('configFilepath', env.AWS_CONFIG_FILE),
    ...given('webIdentityTokenFile', env.AWS_WEB_IDENTITY_TOKEN_FILE),
    ...given('roleArn', env.AWS_ROLE_ARN),
    ...given('roleSessionName', env.AWS_ROLE_SESSION_NAME),
    ...given('awsContainerCredentialsRelativeUri', env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI),
    ...given('awsContainerCredentialsFullUri', env.AWS_CONTAINER_CREDENTIALS_FULL_URI),
    ...given('awsContainerAuthorizationToken', env.AWS_CONTAINER_AUTHORIZATION_TOKEN),
    ...given('awsContainerAuthorizationTokenFile', env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE),
    // Without it, warnings go to the console.
    logger: { debug: () => {}, info: () => {}, warn: log.debug, error: log.debug },
  });
}

function given<Name extends string>(name: Name, value: string | undefined): { [key in Name]?: string } {
  return value ? ({ [name]: value } as { [key in Name]: string }) : {};
}

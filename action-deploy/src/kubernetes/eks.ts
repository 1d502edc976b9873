/**
 * A cluster of EKS without a kubeconfig: DescribeCluster tells its address and its authority, and the token is a signed address
 * of STS, which the cluster asks who it is. As aws-iam-authenticator makes it, and `aws eks get-token`:
 * https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { RunError } from '../../../core/inputs/index.ts';
import { createAws, explain, parseArn } from '../aws/index.ts';
import type { World } from '../types.ts';
import { bearer, type Connection, type Expiring, renewedCredentials } from './client/index.ts';

/** As `AwsCredentialIdentity` of the SDK has it. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The cluster takes a token for 15 minutes from its signing on, whatever X-Amz-Expires says; a minute is for clocks. */
const tokenMs = 14 * 60_000;
const signatureSeconds = 60;

/** @throws RunError when the cluster cannot be described, or is not there to be deployed to. */
export async function eksConnection(name: string, world: World): Promise<Connection> {
  const aws = createAws(world.env, { log: world.log });
  try {
    const { DescribeClusterCommand } = await import('@aws-sdk/client-eks');
    const client = await aws.eks();
    const { cluster } = await client
      .send(new DescribeClusterCommand({ name }), { abortSignal: world.signal })
      .catch((error: unknown) => {
        throw explain(error, {
          doing: `reading the EKS cluster ${name}`,
          action: 'eks:DescribeCluster',
          resource: `arn:aws:eks:${aws.region ?? '*'}:*:cluster/${name}`,
        });
      });
    const { endpoint, certificateAuthority, status, arn = '' } = cluster ?? {};
    const where = parseArn(arn);
    const isUsable = status === 'ACTIVE' || status === 'UPDATING';
    if (endpoint === undefined || certificateAuthority?.data === undefined || where === null || !isUsable) {
      throw new RunError(
        `the EKS cluster ${name} cannot be deployed to: it is ${status ?? 'in no state that is known'}`,
      );
    }
    return {
      server: new URL(endpoint),
      ca: Buffer.from(certificateAuthority.data, 'base64').toString('utf8'),
      insecure: false,
      serverName: null,
      proxy: null,
      credentials: renewedCredentials(async (): Promise<Expiring> => {
        const now = world.clock();
        const token = await eksToken(name, where, await aws.credentials(), now);
        return {
          credential: { authorization: bearer(token), certificate: null },
          expiresAt: now.getTime() + tokenMs,
        };
      }, world.clock),
      impersonation: {},
      namespace: null,
      shown: `the IAM principal of this job, at the EKS cluster ${name}`,
      notices: [],
    };
  } finally {
    aws.close();
  }
}

/** A bearer token for the cluster. The region is the cluster's own. */
export async function eksToken(
  cluster: string,
  { region, partition }: { readonly region: string; readonly partition: string },
  keys: Keys,
  now: Date,
): Promise<string> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const signer = new SignatureV4({ service: 'sts', region, credentials: keys, sha256: Sha256 });
  const hostname = `sts.${region}.${suffixOf(partition)}`;
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster },
    },
    { expiresIn: signatureSeconds, signingDate: now },
  );
  const query = Object.entries(signed.query ?? {})
    .map(([key, value]) => `${encode(key)}=${encode(String(value))}`)
    .join('&');
  const address = `https://${hostname}/?${query}`;
  return `k8s-aws-v1.${Buffer.from(address).toString('base64url')}`;
}

/** RFC 3986, as signatures want it: all but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** https://docs.aws.amazon.com/general/latest/gr/sts.html; isolated partitions as botocore has them. */
function suffixOf(partition: string): string {
  switch (partition) {
    case 'aws-cn':
      return 'amazonaws.com.cn';
    case 'aws-iso':
      return 'c2s.ic.gov';
    case 'aws-iso-b':
      return 'sc2s.sgov.gov';
    case 'aws-iso-e':
      return 'cloud.adc-e.uk';
    case 'aws-iso-f':
      return 'csp.hci.ic.gov';
    case 'aws-eusc':
      return 'amazonaws.eu';
    default:
      return 'amazonaws.com';
  }
}

/** The hash that the signer wants, made by Node. */
class Sha256 {
  private readonly secret: string | ArrayBuffer | ArrayBufferView | undefined;
  private hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.secret = secret;
    this.hash = this.make();
  }

  update(data: Uint8Array | string): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.hash.digest());
  }

  reset(): void {
    this.hash = this.make();
  }

  private make(): Hash | Hmac {
    const { secret } = this;
    if (secret === undefined) return createHash('sha256');
    if (typeof secret === 'string') return createHmac('sha256', secret);
    const bytes = ArrayBuffer.isView(secret)
      ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
      : new Uint8Array(secret);
    return createHmac('sha256', bytes);
  }
}

/** Who may call the API server, and what proves it: made for each control plane, of no use outside it. */

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Certificate, makeCertificate } from '../certificates.ts';

export interface StaticToken {
  readonly token: string;
  readonly user: string;
  readonly groups: readonly string[];
}

export interface Credentials {
  readonly authority: Certificate;
  /** Of the users that belong to the fixture itself; each is an administrator with a name of its own. */
  readonly tokens: Readonly<Record<FixtureUser, string>>;
  /** Paths of what the processes read. */
  readonly files: {
    readonly ca: string;
    readonly serverCertificate: string;
    readonly serverKey: string;
    readonly kubeletClientCertificate: string;
    readonly kubeletClientKey: string;
    readonly serviceAccountKey: string;
    readonly serviceAccountPublicKey: string;
    readonly tokens: string;
  };
}

export type FixtureUser = 'admin' | 'controller-manager' | 'scheduler' | 'kubelet';

/** What the API server calls them; the audit log leaves out those that begin with `fixture:`. */
export const userNames: Readonly<Record<FixtureUser, string>> = {
  admin: 'admin',
  'controller-manager': 'fixture:controller-manager',
  scheduler: 'fixture:scheduler',
  kubelet: 'fixture:kubelet',
};

/** Writes keys, certificates and tokens below `folder`. */
export async function makeCredentials(folder: string, more: readonly StaticToken[]): Promise<Credentials> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = makeCertificate({ commonName: 'kubernetes-ca' });
  const names = ['127.0.0.1', '10.96.0.1', 'localhost', 'kubernetes', 'kubernetes.default.svc'];
  const server = makeCertificate({ commonName: 'kube-apiserver', names, authority });
  const kubeletClient = makeCertificate({
    commonName: 'kube-apiserver-kubelet-client',
    names: ['kube-apiserver-kubelet-client'],
    authority,
  });
  const serviceAccounts = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const tokens = {
    admin: randomBytes(16).toString('hex'),
    'controller-manager': randomBytes(16).toString('hex'),
    scheduler: randomBytes(16).toString('hex'),
    kubelet: randomBytes(16).toString('hex'),
  };
  const own = (Object.keys(tokens) as FixtureUser[]).map((user) => ({
    token: tokens[user],
    user: userNames[user],
    groups: ['system:masters'],
  }));
  const lines = [...own, ...more].map(
    ({ token, user, groups }) => `${token},${user},${user},"${groups.join(',')}"`,
  );
  const write = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  return {
    authority,
    tokens,
    files: {
      ca: await write('ca.crt', authority.cert),
      serverCertificate: await write('server.crt', server.cert),
      serverKey: await write('server.key', server.key),
      kubeletClientCertificate: await write('kubelet-client.crt', kubeletClient.cert),
      kubeletClientKey: await write('kubelet-client.key', kubeletClient.key),
      serviceAccountKey: await write('sa.key', serviceAccounts.privateKey.export(pem).toString()),
      serviceAccountPublicKey: await write(
        'sa.pub',
        serviceAccounts.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      ),
      tokens: await write('tokens.csv', `${lines.join('\n')}\n`),
    },
  };
}

/** How a kubeconfig proves who its user is. */
export type Proof =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'certificate'; readonly certificate: Certificate };

/** A kubeconfig as cloud providers write them: the authority and the proof are in it, TLS is verified. */
export function kubeconfig(cluster: {
  readonly url: string;
  readonly ca: string;
  readonly user: string;
  readonly proof: Proof;
  readonly namespace?: string;
}): string {
  const { url, ca, user, proof, namespace } = cluster;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'loopback', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: user,
        user:
          proof.kind === 'token'
            ? { token: proof.token }
            : {
                'client-certificate-data': base64(proof.certificate.cert),
                'client-key-data': base64(proof.certificate.key),
              },
      },
    ],
    contexts: [
      {
        name: 'loopback',
        context: { cluster: 'loopback', user, ...(namespace === undefined ? {} : { namespace }) },
      },
    ],
    'current-context': 'loopback',
  });
}

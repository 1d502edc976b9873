/** An admission webhook that denies what is made in one namespace, as policies of an organisation do. */

import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificate } from '../certificates.ts';
import { KubeError } from './api.ts';
import type { ControlPlane } from './control-plane.ts';

export interface AdmissionWebhook {
  /** `<name>.<namespace>.test`, as messages have it. */
  readonly name: string;
  /** Takes it away from the API server, too. */
  stop(): Promise<void>;
}

export interface AdmissionOptions {
  readonly namespace: string;
  /** Default `deny`. */
  readonly name?: string;
  /** What is denied when it is created or changed; default pods. */
  readonly apiGroup?: string;
  readonly resource?: string;
  readonly message: string;
}

const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/** Returns when the API server asks it. Ends with the control plane, if not before. */
export async function startAdmissionWebhook(
  controlPlane: ControlPlane,
  options: AdmissionOptions,
): Promise<AdmissionWebhook> {
  const { api, credentials, ca } = controlPlane;
  const { namespace, message, apiGroup = '', resource = 'pods' } = options;
  const { key, cert } = makeCertificate({
    commonName: 'webhook',
    names: ['127.0.0.1'],
    authority: credentials.authority,
  });
  const server = createServer({ key, cert }, async (request, response) => {
    // A server that goes away in the middle of its question needs no answer.
    const question = await text(request).catch(() => null);
    if (question === null) return;
    const review = JSON.parse(question) as {
      apiVersion: string;
      kind: string;
      request: { uid: string };
    };
    const { apiVersion, kind } = review;
    const verdict = { uid: review.request.uid, allowed: false, status: { code: 403, message } };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ apiVersion, kind, response: verdict }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const name = `${options.name ?? 'deny'}.${namespace}.test`;
  let stopping: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await api.call('DELETE', `${path}/${name}`).catch((error: unknown) => {
      if (!(error instanceof KubeError && error.status === 404)) throw error;
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const stop = (): Promise<void> => {
    stopping ??= end();
    return stopping;
  };
  controlPlane.onStop(stop);
  await api.create(path, {
    metadata: { name },
    webhooks: [
      {
        name,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [
          {
            apiGroups: [apiGroup],
            apiVersions: ['*'],
            resources: [resource],
            operations: ['CREATE', 'UPDATE'],
          },
        ],
        clientConfig: {
          url: `https://127.0.0.1:${port}/`,
          caBundle: Buffer.from(ca).toString('base64'),
        },
      },
    ],
  });
  await untilAsked(controlPlane, { namespace, apiGroup, resource, message });
  return { name, stop };
}

/** The API server reads its webhooks anew a moment after they are stored. */
async function untilAsked(
  { api }: ControlPlane,
  what: { namespace: string; apiGroup: string; resource: string; message: string },
): Promise<void> {
  const { namespace, apiGroup, resource, message } = what;
  const versions = apiGroup === '' ? '/api/v1' : `/apis/${apiGroup}/v1`;
  const at = `${versions}/namespaces/${namespace}/${resource}?dryRun=All`;
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const probe = { metadata: { name: 'webhook-probe' }, ...minimalSpec(resource) };
    const refused = await api.create(at, probe).then(
      () => false,
      (error: unknown) => error instanceof KubeError && error.message.includes(message),
    );
    if (refused) return;
    await sleep(50);
  }
  throw new Error(`the API server does not ask the webhook about ${resource}`);
}

/** Enough for the API server to come as far as its webhooks. */
function minimalSpec(resource: string): object {
  const pod = { containers: [{ name: 'probe', image: 'probe' }] };
  if (resource === 'pods') return { spec: pod };
  const labels = { app: 'webhook-probe' };
  return { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } } };
}

/** Small manifests for tests. */

export interface DeploymentOptions {
  readonly name?: string;
  readonly image?: string;
  readonly replicas?: number;
  /** Of the only container, which is named `app`. */
  readonly container?: object;
  /** Of the pods, beside the container. */
  readonly pod?: object;
  /** Of the deployment, beside its pods. */
  readonly spec?: object;
}

export function deployment(options: DeploymentOptions = {}): object {
  const { name = 'web', image = 'registry.example/web:1', replicas = 1, container, pod, spec } = options;
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image, ...container }], ...pod },
      },
      ...spec,
    },
  };
}

import type { Environment } from './context.ts';

/**
 * A fetch that honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY as self-hosted runners set them; undefined when
 * there is none. Node's own fetch ignores them unless the process was started with NODE_USE_ENV_PROXY.
 * undici is in every bundle already, through `@actions/core`.
 */
export async function proxyFetch(env: Environment): Promise<unknown> {
  const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];
  if (names.every((name) => (env[name] ?? '') === '')) return undefined;
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const httpProxy = env.http_proxy ?? env.HTTP_PROXY;
  const httpsProxy = env.https_proxy ?? env.HTTPS_PROXY;
  const noProxy = env.no_proxy ?? env.NO_PROXY;
  const dispatcher = new EnvHttpProxyAgent({
    ...(httpProxy === undefined ? {} : { httpProxy }),
    ...(httpsProxy === undefined ? {} : { httpsProxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
  });
  return (url: string, init: Parameters<typeof fetch>[1]) => fetch(url, { ...init, dispatcher });
}

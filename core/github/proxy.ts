import type { Environment } from './context.ts';

/**
 * A fetch that goes to `url` (default: GitHub's API) through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, as self-hosted
 * runners set them; undefined when there is none. Node's own fetch ignores them unless the process was
 * started with NODE_USE_ENV_PROXY. undici is in every bundle already, through `@actions/core`; its
 * EnvHttpProxyAgent would print a warning that it is experimental.
 */
export async function proxyFetch(
  env: Environment,
  url: string = env.GITHUB_API_URL || 'https://api.github.com',
): Promise<unknown> {
  const target = new URL(url);
  const scheme = target.protocol === 'https:' ? 'https' : 'http';
  const proxy = either(env, `${scheme}_proxy`);
  if (proxy === '' || isExempt(target, either(env, 'no_proxy'))) return undefined;
  const { fetch, ProxyAgent } = await import('undici');
  const dispatcher = new ProxyAgent(proxy.includes('://') ? proxy : `http://${proxy}`);
  return (to: string, init: Parameters<typeof fetch>[1]) => fetch(to, { ...init, dispatcher });
}

/** Lower case first, as curl and the runner do. */
function either(env: Environment, name: string): string {
  return env[name] || env[name.toUpperCase()] || '';
}

/** `host`, `.domain`, `host:port` or `*`; a domain exempts its subdomains. */
function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const actualPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [host = '', onPort = actualPort] = entry.replace(/^\*?\./, '').split(':');
      if (entry === '*') return true;
      return host !== '' && onPort === actualPort && (hostname === host || hostname.endsWith(`.${host}`));
    });
}

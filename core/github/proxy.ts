import type { Environment } from './context.ts';

/**
 * A fetch that goes to `url` (default: GitHub's API) through the proxy that HTTPS_PROXY, HTTP_PROXY and
 * NO_PROXY name, as self-hosted runners set them; undefined when there is none, or none that can be read.
 * Never throws. Node's own fetch ignores these variables unless the process was started with
 * NODE_USE_ENV_PROXY. undici is in every bundle already, through `@actions/artifact`; its EnvHttpProxyAgent
 * would print a warning that it is experimental.
 */
export async function proxyFetch(
  env: Environment,
  url: string = env.GITHUB_API_URL || 'https://api.github.com',
): Promise<unknown> {
  if (!URL.canParse(url)) return undefined;
  const target = new URL(url);
  const given = either(env, target.protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  const proxy = given.includes('://') ? given : `http://${given}`;
  if (given === '' || !URL.canParse(proxy) || isExempt(target, either(env, 'no_proxy'))) return undefined;
  const { fetch, ProxyAgent } = await import('undici');
  const dispatcher = new ProxyAgent(proxy);
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

/** Connections to the API server, through a proxy where the kubeconfig or the environment names one. */

import { request as httpRequest } from 'node:http';
import { Agent, type AgentOptions, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** What the proxy said, in words that follow its name. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

const connectMs = 20_000;

/** Speaks TLS with the server through the proxy's CONNECT (RFC 9110, section 9.3.6): the proxy sees ciphertext alone. */
export class TunnelAgent extends Agent {
  private readonly proxy: URL;

  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.proxy = proxy;
  }

  override createConnection(
    options: Parameters<Agent['createConnection']>[0],
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { proxy } = this;
    const to = `${options.host}:${options.port}`;
    const user = decodeURIComponent(proxy.username);
    const ask = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      host: proxy.hostname,
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
      method: 'CONNECT',
      path: to,
      headers: {
        host: to,
        ...(user === ''
          ? {}
          : {
              'proxy-authorization': `Basic ${Buffer.from(`${user}:${decodeURIComponent(proxy.password)}`).toString('base64')}`,
            }),
      },
      agent: false,
      timeout: connectMs,
    });
    // Of Node's callback only the error is looked at when there is one.
    const fail = (message: string): void => callback(new ProxyError(message), undefined as unknown as Duplex);
    ask.once('timeout', () => ask.destroy(new Error('it does not answer')));
    ask.once('error', (error) => fail(error.message));
    ask.once('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        fail(`it answers ${response.statusCode} to CONNECT`);
        return;
      }
      // With a socket the host is not connected to: the certificate must name it.
      const secure = connect({ ...options, socket } as never);
      secure.once('error', (error) => callback(error, secure));
      secure.once('secureConnect', () => callback(null, secure));
    });
    ask.end();
    return undefined;
  }
}

/**
 * The proxy that the environment names for a server, with Go's rules, which kubectl has: HTTPS_PROXY or HTTP_PROXY by the
 * scheme, upper case first, unless NO_PROXY or the loopback exempts the host.
 */
export function environmentProxy(server: URL, env: Readonly<Record<string, string | undefined>>): URL | null {
  const either = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const text = either(server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const whole = text.includes('://') ? text : `http://${text}`;
  if (text === '' || !URL.canParse(whole) || isExempt(server, either('NO_PROXY'))) return null;
  return new URL(whole);
}

function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const host = hostname.replaceAll(/[[\]]/g, '');
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return true;
  const actualPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return noProxy
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim())
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isInBlock(host, entry);
      const [name = '', onPort = actualPort] = entry.replace(/^\*?\./, '').split(':');
      const isSubdomainOnly = /^\*?\./.test(entry);
      const isHost = !isSubdomainOnly && host === name;
      return name !== '' && onPort === actualPort && (isHost || host.endsWith(`.${name}`));
    });
}

/** IPv4 alone: `10.0.0.0/8`, as clusters' networks are exempted. */
function isInBlock(host: string, block: string): boolean {
  const [address = '', bits = ''] = block.split('/');
  const [a, b] = [ipv4(host), ipv4(address)];
  const length = Number(bits);
  if (a === null || b === null || !(length >= 0 && length <= 32)) return false;
  const size = 2 ** (32 - length);
  return Math.floor(a / size) === Math.floor(b / size);
}

function ipv4(text: string): number | null {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

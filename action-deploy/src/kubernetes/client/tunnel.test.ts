import { expect, test } from 'vitest';
import { environmentProxy } from './tunnel.ts';

test.each<[string, Record<string, string>, string | null]>([
  ['https://k8s.example', { HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
  ['https://k8s.example', { https_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
  ['https://k8s.example', { HTTP_PROXY: 'http://proxy:3128' }, null],
  ['https://k8s.example', { HTTPS_PROXY: 'http://proxy', NO_PROXY: 'example' }, null],
  ['https://k8s.example', { HTTPS_PROXY: 'http://proxy', NO_PROXY: '.k8s.example' }, 'http://proxy/'],
  ['https://a.k8s.example', { HTTPS_PROXY: 'http://proxy', NO_PROXY: 'foo, .k8s.example' }, null],
  ['https://k8s.example:6443', { HTTPS_PROXY: 'http://proxy', NO_PROXY: 'k8s.example:443' }, 'http://proxy/'],
  ['https://k8s.example:6443', { HTTPS_PROXY: 'http://proxy', NO_PROXY: 'k8s.example:6443' }, null],
  ['https://10.1.2.3', { HTTPS_PROXY: 'http://proxy', NO_PROXY: '10.0.0.0/8' }, null],
  ['https://11.1.2.3', { HTTPS_PROXY: 'http://proxy', NO_PROXY: '10.0.0.0/8' }, 'http://proxy/'],
  ['https://k8s.example', { HTTPS_PROXY: 'http://proxy', NO_PROXY: '*' }, null],
  ['https://localhost:6443', { HTTPS_PROXY: 'http://proxy' }, null],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: 'http://proxy' }, null],
  ['https://k8s.example', {}, null],
])('%s with %j', (server, env, proxy) => {
  expect(environmentProxy(new URL(server), env)?.href ?? null).toBe(proxy);
});

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { requirePorts } from './ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const free = { 'ml-api': 0, pushgateway: 0, alertmanager: 0, prometheus: 0 };

test('every port that is in use is named by its flag, whichever address it is in use on', async () => {
  const [own, all] = [await listen('127.0.0.1'), await listen('0.0.0.0')];
  await expect(requirePorts({ ports: { ...free, 'ml-api': own, prometheus: all } })).rejects.toThrow(
    new RegExp(`^--ml-api-port ${own} is in use: .*\n--prometheus-port ${all} is in use: .*$`),
  );
});

test('one that is free is still free afterwards, and what is not asked for is not tried', async () => {
  const port = await listen('127.0.0.1');
  await new Promise<unknown>((resolve) => servers.pop()?.close(resolve));
  await requirePorts({ ports: { ...free, 'ml-api': port } });
  await requirePorts({ ports: { ...free, 'ml-api': port } });
  await requirePorts({ ports: free });
});

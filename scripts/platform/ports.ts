/** Ports that were asked for, tried before anything is started: whoever listens there would be taken for a part of the platform. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Options, parts } from './options.ts';

/**
 * A server that listens already would answer the question whether a part is ready, and get the traffic.
 * @throws Error that names the flag of each port that cannot be had.
 */
export async function requirePorts({ ports }: Pick<Options, 'ports'>): Promise<void> {
  const problems: string[] = [];
  for (const part of parts) {
    const port = ports[part];
    // 0: a free one is looked for.
    if (port === 0) continue;
    const why = await whyNot(port);
    if (why !== null) problems.push(`--${part}-port ${port} ${why}`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

async function whyNot(port: number): Promise<string | null> {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'EADDRINUSE') return 'is in use: stop what listens there, or choose another one';
    if (code === 'EACCES') return 'may not be listened on: choose one from 1024';
    return `cannot be listened on: ${code}`;
  } finally {
    server.close();
  }
}

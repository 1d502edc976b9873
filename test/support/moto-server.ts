import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureMoto } from '../../scripts/tools/moto.ts';
import { freePort, type RunningServer, startServer } from './server-process.ts';

export interface MotoServer extends RunningServer {
  /** `http://127.0.0.1:<port>`: the endpoint of every service. */
  readonly url: string;
  /** What an AWS client needs to reach it; the keys are made up, since moto checks no signatures. */
  readonly clientEnv: Readonly<Record<string, string>>;
  /** Forgets all resources of all accounts. */
  reset(): Promise<void>;
}

/**
 * A real `moto_server` on a free loopback port, with nothing in it. What it does not do as AWS does: signatures and
 * permissions are not checked, ECS rollouts never go on (see `ecs/` for those).
 */
export async function startMotoServer(): Promise<MotoServer> {
  const { motoServer } = await ensureMoto();
  const folder = await mkdtemp(join(tmpdir(), 'moto-server-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  try {
    const server = await startServer({
      command: motoServer,
      args: ['--host', '127.0.0.1', '--port', String(port)],
      env: { PATH: process.env.PATH, HOME: folder, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' },
      cwd: folder,
      readyUrl: `${url}/moto-api/data.json`,
    });
    return {
      ...server,
      url,
      clientEnv: {
        AWS_ENDPOINT_URL: url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'testing',
        AWS_SECRET_ACCESS_KEY: 'testing',
      },
      async reset() {
        const response = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
        if (!response.ok) throw new Error(`moto answered ${response.status} to reset`);
      },
      async stop() {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

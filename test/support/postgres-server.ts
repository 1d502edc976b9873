import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePostgres, type Postgres } from '../../scripts/tools/postgres.ts';
import { adoptGroup, lastLines, releaseGroup, runProcess } from '../../scripts/tools/process.ts';
import { freePort } from './server-process.ts';

export interface PostgresServer {
  readonly port: number;
  /** `postgresql://tester:<password>@127.0.0.1:<port>/postgres`; the password is asked for. */
  readonly url: string;
  readonly password: string;
  /** With TLS: the file of the certificate, made out to 127.0.0.1 and signed by itself; else null. */
  readonly certificate: string | null;
  /** Ends the server as `pg_ctl stop -m immediate` does, its data stay; safe to call twice. */
  halt(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

interface Place {
  readonly folder: string;
  readonly data: string;
  readonly bin: string;
  readonly certificate: string | null;
  readonly env: NodeJS.ProcessEnv;
  /** PostgreSQL refuses to run as root: then `nobody` runs it. */
  readonly user: { readonly uid: number; readonly gid: number } | Record<string, never>;
}

const nobody = { uid: 65_534, gid: 65_534 };
const password = 'p@ss:word/"secret"';

/** A real PostgreSQL on a free loopback port with an empty data folder; nothing is written through to the disk. */
export async function startPostgres(options: { readonly tls?: boolean } = {}): Promise<PostgresServer> {
  const place = await preparePlace(await ensurePostgres(), options.tls ?? false);
  const port = await freePort();
  let running: ChildProcess | undefined;
  const halt = async (): Promise<void> => {
    if (running !== undefined) await end(running);
    running = undefined;
  };
  const start = async (): Promise<void> => {
    await halt();
    running = await run(place, port);
  };
  const stop = async (): Promise<void> => {
    await halt();
    await rm(place.folder, { recursive: true, force: true });
  };
  try {
    await initialise(place);
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  const url = `postgresql://tester:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  return { port, url, password, certificate: place.certificate, halt, start, stop };
}

async function preparePlace(postgres: Postgres, tls: boolean): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  const user = process.getuid?.() === 0 ? nobody : {};
  const certificate = tls ? await makeCertificate(folder, user) : null;
  const base = { PATH: process.env.PATH, LC_ALL: 'C', LD_LIBRARY_PATH: postgres.libraries };
  const place = { folder, data, bin: postgres.bin, certificate, env: base, user };
  if (user !== nobody) return place;
  await chmod(folder, 0o755);
  await chown(data, nobody.uid, nobody.gid);
  if (postgres.directory === null) return place;
  // The cache lies in the home of root, where nobody may look.
  const tree = join(folder, 'programs');
  await cp(postgres.directory, tree, { recursive: true, verbatimSymlinks: true });
  const moved = (path: string): string => join(tree, relative(postgres.directory ?? '', path));
  const libraries = postgres.libraries.split(':').map(moved).join(':');
  return { ...place, bin: moved(postgres.bin), env: { ...base, LD_LIBRARY_PATH: libraries } };
}

async function makeCertificate(folder: string, { uid, gid }: Partial<typeof nobody>): Promise<string> {
  const certificate = join(folder, 'server.crt');
  const key = join(folder, 'server.key');
  const files = ['-out', certificate, '-keyout', key];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files];
  const { code, stderr } = await runProcess('openssl', args, { timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`openssl ended with exit code ${code}\n${lastLines(stderr, 10)}`);
  await chmod(key, 0o600);
  if (uid !== undefined && gid !== undefined) await chown(key, uid, gid);
  return certificate;
}

async function initialise(place: Place): Promise<void> {
  const secret = join(place.folder, 'password');
  await writeFile(secret, `${password}\n`);
  const args = ['-D', place.data, '-U', 'tester', '-A', 'scram-sha-256', '--pwfile', secret, '-E', 'UTF8'];
  const child = launch(place, 'initdb', [...args, '--no-locale', '--no-sync', '--no-instructions']);
  const said = collect(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`initdb ended with exit code ${code}\n${lastLines(said(), 20)}`);
}

async function run(place: Place, port: number): Promise<ChildProcess> {
  const settings = ['fsync=off', 'full_page_writes=off', 'shared_buffers=16MB'];
  settings.push('listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=20');
  if (place.certificate !== null) {
    settings.push('ssl=on', `ssl_cert_file=${place.certificate}`);
    settings.push(`ssl_key_file=${join(place.folder, 'server.key')}`);
  }
  const args = ['-D', place.data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const child = launch(place, 'postgres', args);
  const said = collect(child);
  try {
    await untilReady(place, child, port);
  } catch (error) {
    await end(child);
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`postgres: ${why}\n${lastLines(said(), 20)}`);
  }
  return child;
}

function launch(place: Place, program: string, args: readonly string[]): ChildProcess {
  const options = { cwd: place.folder, env: place.env, detached: true, ...place.user };
  const child = spawn(join(place.bin, program), args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) adoptGroup(child.pid);
  child.once('close', () => releaseGroup(child.pid ?? 0));
  return child;
}

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  child.once('error', (error) => chunks.push(Buffer.from(error.message)));
  return () => Buffer.concat(chunks).toString('utf8');
}

/** The last line of `postmaster.pid` tells; a port that accepts connections may still recover. */
async function untilReady(place: Place, child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended before it was ready');
    const file = await readFile(join(place.data, 'postmaster.pid'), 'utf8').catch(() => '');
    if (file.startsWith(`${child.pid}\n`) && /^ready\s*$/m.test(file) && (await accepts(port))) return;
    await sleep(50);
  }
  throw new Error('it was not ready within 60 s');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** SIGQUIT is PostgreSQL's immediate shutdown: connections are cut, the log is replayed at the next start. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGQUIT');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await closed;
  clearTimeout(timer);
}

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lastLines, runProcess } from '../../scripts/tools/process.ts';
import { ensurePython } from '../../scripts/tools/python.ts';
import { freePort, type RunningServer, startServer } from './server-process.ts';

export interface MlflowServerOptions {
  /** Clients read and write artifacts through the server; without it, at the place that the server names. */
  readonly serveArtifacts: boolean;
  /** Ask for a user name and a password. */
  readonly basicAuth: boolean;
}

export interface MlflowServer extends RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The administrator; null without basic auth. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** What a client needs to reach the server: MLFLOW_TRACKING_URI and, with basic auth, user name and password. */
  readonly clientEnv: Readonly<Record<string, string>>;
}

export interface Registration {
  readonly name: string;
  /** An ONNX file. */
  readonly modelPath: string;
  readonly alias?: string;
  /** `logged`: a logged model, as `log_model` of MLflow 3 writes it; `run`: artifacts of a run, as before. */
  readonly style?: 'logged' | 'run';
}

export interface Registered {
  readonly name: string;
  readonly version: string;
  readonly runId: string;
  /** `m-…` of a logged model; null for artifacts of a run. */
  readonly modelId: string | null;
  /** Where the registry says that the version comes from. */
  readonly source: string;
  /** Names the model by its run: `runs:/<id>/model`. */
  readonly runUri: string;
}

const registerScript = resolve(import.meta.dirname, 'register_model.py');

/** A real `mlflow server` on a free loopback port, its database and artifacts in a folder that goes with it. */
export async function startMlflowServer(options: MlflowServerOptions): Promise<MlflowServer> {
  const { python, bin } = await ensurePython();
  const folder = await mkdtemp(join(tmpdir(), 'mlflow-server-'));
  const artifacts = join(folder, 'artifacts');
  await mkdir(artifacts);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const credentials = options.basicAuth
    ? { username: 'admin', password: randomBytes(12).toString('hex') }
    : null;
  const env = { ...mlflowEnv(bin), ...(credentials && (await authentication(folder, credentials))) };
  const storage = options.serveArtifacts
    ? ['--serve-artifacts', '--artifacts-destination', artifacts]
    : ['--no-serve-artifacts', '--default-artifact-root', artifacts];
  const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  args.push('--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`, ...storage);
  if (options.basicAuth) args.push('--app-name', 'basic-auth');
  try {
    const server = await startServer({ command: python, args, env, cwd: folder, readyUrl: `${url}/health` });
    const login = credentials && {
      MLFLOW_TRACKING_USERNAME: credentials.username,
      MLFLOW_TRACKING_PASSWORD: credentials.password,
    };
    const stop = async (): Promise<void> => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return { ...server, stop, url, credentials, clientEnv: { MLFLOW_TRACKING_URI: url, ...login } };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Logs the model in a new run and registers it as the next version of `name`, by MLflow's own client. */
export async function registerModel(server: MlflowServer, registration: Registration): Promise<Registered> {
  const { python, bin } = await ensurePython();
  const args = [registerScript, '--model', resolve(registration.modelPath), '--name', registration.name];
  args.push('--style', registration.style ?? 'logged');
  if (registration.alias !== undefined) args.push('--alias', registration.alias);
  const env = { ...mlflowEnv(bin), ...server.clientEnv };
  const { code, stdout, stderr } = await runProcess(python, args, { env, timeoutMs: 180_000 });
  if (code !== 0) throw new Error(`register_model.py ended with exit code ${code}\n${lastLines(stderr, 30)}`);
  return JSON.parse(lastLines(stdout, 1)) as Registered;
}

/** Our environment without what would point MLflow elsewhere, and with its programs first on PATH. */
export function mlflowEnv(bin: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('MLFLOW_'));
  return {
    ...Object.fromEntries(kept),
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    // Background jobs are of no use here and start processes of their own.
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  };
}

async function authentication(
  folder: string,
  credentials: { username: string; password: string },
): Promise<Record<string, string>> {
  const file = join(folder, 'basic_auth.ini');
  const lines = [
    '[mlflow]',
    'default_permission = READ',
    `database_uri = sqlite:///${join(folder, 'basic_auth.db')}`,
    `admin_username = ${credentials.username}`,
    `admin_password = ${credentials.password}`,
    'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
  ];
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return { MLFLOW_AUTH_CONFIG_PATH: file, MLFLOW_FLASK_SERVER_SECRET_KEY: randomBytes(24).toString('hex') };
}

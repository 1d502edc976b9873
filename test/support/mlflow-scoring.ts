import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lastLines, runProcess } from '../../scripts/tools/process.ts';
import { ensurePython } from '../../scripts/tools/python.ts';
import { mlflowEnv } from './mlflow-server.ts';
import { freePort, type RunningServer, startServer } from './server-process.ts';

export interface ScoringServer extends RunningServer {
  /** `http://127.0.0.1:<port>/invocations` */
  readonly url: string;
}

/**
 * `mlflow models serve` on a model directory. The committed one lies in `test/fixtures/models/mlflow-sklearn/model`;
 * `predictFunction: 'predict_proba'` serves probabilities instead of labels.
 */
export async function startScoringServer(
  modelDirectory: string,
  options: { readonly predictFunction?: 'predict' | 'predict_proba' } = {},
): Promise<ScoringServer> {
  const { python, bin } = await ensurePython();
  const folder = await mkdtemp(join(tmpdir(), 'mlflow-scoring-'));
  const env = mlflowEnv(bin);
  try {
    let model = resolve(modelDirectory);
    if (options.predictFunction === 'predict_proba') {
      const script = resolve(import.meta.dirname, 'serve_probabilities.py');
      const target = join(folder, 'model');
      const { code, stderr } = await runProcess(python, [script, model, target], { env, timeoutMs: 180_000 });
      if (code !== 0)
        throw new Error(`serve_probabilities.py ended with exit code ${code}\n${lastLines(stderr, 30)}`);
      model = target;
    }
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const args = ['-m', 'mlflow', 'models', 'serve', '--env-manager', 'local', '--model-uri', model];
    args.push('--host', '127.0.0.1', '--port', String(port), '--workers', '1');
    const server = await startServer({ command: python, args, env, cwd: folder, readyUrl: `${base}/ping` });
    const stop = async (): Promise<void> => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return { ...server, stop, url: `${base}/invocations` };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

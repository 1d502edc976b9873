/**
 * The ways to an artifact through an MLflow server, which depend on how the server was started and on what the
 * artifact belongs to: the artifact proxy (`mlflow-artifacts:` stores), the files of a logged model (MLflow 3), and
 * the files of a run. All three were tried with mlflow server 3.17.
 */

import { RunError } from '../inputs/errors.ts';
import { isRecord, textIn } from './json.ts';
import type { MlflowClient } from './mlflow-client.ts';

/** Where the files of a model are. */
export interface Location {
  /** URI of the artifact store, e.g. `mlflow-artifacts:/1/models/m-…/artifacts` or `s3://…`. */
  readonly uri: string;
  /** MLflow 3: the logged model. */
  readonly modelId: string | null;
  /** The run, and the path below its artifacts. */
  readonly run: { readonly id: string; readonly path: string } | null;
}

export interface ArtifactEntry {
  /** Relative to the model's folder. */
  readonly path: string;
  readonly folder: boolean;
}

export interface Route {
  /** @param folder relative to the model's; empty: itself. */
  list(folder: string): Promise<readonly ArtifactEntry[]>;
  download(path: string, file: string): Promise<void>;
}

/** Every route that may lead to the location, the best first. */
export function routesTo(location: Location, client: MlflowClient): Route[] {
  const routes: Route[] = [];
  const proxied = proxyPath(location.uri, client);
  if (proxied !== null) routes.push(proxyRoute(client, proxied));
  if (location.modelId !== null) routes.push(loggedModelRoute(client, location.modelId));
  if (location.run !== null) routes.push(runRoute(client, location.run.id, location.run.path));
  return routes;
}

/** Paths of all files below the model's folder. @throws RunError when a path would leave the folder. */
export async function listArtifacts(route: Route): Promise<string[]> {
  const files: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await route.list(folder)) {
      if (entry.path.split(/[/\\]/).includes('..') || /^([/\\]|[A-Za-z]:)/.test(entry.path)) {
        throw new RunError(
          `The MLflow server lists the file ${JSON.stringify(entry.path)}, which is outside of the model's folder; that is refused.`,
        );
      }
      (entry.folder ? folders : files).push(entry.path);
      if (files.length + folders.length > 10_000)
        throw new RunError('The model has more than 10,000 files; that is refused.');
    }
  }
  return files.sort();
}

/** The path of a `mlflow-artifacts:` URI; null for other stores. */
function proxyPath(uri: string, client: MlflowClient): string | null {
  const match = /^mlflow-artifacts:(?:\/\/([^/]*))?\/(.*)$/.exec(uri);
  if (match === null) return null;
  const host = match[1] ?? '';
  if (host !== '' && !client.isThisHost(host)) {
    throw new RunError(
      `The files of the model lie with another server (${host}) than ${client.server}; credentials are not sent there. Give that server as mlflow-tracking-uri.`,
    );
  }
  return (match[2] ?? '').replace(/\/+$/, '');
}

function proxyRoute(client: MlflowClient, root: string): Route {
  const base = '/api/2.0/mlflow-artifacts/artifacts';
  return {
    async list(folder) {
      const answer = await client.get(base, { path: join(root, folder) });
      // The proxy names entries relative to the folder that was asked for.
      return entriesOf(answer).map((entry) => ({ ...entry, path: join(folder, entry.path) }));
    },
    download: (path, file) =>
      client.download(`${base}/${join(root, path).split('/').map(encodeURIComponent).join('/')}`, {}, file),
  };
}

function loggedModelRoute(client: MlflowClient, modelId: string): Route {
  const id = encodeURIComponent(modelId);
  return {
    list: async (folder) =>
      entriesOf(
        await client.get(
          `/api/2.0/mlflow/logged-models/${id}/artifacts/directories`,
          folder === '' ? {} : { artifact_directory_path: folder },
        ),
      ),
    download: (path, file) =>
      client.download(
        `/ajax-api/2.0/mlflow/logged-models/${id}/artifacts/files`,
        { artifact_file_path: path },
        file,
      ),
  };
}

function runRoute(client: MlflowClient, runId: string, root: string): Route {
  return {
    async list(folder) {
      const answer = await client.get('/api/2.0/mlflow/artifacts/list', {
        run_id: runId,
        path: join(root, folder),
      });
      // Relative to the run's artifacts.
      const skipped = root === '' ? 0 : root.length + 1;
      return entriesOf(answer).map((entry) => ({ ...entry, path: entry.path.slice(skipped) }));
    },
    download: (path, file) =>
      client.download('/get-artifact', { run_id: runId, path: join(root, path) }, file),
  };
}

function entriesOf(answer: Readonly<Record<string, unknown>>): ArtifactEntry[] {
  const { files } = answer;
  if (!Array.isArray(files)) return [];
  return files
    .filter(isRecord)
    .map((file) => ({ path: textIn(file, 'path') ?? '', folder: file.is_dir === true }));
}

function join(folder: string, path: string): string {
  return folder === '' ? path : path === '' ? folder : `${folder}/${path}`;
}

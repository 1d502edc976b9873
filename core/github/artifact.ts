/** Uploads the report as an artifact of the run. */

import type { Log } from '../report/log.ts';

export interface ArtifactRequest {
  readonly name: string;
  /** Absolute paths of files inside `root`. */
  readonly files: readonly string[];
  /** Absolute; paths in the archive are relative to it. */
  readonly root: string;
}

export interface UploadedArtifact {
  readonly id: number;
  /** Differs from the wanted name when that was taken. */
  readonly name: string;
  /** SHA-256 of the archive. */
  readonly digest: string | null;
}

/** Uploads under exactly this name, or throws. */
export type ArtifactUploader = (request: ArtifactRequest) => Promise<Omit<UploadedArtifact, 'name'>>;

/**
 * The official client. Imported only when used: it is the largest part of a bundle (5 MB of JavaScript, 2 MB
 * minified, with Azure's storage client) and takes longer to load than everything else here.
 * It reads ACTIONS_RESULTS_URL and ACTIONS_RUNTIME_TOKEN from the process's environment.
 */
export const officialUploader: ArtifactUploader = async ({ name, files, root }) => {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  const response = await new DefaultArtifactClient().uploadArtifact(name, [...files], root);
  if (response.id === undefined) throw new Error('the artifact service gave no id');
  return { id: response.id, digest: response.digest ?? null };
};

/**
 * `<action>-report`, with the id where one is set; characters that artifact names cannot hold become `-`.
 * https://github.com/actions/toolkit/tree/main/packages/artifact#uploading-an-artifact
 */
export function artifactName(wanted: string, id: string): string {
  const full = id === '' ? wanted : `${wanted}-${id}`;
  return [...full].map((c) => (/["<>|*?\\/:]/.test(c) || c < ' ' ? '-' : c)).join('');
}

/** Uploads under the wanted name; where it is taken, under the name with a suffix. */
export async function uploadArtifact(
  upload: ArtifactUploader,
  request: ArtifactRequest,
  options: { readonly suffix: () => string; readonly timeoutMs: number; readonly log: Log },
): Promise<UploadedArtifact> {
  try {
    return { ...(await inTime(upload(request), options.timeoutMs)), name: request.name };
  } catch (error) {
    if (!isNameTaken(error)) throw error;
  }
  // The jobs of a matrix, or two uses without `id`. Overwriting would destroy the other job's report, and
  // failing would lose this one; whoever downloads with the pattern `<name>*` gets both.
  const name = `${request.name}-${options.suffix()}`;
  options.log.debug(`The artifact ${request.name} exists already; uploading as ${name}.`);
  return { ...(await inTime(upload({ ...request, name }), options.timeoutMs)), name };
}

/** Names are unique within an attempt of a run: the service answers 409. */
function isNameTaken(error: unknown): boolean {
  return error instanceof Error && /\b409\b|artifact with this name already exists/i.test(error.message);
}

/**
 * By the wording: the client wraps its own classes of errors into a plain one, with the method before the
 * message.
 */
export function describeUploadFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/ACTIONS_(RUNTIME_TOKEN|RESULTS_URL)/.test(message)) {
    return 'this runner offers no artifact service (ACTIONS_RUNTIME_TOKEN or ACTIONS_RESULTS_URL is not set)';
  }
  if (/not currently supported on GHES/.test(message)) {
    return 'GitHub Enterprise Server does not support this artifact service';
  }
  if (/storage quota has been hit/.test(message)) return 'the storage quota for artifacts is used up';
  const network = /Unable to make request: (\w+)/.exec(message);
  if (network !== null) return `the artifact service could not be reached (${network[1]})`;
  // Signed URLs carry their secret in the query.
  return (message.split('\n', 1)[0] ?? '').replace(/(https?:\/\/[^\s?]+)\?\S*/g, '$1');
}

async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`the artifact service took longer than ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A check run of the gate's own, for the annotations that workflow commands cannot show. */

import { isAbsolute, posix, relative } from 'node:path';
import type { Verdict } from '../gate/types.ts';
import type { GitHubClient } from './client.ts';
import { shorten } from './limits.ts';

export interface CheckAnnotation {
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title?: string;
  /** Relative to the repository's root, or absolute inside the workspace. Without one it goes into the text. */
  readonly path?: string;
  /** From 1. */
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

export interface CheckRunRequest {
  readonly action: string;
  readonly id: string;
  readonly verdict: Verdict;
  readonly enforce: boolean;
  readonly onInconclusive: 'fail' | 'warn';
  /** One line. */
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly annotations: readonly CheckAnnotation[];
}

export interface CheckRunPlace {
  readonly owner: string;
  readonly repo: string;
  readonly sha: string;
  readonly detailsUrl: string | null;
  readonly externalId: string | null;
  readonly workspace: string | null;
}

export interface CheckRunOutcome {
  readonly url: string | null;
  /** Of the annotations with a file, how many GitHub has; less than `wanted` only with `error`. */
  readonly annotations: { readonly written: number; readonly wanted: number };
  /** What stopped later annotations; the check run itself stands. */
  readonly error: unknown;
}

export type Conclusion = 'success' | 'failure' | 'neutral';

/** https://docs.github.com/rest/checks/runs#create-a-check-run */
const ANNOTATIONS_PER_REQUEST = 50;
const TEXT_LIMIT = 65_535;
const TITLE_LIMIT = 255;
const MESSAGE_LIMIT = 65_536;

/**
 * Agrees with the step: whatever makes the step fail is `failure`, what it lets pass although it is not a
 * pass is `neutral`. Not `action_required` for inconclusive: it blocks like a failure, but offers a button
 * that leads to an app's own site, and there is none.
 */
export function conclusionOf(
  request: Pick<CheckRunRequest, 'verdict' | 'enforce' | 'onInconclusive'>,
): Conclusion {
  if (request.verdict === 'pass') return 'success';
  if (!request.enforce) return 'neutral';
  return request.verdict === 'inconclusive' && request.onInconclusive === 'warn' ? 'neutral' : 'failure';
}

/** `validate-model (id)`: tells the gate's check from the job's own, which bears the job's name. */
export function checkRunName(action: string, id: string): string {
  return id === '' ? action : `${action} (${id})`;
}

/**
 * Created complete, conclusion included, so that a failure half-way leaves no check that waits for ever;
 * then the further annotations, which GitHub appends. Throws when the check run cannot be created.
 */
export async function writeCheckRun(
  client: GitHubClient,
  place: CheckRunPlace,
  request: CheckRunRequest,
): Promise<CheckRunOutcome> {
  const { placed, unplaced } = sortOut(request.annotations, place.workspace);
  const chunks = inChunks(placed, ANNOTATIONS_PER_REQUEST);
  const output = {
    title: shorten(request.title, TITLE_LIMIT, '…'),
    summary: shorten(request.summary, TEXT_LIMIT),
    ...(unplaced.length === 0 ? {} : { text: shorten(unplaced.map(asListItem).join('\n'), TEXT_LIMIT) }),
  };
  const created = await client.request('POST /repos/{owner}/{repo}/check-runs', {
    owner: place.owner,
    repo: place.repo,
    name: checkRunName(request.action, request.id),
    head_sha: place.sha,
    status: 'completed',
    conclusion: conclusionOf(request),
    ...(place.detailsUrl === null ? {} : { details_url: place.detailsUrl }),
    ...(place.externalId === null ? {} : { external_id: place.externalId }),
    output: { ...output, annotations: [...(chunks[0] ?? [])] },
  });
  let written = chunks[0]?.length ?? 0;
  const outcome = (error: unknown): CheckRunOutcome => ({
    url: created.data.html_url,
    annotations: { written, wanted: placed.length },
    error,
  });
  for (const chunk of chunks.slice(1)) {
    try {
      await client.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
        owner: place.owner,
        repo: place.repo,
        check_run_id: created.data.id,
        output: { ...output, annotations: [...chunk] },
      });
    } catch (error) {
      return outcome(error);
    }
    written += chunk.length;
  }
  return outcome(null);
}

interface ApiAnnotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column?: number;
  end_column?: number;
  annotation_level: CheckAnnotation['level'];
  message: string;
  title?: string;
}

function sortOut(
  annotations: readonly CheckAnnotation[],
  workspace: string | null,
): { placed: readonly ApiAnnotation[]; unplaced: readonly CheckAnnotation[] } {
  const placed: ApiAnnotation[] = [];
  const unplaced: CheckAnnotation[] = [];
  for (const annotation of annotations) {
    const path = annotation.path === undefined ? null : repositoryPath(annotation.path, workspace);
    if (path === null) unplaced.push(annotation);
    else placed.push(asApi(annotation, path));
  }
  return { placed, unplaced };
}

/** Null for files outside the repository, which GitHub refuses together with the whole request. */
function repositoryPath(path: string, workspace: string | null): string | null {
  if (isAbsolute(path) && workspace === null) return null;
  const inside = isAbsolute(path) ? relative(workspace ?? '', path) : path;
  const normal = posix.normalize(inside.replaceAll('\\', '/'));
  return normal === '.' || normal.startsWith('../') || normal === '..' || normal === '' ? null : normal;
}

function asApi(annotation: CheckAnnotation, path: string): ApiAnnotation {
  const start = annotation.line ?? 1;
  const end = Math.max(start, annotation.endLine ?? start);
  // Columns are refused when an annotation spans lines.
  const column = start === end ? annotation.column : undefined;
  return {
    path,
    start_line: start,
    end_line: end,
    ...(column === undefined
      ? {}
      : { start_column: column, end_column: Math.max(column, annotation.endColumn ?? column) }),
    annotation_level: annotation.level,
    // An empty message is answered by 422.
    message: shorten(
      annotation.message.trim() === '' ? '(no message)' : annotation.message,
      MESSAGE_LIMIT / 4,
      '…',
    ),
    ...(annotation.title === undefined ? {} : { title: shorten(annotation.title, TITLE_LIMIT, '…') }),
  };
}

/** Messages come from data: in a code span nothing of them is Markdown. */
function asListItem(annotation: CheckAnnotation): string {
  const where =
    annotation.path === undefined
      ? ''
      : ` (${annotation.path}${annotation.line === undefined ? '' : `:${annotation.line}`})`;
  const title = annotation.title === undefined ? '' : `${annotation.title}: `;
  const plain = `${title}${annotation.message}${where}`.replace(/\s+/g, ' ').trim();
  const fence = '`'.repeat(Math.max(0, ...[...plain.matchAll(/`+/g)].map((m) => m[0].length)) + 1);
  return `- **${annotation.level}** ${fence} ${plain} ${fence}`;
}

function inChunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** `require-results`: what other gates said must be there, whole, and about what is to be deployed. */

import { visible } from '../../../core/gate/index.ts';
import type { Judged } from '../../../core/gate/types.ts';
import { RunError } from '../../../core/inputs/index.ts';
import { resolveFiles, type ShownFile } from '../../../core/tables/index.ts';
import type { EvidenceConfig } from '../config.ts';
import { judgeHolding } from '../judge-holding.ts';
import type { Checked, EvidenceRecord, ResolvedImage, World } from '../types.ts';
import { accept, type Wanted } from './accept.ts';
import { readDocument } from './document.ts';
import { type Requirement, readRequirements } from './requirements.ts';

/** What is to be deployed. */
export interface Deployed {
  readonly image: Pick<ResolvedImage, 'digest'>;
  /** Null: not known. */
  readonly commit: string | null;
}

/**
 * A record and a check for each document, and for each line that stands for none. Nothing that a file holds makes it throw.
 * @throws InputError when a line cannot be meant.
 */
export async function verifyEvidence(
  config: EvidenceConfig,
  { image, commit }: Deployed,
  world: Pick<World, 'workspace' | 'clock'>,
): Promise<Checked<readonly EvidenceRecord[]>> {
  const requirements = readRequirements(config.globs);
  const wanted: Wanted = {
    commit,
    imageDigest: image.digest,
    maxAgeMs: config.maxAgeMs,
    now: world.clock(),
  };
  const found = await findDocuments(requirements, world.workspace);
  const records: EvidenceRecord[] = [];
  // One after the other: each may be large.
  for (const each of found) records.push(await recordOf(each, wanted));
  return { record: records, judged: records.map(judgeRecord) };
}

/** As Linux has it. */
const longestPath = 4096;

type Found =
  | { readonly kind: 'file'; readonly file: ShownFile; readonly pins: ReadonlySet<string> }
  /** `why` is a sentence. */
  | { readonly kind: 'nothing'; readonly pattern: string; readonly why: string };

/** Each document once, however many lines stand for it; the digests of all of them hold. */
async function findDocuments(
  requirements: readonly Requirement[],
  workspace: string,
): Promise<readonly Found[]> {
  const files = new Map<string, { file: ShownFile; pins: Set<string> }>();
  const missing = new Map<string, string>();
  for (const { pattern, digest } of requirements) {
    try {
      const set = await resolveFiles([pattern], { workspace, format: 'json' });
      for (const file of set.files) {
        const known = files.get(file.shown) ?? { file, pins: new Set() };
        if (digest !== null) known.pins.add(digest);
        files.set(file.shown, known);
      }
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      missing.set(pattern, error.message);
    }
  }
  return [
    ...[...files.values()].map(({ file, pins }): Found => ({ kind: 'file', file, pins })),
    ...[...missing].map(([pattern, why]): Found => ({ kind: 'nothing', pattern, why })),
  ];
}

async function recordOf(found: Found, wanted: Wanted): Promise<EvidenceRecord> {
  const nothing = { action: null, verdict: null, commit: null, digest: null, finishedAt: null };
  if (found.kind === 'nothing')
    return {
      ...nothing,
      path: visible(found.pattern, longestPath),
      accepted: false,
      reason: oneLine(found.why),
    };
  const path = visible(found.file.shown, longestPath);
  const reading = await readDocument(found.file);
  const { digest } = reading;
  const refused = (why: string): EvidenceRecord => {
    return { ...nothing, path, digest, accepted: false, reason: oneLine(`${path} ${why}`) };
  };
  const pin = [...found.pins].find((each) => each !== digest);
  if (pin !== undefined && digest !== null)
    return refused(`is another document: its digest is ${digest}, and ${pin} is required`);
  if (reading.kind === 'unusable') return refused(reading.why);
  const { gate } = reading.result.predicate;
  const { accepted, reason } = accept(reading.result, wanted);
  return {
    path,
    action: gate.action,
    verdict: gate.verdict,
    commit: gate.commit,
    digest,
    finishedAt: gate.finishedAt,
    accepted,
    reason: oneLine(accepted ? reason : `${path} ${reason}`),
  };
}

function judgeRecord({ path, accepted, reason }: EvidenceRecord): Judged {
  return judgeHolding({ metric: 'evidence', selector: path, holds: accepted, reason });
}

/** Ids and reasons of checks come from the document. */
function oneLine(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ').trim();
  return line.length > 500 ? `${line.slice(0, 499)}…` : line;
}

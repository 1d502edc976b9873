/** What ECR found in an image, as the report has it. */

import type { EnhancedImageScanFinding, ImageScanFinding } from '@aws-sdk/client-ecr';
import type { ScanFindings } from '../../types.ts';

type Finding = ScanFindings['gravest'][number];

/** From the gravest on; what is not named here has no rank: `undefined` of basic scans, `untriaged` of enhanced ones. */
export const severities = ['critical', 'high', 'medium', 'low', 'informational'] as const;

const shownAtMost = 20;

export interface RawFindings {
  readonly isEnhanced: boolean;
  /** As ECR counts; empty: it does not. */
  readonly counts: Readonly<Record<string, number | undefined>>;
  readonly basic: readonly ImageScanFinding[];
  readonly enhanced: readonly EnhancedImageScanFinding[];
  readonly finishedAt: Date | null;
}

export function summarize(raw: RawFindings): ScanFindings {
  const findings = [...raw.basic.map(ofBasic), ...raw.enhanced.filter(isOpen).map(ofEnhanced)];
  return {
    kind: raw.isEnhanced ? 'enhanced' : 'basic',
    counts: countsOf(raw, findings),
    gravest: gravestOf(findings),
    finishedAt: raw.finishedAt?.toISOString() ?? null,
  };
}

/** Of the images of several platforms: the highest count of each severity, since most findings are in all of them. */
export function join(all: readonly ScanFindings[]): ScanFindings | null {
  const [first, ...rest] = all;
  if (first === undefined || rest.length === 0) return first ?? null;
  const counts: Record<string, number> = {};
  for (const each of all) {
    for (const [severity, count] of Object.entries(each.counts))
      counts[severity] = Math.max(counts[severity] ?? 0, count);
  }
  const key = ({ id, package: name }: Finding): string => JSON.stringify([id, name]);
  const distinct = new Map(all.flatMap(({ gravest }) => gravest.map((each) => [key(each), each] as const)));
  const finished = all.map(({ finishedAt }) => finishedAt).filter((at) => at !== null);
  return {
    kind: first.kind,
    counts: inOrder(counts),
    gravest: gravestOf([...distinct.values()]),
    // The oldest: all of them had ended by then.
    finishedAt: finished.sort()[0] ?? null,
  };
}

/** How many findings are graver than a severity. */
export function countAbove(counts: ScanFindings['counts'], severity: string): number {
  return severities
    .slice(0, Math.max(0, rankOf(severity)))
    .reduce((sum, each) => sum + (counts[each] ?? 0), 0);
}

/** Findings that nobody has judged yet. */
export function countUnrated(counts: ScanFindings['counts']): number {
  return Object.entries(counts).reduce((sum, [name, count]) => (rankOf(name) === -1 ? sum + count : sum), 0);
}

/** 0 is the gravest; -1: it has no rank. */
export function rankOf(severity: string): number {
  return (severities as readonly string[]).indexOf(severity);
}

function countsOf({ counts }: RawFindings, findings: readonly Finding[]): Record<string, number> {
  const told: Record<string, number> = {};
  for (const [severity, count] of Object.entries(counts)) {
    if (typeof count === 'number' && count >= 0) told[severity.toLowerCase()] = count;
  }
  // Findings that are there count, whatever the sums say.
  const seen: Record<string, number> = {};
  for (const { severity } of findings) seen[severity] = (seen[severity] ?? 0) + 1;
  for (const [severity, count] of Object.entries(seen)) told[severity] = Math.max(told[severity] ?? 0, count);
  return inOrder(told);
}

function inOrder(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1)),
  );
}

function gravestOf(findings: readonly Finding[]): readonly Finding[] {
  return [...findings]
    .sort((a, b) => order(a.severity) - order(b.severity) || (a.id < b.id ? -1 : 1))
    .slice(0, shownAtMost);
}

function order(severity: string): number {
  const rank = rankOf(severity);
  return rank === -1 ? severities.length : rank;
}

/** A finding that was suppressed or closed is none. */
function isOpen({ status }: EnhancedImageScanFinding): boolean {
  return status === undefined || status === 'ACTIVE';
}

function ofBasic({ name, severity, uri, attributes = [] }: ImageScanFinding): Finding {
  const attribute = (key: string): string | undefined => attributes.find((each) => each.key === key)?.value;
  return {
    id: clean(name) ?? 'unnamed',
    severity: (severity ?? 'undefined').toLowerCase(),
    package: packageName(attribute('package_name'), attribute('package_version')),
    uri: cleanUri(uri),
  };
}

function ofEnhanced(finding: EnhancedImageScanFinding): Finding {
  const { vulnerabilityId, sourceUrl, vulnerablePackages = [] } = finding.packageVulnerabilityDetails ?? {};
  const [first] = vulnerablePackages;
  return {
    id: clean(vulnerabilityId) ?? clean(finding.title) ?? 'unnamed',
    severity: (finding.severity ?? 'untriaged').toLowerCase(),
    package: packageName(first?.name, first?.version),
    uri: cleanUri(sourceUrl),
  };
}

function packageName(name: string | undefined, version: string | undefined): string | null {
  const text = [clean(name), clean(version)].filter((part) => part !== null).join(' ');
  return text === '' ? null : text;
}

/** What the registry says comes from feeds and from the image: one line, bounded. */
function clean(text: string | undefined): string | null {
  const line = (text ?? '').replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ').trim();
  if (line === '') return null;
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

function cleanUri(uri: string | undefined): string | null {
  if (uri === undefined || uri.length > 2000 || !URL.canParse(uri)) return null;
  const { protocol, href } = new URL(uri);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

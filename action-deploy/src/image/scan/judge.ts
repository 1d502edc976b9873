/** Findings against `max-scan-severity`. */

import { impliedCheck, judge } from '../../../../core/gate/index.ts';
import type { Judged } from '../../../../core/gate/types.ts';
import type { ScanSeverity } from '../../config.ts';
import type { ScanReading } from './await-findings.ts';
import { countAbove, countUnrated, rankOf, severities } from './findings.ts';

/** The scan of one image. */
export interface Scanned {
  /** `linux/arm64`; null: the only one. */
  readonly platform: string | null;
  readonly reading: ScanReading;
}

const check = impliedCheck('scan', null, {
  kind: 'compare',
  operator: '<=',
  bound: { kind: 'number', value: 0, text: '0' },
});

const shownFindings = 3;

/** Nothing above it passes; a scan that did not end is inconclusive, unless another one failed. */
export function judgeScans(scans: readonly Scanned[], max: ScanSeverity): Judged {
  const ended = scans.flatMap(({ platform, reading }) =>
    reading.ended ? [{ platform, findings: reading.findings }] : [],
  );
  const failed = ended.filter(({ findings }) => countAbove(findings.counts, max) > 0);
  const open = scans.flatMap(({ platform, reading }) =>
    reading.ended ? [] : [`${prefix(platform)}${reading.why}`],
  );
  if (scans.length === 0) open.push('the index holds no image that could be scanned');
  const above = failed.reduce((sum, { findings }) => sum + countAbove(findings.counts, max), 0);
  const unrated = ended.reduce((sum, { findings }) => sum + countUnrated(findings.counts), 0);
  const judged = judge(
    check,
    {
      metric: 'scan',
      selector: null,
      estimate:
        ended.length === 0
          ? { defined: false, reason: open.join('; '), n: 0 }
          : { defined: true, value: above, interval: null, n: ended.length },
      baseline: null,
      contrast: null,
      ...(failed.length === 0 && open.length > 0 ? { inconclusive: open.join('; ') } : {}),
      ...(unrated === 0 ? {} : { notes: [`${unrated} findings have no severity yet`] }),
    },
    { confidence: 0.95, samples: 'scans' },
  );
  if (judged.verdict === 'inconclusive') return judged;
  const reason =
    judged.verdict === 'fail'
      ? failed.map(({ platform, findings }) => `${prefix(platform)}${describe(findings, max)}`).join('; ')
      : `no findings above ${max}${ended.map(({ platform, findings }) => passed(platform, findings.counts)).join('')}`;
  return { ...judged, reason };
}

/** For a registry that has no findings to ask for. */
export function withoutScan(registry: string): Judged {
  const why = `max-scan-severity asks for the scan findings of ECR, and the image is in ${registry}`;
  return judgeScans([{ platform: null, reading: { ended: false, why } }], 'critical');
}

/** `2 critical and 1 high above medium: CVE-2026-1 (openssl 3.0.1), CVE-2026-2 and 1 more` */
function describe(
  { counts, gravest }: Extract<ScanReading, { ended: true }>['findings'],
  max: ScanSeverity,
): string {
  const above = severities.slice(0, rankOf(max)).filter((severity) => (counts[severity] ?? 0) > 0);
  const sums = above.map((severity) => `${counts[severity]} ${severity}`).join(' and ');
  const named = gravest
    .filter(({ severity }) => above.some((each) => each === severity))
    .slice(0, shownFindings)
    .map(({ id, package: name }) => (name === null ? id : `${id} (${name})`));
  const more = countAbove(counts, max) - named.length;
  const list = named.length === 0 ? '' : `: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `findings above ${max}: ${sums}${list}`;
}

function passed(platform: string | null, counts: Readonly<Record<string, number>>): string {
  const sums = Object.entries(counts).flatMap(([severity, count]) =>
    count > 0 ? [`${count} ${severity}`] : [],
  );
  return `; ${prefix(platform)}${sums.length === 0 ? 'none at all' : sums.join(', ')}`;
}

function prefix(platform: string | null): string {
  return platform === null ? '' : `${platform}: `;
}

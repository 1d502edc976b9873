/** `npx ml-gates check-infra PATH`: mistakes in manifests, policies, rules and dashboards that a schema does not see. */

import { checks } from './checks/index.ts';
import type { Finding } from './infra.ts';
import { type LoadWorld, loadInfra } from './load/index.ts';

export { checks } from './checks/index.ts';
export type { Check, Finding, Infra, Release } from './infra.ts';
export { type LoadWorld, loadInfra } from './load/index.ts';

export interface Report {
  /** What was looked at, one line each. */
  readonly seen: readonly string[];
  readonly findings: readonly Finding[];
}

/** `folder` is absolute. @throws RunError for what cannot be read or rendered, or a folder that holds nothing of it. */
export async function checkInfra(folder: string, world: LoadWorld): Promise<Report> {
  const infra = await loadInfra(folder, world);
  const findings = checks.flatMap((check) => check.run(infra));
  const count = (number: number, what: string): string[] =>
    number === 0 ? [] : [`${number} ${what}${number === 1 ? '' : 's'}`];
  return {
    seen: [
      ...infra.releases.map(({ place, manifests }) => `${place}: ${manifests.length} objects`),
      ...count(infra.scrapes.length, 'configuration of Prometheus'),
      ...count(infra.rules.length, 'file of rules'),
      ...count(infra.dashboards.length, 'dashboard'),
    ],
    findings: merged(findings),
  };
}

/** What several overlays have from one base is told once. */
function merged(findings: readonly Finding[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.check}\n${finding.message}`;
    const before = found.get(key);
    const isNew = before === undefined || before.place.split(', ').includes(finding.place);
    found.set(key, isNew ? (before ?? finding) : { ...before, place: `${before.place}, ${finding.place}` });
  }
  return [...found.values()];
}

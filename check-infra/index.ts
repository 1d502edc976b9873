/** `npx ml-gates check-infra PATH`: mistakes in manifests, policies, rules and dashboards that a schema does not see. */

import { checks } from './checks/index.ts';
import type { Finding, Infra } from './infra.ts';
import { type LoadWorld, loadInfra } from './load/index.ts';
import { matricesOf, type PlacedMatrix } from './matrices.ts';

export { checks } from './checks/index.ts';
export type { Check, Finding, Infra, Release } from './infra.ts';
export { type LoadWorld, loadInfra } from './load/index.ts';
export type { PlacedMatrix } from './matrices.ts';

export interface Report {
  /** What was looked at, one line each. */
  readonly seen: readonly string[];
  readonly findings: readonly Finding[];
  /** Who reaches what, of each release that runs pods. */
  readonly matrices: readonly PlacedMatrix[];
}

export interface Wanted {
  /** Absolute. */
  readonly folder: string;
  /** As the user wrote it. */
  readonly shown: string;
  /** Names of checks. */
  readonly skip: readonly string[];
  readonly matrix: boolean;
  /** Files of values for charts, absolute. */
  readonly values?: readonly string[];
}

/** @throws RunError for what cannot be read, or a folder that holds nothing of it. */
export async function checkInfra(
  { folder, shown, skip, matrix, values = [] }: Wanted,
  world: LoadWorld,
): Promise<Report> {
  const { infra, leftOut } = await loadInfra(folder, shown, { ...world, values });
  const findings = checks.filter(({ name }) => !skip.includes(name)).flatMap((check) => check.run(infra));
  return {
    seen: [...seenIn(infra), ...leftOut],
    findings: merged(findings),
    matrices: matrix ? matricesOf(infra) : [],
  };
}

function seenIn({ releases, scrapes, rules, dashboards, policies, terraform, plans }: Infra): string[] {
  const count = (number: number, what: string, plural: string): string[] =>
    number === 0 ? [] : [`${number} ${number === 1 ? what : plural}`];
  return [
    ...releases.flatMap(({ place, manifests }) =>
      count(manifests.length, 'object', 'objects').map((text) => `${place}: ${text}`),
    ),
    ...count(
      new Set(scrapes.map(({ text }) => text)).size,
      'configuration of Prometheus',
      'configurations of Prometheus',
    ),
    ...count(rules.length, 'file of rules', 'files of rules'),
    ...count(dashboards.length, 'dashboard', 'dashboards'),
    ...count(policies.length, 'policy of AWS', 'policies of AWS'),
    ...count(terraform.length, 'folder of Terraform', 'folders of Terraform'),
    ...plans.flatMap(({ place, planned }) =>
      count(planned.length, 'planned resource', 'planned resources').map((text) => `${place}: ${text}`),
    ),
  ];
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

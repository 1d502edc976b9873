/** Runs the gate on one case of make_random.py and tells every number of its result document that is not as expected. */

import { modelGateDocument } from '../support/run-model-gate.ts';

export interface OracleCase {
  readonly name: string;
  readonly with: Readonly<Record<string, string>>;
  readonly checks: readonly {
    /** As thresholds spell it. */
    readonly name: string;
    readonly value: number | null;
    /** Present where the case has a baseline. */
    readonly baseline?: number | null;
  }[];
  /** The report's own metrics. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

export async function complaintsOf(each: OracleCase): Promise<string[]> {
  const withBaseline = each.with['baseline-path'] !== undefined;
  const bound = withBaseline ? '>= baseline - 0.01' : '>= 0.5';
  const { gate } = (
    await modelGateDocument({
      ...each.with,
      'min-slice-size': '1',
      thresholds: each.checks.map(({ name }) => `${name} ${bound}`).join('\n'),
    })
  ).predicate;
  const complaints: string[] = [];
  const compare = (what: string, found: number | null | undefined, wanted: number | null): void => {
    if (!agree(found, wanted)) complaints.push(`${what}: ${found}, expected ${wanted}`);
  };
  if (gate.checks.length !== each.checks.length) complaints.push(`${gate.checks.length} checks`);
  each.checks.forEach(({ name, value, baseline }, i) => {
    const check = gate.checks[i];
    if (!check?.id.startsWith(`${name} >=`)) complaints.push(`check ${i} is ${check?.id}, not ${name}`);
    compare(name, check?.value, value);
    if (value === null && check?.verdict !== 'inconclusive')
      complaints.push(`${name}: undefined and ${check?.verdict}`);
    if (baseline === undefined) return;
    compare(`${name} of the baseline`, check?.baseline, baseline);
    const apart = value === null || baseline === null ? null : value - baseline;
    // Rounding of both values remains in their difference.
    const scale = Math.max(1, Math.abs(value ?? 0), Math.abs(baseline ?? 0));
    const difference = check?.difference?.value ?? null;
    if (
      apart === null ? difference !== null : !(Math.abs((difference ?? Number.NaN) - apart) <= 2e-9 * scale)
    )
      complaints.push(`difference of ${name}: ${difference}, expected ${apart}`);
  });
  for (const [name, value] of Object.entries(each.metrics))
    compare(`metrics: ${name}`, gate.metrics[name], value);
  for (const [name, value] of Object.entries(gate.metrics)) {
    if (each.metrics[name] === undefined && !operational.has(name))
      complaints.push(`${name} was not expected`);
    if ((value === null) !== (gate.undefinedMetrics[name] !== undefined))
      complaints.push(`${name}: ${value}, with the reason ${gate.undefinedMetrics[name]}`);
  }
  return complaints;
}

const operational: ReadonlySet<string> = new Set([
  'latency_p50',
  'latency_p95',
  'rows_per_second',
  'model_size',
]);

function agree(found: number | null | undefined, wanted: number | null): boolean {
  if (found === undefined || found === null || wanted === null) return found === wanted;
  return Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
}

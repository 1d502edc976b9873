/** Plans in tests. */

import type { Json, JsonObject } from '../../core/kubernetes/index.ts';
import type { PlanCheck, Planned } from './plan.ts';

export function planned(type: string, values: JsonObject, unknown: Json = {}): Planned {
  return { address: `${type}.this`, type, values, unknown };
}

/** What a check says of it, one line each. */
export function said(check: PlanCheck, ...plan: readonly Planned[]): string[] {
  return check.run(plan).map(({ address, message }) => `${address}: ${message}`);
}

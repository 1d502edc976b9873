/** The four dashboards, and the text of their files. */

import { apiHealth } from './api-health.ts';
import { costTracking } from './cost-tracking.ts';
import { dataDrift } from './data-drift.ts';
import type { Dashboard } from './grafana-types.ts';
import { modelPerformance } from './model-performance.ts';

export const dashboards: readonly Dashboard[] = [apiHealth, costTracking, dataDrift, modelPerformance];

/** What `dashboards/<uid>.json` holds: always the same text for the same sources. */
export function textOf(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

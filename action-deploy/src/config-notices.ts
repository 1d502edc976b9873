/** Settings that are allowed and do less than one might think: told with the plan. */

import type { Config } from './config.ts';
import { countUnrated } from './image/index.ts';
import type { Plan, ScanFindings } from './types.ts';

type Settings = Pick<Config, 'analysis' | 'rollback' | 'maxScanSeverity' | 'target'>;

export function configNotices(
  config: Settings,
  plan: Pick<Plan, 'strategy' | 'unchanged'>,
  scan: ScanFindings | null,
): readonly string[] {
  const { analysis, rollback, maxScanSeverity, target } = config;
  const shifts = target.kind === 'ecs' && plan.strategy !== 'rolling';
  const unrated = scan === null ? 0 : countUnrated(scan.counts);
  return [
    ...(analysis !== null && !rollback && shifts && !plan.unchanged
      ? [
          'with `rollback: false` an analysis that fails makes the run fail, and stops nothing: ECS goes on shifting the traffic by itself where no lifecycle hook pauses it',
        ]
      : []),
    ...(maxScanSeverity === 'critical'
      ? ['`max-scan-severity: critical` stops nothing: no finding is above it']
      : []),
    ...(maxScanSeverity !== null && unrated > 0
      ? [
          `${unrated} ${unrated === 1 ? 'finding' : 'findings'} of the image scan passed without a severity: nobody has rated them yet`,
        ]
      : []),
  ];
}

import type { Log } from '../../core/report/log.ts';
import type { Plan } from './types.ts';

/** More than anybody reads in a log; the report has all of them. */
const mostChanges = 50;

export function tellPlan({ headline, changes, inProgress, notices }: Plan, log: Log): void {
  log.info(`plan: ${headline}`);
  for (const { place, from, to } of changes.slice(0, mostChanges)) {
    if (from === null) log.info(`  + ${place}: ${to ?? ''}`);
    else if (to === null) log.info(`  - ${place}: ${from}`);
    else log.info(`  ~ ${place}: ${from} -> ${to}`);
  }
  if (changes.length > mostChanges) log.info(`  and ${changes.length - mostChanges} more changes`);
  if (inProgress !== null) log.info(`${inProgress} is in progress with just this content: it is taken up`);
  for (const notice of notices) log.notice(notice);
}

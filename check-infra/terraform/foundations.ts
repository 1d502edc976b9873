/** Checks of what everything else stands on: addresses, zones, groups, and where data lie. */

import { conflictingArguments } from './conflicts.ts';
import { notEncrypted, publicBucket, publicDatabase } from './data-stores.ts';
import { openGroup } from './open-groups.ts';
import type { PlanCheck } from './plan.ts';
import { refusedCidr, singleZone, subnetsOverlap } from './subnets.ts';
import { refusedValue } from './words.ts';

export const foundationChecks: readonly PlanCheck[] = [
  refusedCidr,
  subnetsOverlap,
  singleZone,
  openGroup,
  conflictingArguments,
  refusedValue,
  notEncrypted,
  publicDatabase,
  publicBucket,
];

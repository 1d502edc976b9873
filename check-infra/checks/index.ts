/** All checks, in the order in which their findings are told. */

import type { Check } from '../infra.ts';
import { allSecrets, unusedAccount } from './accounts.ts';
import { missingConfigFile, nestedConfigMap } from './config-maps.ts';
import { blockedAddress } from './configured.ts';
import { notJson, overlappingPanels, sameUid, wrapped } from './dashboards.ts';
import { discoveryRights } from './discovery.ts';
import { expectedFlows, strangerSelector, unexpectedFlows, unusedExpectations } from './network.ts';
import {
  everyAction,
  everybody,
  everyResource,
  passedRoles,
  unknownAction,
  wrongPolicy,
} from './permissions.ts';
import { blockedDns, blockedIngress } from './policies.ts';
import { servicePort } from './ports.ts';
import { promqlChecks } from './promql.ts';
import { brokenYaml, unrendered } from './readable.ts';
import { scrapeTarget } from './scrape.ts';
import { terraformChecks } from './terraform.ts';
import {
  anyRepository,
  literalWildcard,
  missingAudience,
  pullRequestWrites,
  unreadClaim,
  wildcardSubject,
} from './trust.ts';
import { emptyService, floatingImage, openLoadBalancer, replicasAndAutoscaler } from './workloads.ts';

export const checks: readonly Check[] = [
  brokenYaml,
  unrendered,
  unusedAccount,
  allSecrets,
  discoveryRights,
  scrapeTarget,
  servicePort,
  expectedFlows,
  unexpectedFlows,
  unusedExpectations,
  blockedDns,
  blockedIngress,
  blockedAddress,
  strangerSelector,
  openLoadBalancer,
  emptyService,
  floatingImage,
  replicasAndAutoscaler,
  nestedConfigMap,
  missingConfigFile,
  ...promqlChecks,
  notJson,
  wrapped,
  sameUid,
  overlappingPanels,
  wrongPolicy,
  unknownAction,
  everyAction,
  everyResource,
  passedRoles,
  everybody,
  anyRepository,
  wildcardSubject,
  missingAudience,
  unreadClaim,
  literalWildcard,
  pullRequestWrites,
  ...terraformChecks,
];

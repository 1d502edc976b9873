/** The deploy action: an image is brought to where it runs, and what is said of it is what was seen. */

import type { GateResult } from '../../core/gate/types.ts';
import { commonInputs, InputError } from '../../core/inputs/index.ts';
import {
  type FinishedResult,
  type FollowContext,
  type Gate,
  type Measured,
  onCancel,
  type RunContext,
} from '../../core/run/index.ts';
import { invalidQueries, throughProxy } from './analysis/index.ts';
import { createAws } from './aws/index.ts';
import { deployCatalogue } from './catalogue.ts';
import { conclude, notStarted, withPlanOnly } from './conclude.ts';
import type { Config } from './config.ts';
import { configNotices } from './config-notices.ts';
import { verifyEvidence } from './evidence/index.ts';
import { resolveImage, scanImage } from './image/index.ts';
import { deployInputs, readConfig } from './inputs/index.ts';
import { reportSections, summaryDetails } from './report/index.ts';
import { confirm, roll } from './roll.ts';
import { openTarget } from './target.ts';
import { tellPlan } from './tell-plan.ts';
import { refuseTooShort } from './too-short.ts';
import type { DeployDetails, World } from './types.ts';
import { createWorld } from './world.ts';

export const deploy: Gate<Config, DeployDetails> = {
  action: 'deploy',
  title: 'Deployment',
  inputs: [...commonInputs, ...deployInputs],
  catalogue: deployCatalogue,
  readConfig,
  measure,
  sections: reportSections,
  summaryDetails,
  outputs,
  follow,
};

async function measure(config: Config, context: RunContext): Promise<Measured<DeployDetails>> {
  const cancellation = onCancel(
    config.rollback ? 'what was begun was rolled back' : 'what was begun was left as it is',
  );
  try {
    return await deployImage(config, context, createWorld(context, cancellation.signal));
  } finally {
    cancellation.dispose();
  }
}

/** Reads first and judges what can be judged; changes something last, and only when nothing speaks against it. */
async function deployImage(
  config: Config,
  context: RunContext,
  world: World,
): Promise<Measured<DeployDetails>> {
  const aws = createAws(world.env, { log: world.log });
  const target = await openTarget(config.target, aws, world);
  const platforms = await target.platforms(world);
  const resolved = await resolveImage(config.image, platforms, world, aws);
  world.log.info(`image: ${resolved.reference}`);
  const evidence = await verifyEvidence(config.evidence, { image: resolved, commit: context.commit }, world);
  const scan = await scanImage(resolved, config.maxScanSeverity, platforms, world, { aws });
  const image = { ...resolved, scan: scan.record };
  const known = { config, image, evidence: evidence.record, judged: [...evidence.judged, ...scan.judged] };
  const against = known.judged.filter(({ verdict }) => verdict !== 'pass');
  if (against.length > 0) return conclude(known, notStarted(against));
  await refuseQueries(config, world);
  const plan = await target.plan(image, world);
  const notices = configNotices(config, plan, image.scan);
  tellPlan({ ...plan, notices: [...plan.notices, ...notices] }, world.log);
  const planned = { ...known, plan, notices };
  if (!plan.unchanged) refuseTooShort(config, plan);
  if (config.dryRun) return conclude(planned, withPlanOnly(plan));
  const parts = { config, context, world };
  const ending = plan.unchanged ? await confirm(plan, image, parts) : await roll(target, plan, image, parts);
  return conclude(planned, ending);
}

/** A query that no Prometheus understands would stop the rollout half way. */
async function refuseQueries({ analysis }: Config, world: World): Promise<void> {
  if (analysis === null) return;
  const invalid = await invalidQueries(analysis, world, await throughProxy(analysis, world));
  if (invalid.length === 0) return;
  throw new InputError(
    invalid.map(({ line, reason }) => ({ input: 'analysis', message: `${line.name}: ${reason}` })),
  );
}

function outputs({ predicate: { gate } }: GateResult<DeployDetails>): Record<string, string> {
  const { outcome, image, ids, cause } = gate.details;
  return {
    outcome,
    'image-digest': image?.digest ?? '',
    'deployment-id': ids.deployment ?? '',
    'task-definition-arn': ids.taskDefinitionArn ?? '',
    revision: ids.revision ?? '',
    cause: cause ?? '',
  };
}

/** The last line of the step is what an on-call person looks for. */
async function follow(
  _config: Config,
  { result }: FinishedResult<DeployDetails>,
  { log }: FollowContext,
): Promise<Readonly<Record<string, string>>> {
  const { cause } = result.predicate.gate.details;
  if (cause !== null) log.info(`cause: ${cause}`);
  return {};
}

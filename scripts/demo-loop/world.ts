/** What the steps of the loop work with. */

import type { GitHubServer } from '../../test/support/github-server.ts';
import type { Programs } from '../platform/programs.ts';

export interface World {
  /** Absolute: where all is written that stays. */
  readonly out: string;
  /** Of this repository. */
  readonly root: string;
  readonly programs: Programs;
  readonly github: GitHubServer;
  /** The interpreter with the packages of training. */
  readonly python: string;
  /** Addresses, without a slash at the end. */
  readonly mlflow: string;
}

/** Of the model in the registry, in the service, and in metrics. */
export const modelName = 'cancer';
export const repository = 'octo/models';
export const retrainWorkflow = 'retrain.yml';
/** The commit that the gates write down: this is no checkout of a team's repository. */
export const commit = 'd'.repeat(40);

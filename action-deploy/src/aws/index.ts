/** Calling AWS: clients, who asks and where, what calls need, and what failures mean. */

export { type Arn, parseArn, regionOfArn } from './arn.ts';
export { type AwsCall, CallRecord, callOf, type IamNeed, iamNeeds, unlistedActions } from './calls.ts';
export { type Aws, type AwsOptions, createAws } from './clients.ts';
export type { Credentials } from './credentials.ts';
export { type Attempt, type AwsFailure, classify, explain, type FailureKind } from './errors.ts';
export type { Environment } from './regions.ts';

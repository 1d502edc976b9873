/** Where the calls go: the region, and addresses given in place of AWS's own. */

import { nearest } from '../../../core/gate/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Null: not told by the environment; the SDK then looks into the profile. */
export function regionOf(env: Environment): string | null {
  return env.AWS_REGION || env.AWS_DEFAULT_REGION || null;
}

/**
 * The address that the environment gives for a service: `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS` before `AWS_ENDPOINT_URL`.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function endpointOf(env: Environment, service: string): string | null {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return null;
  return env[`AWS_ENDPOINT_URL_${service}`] || env.AWS_ENDPOINT_URL || null;
}

/** Only for hints: a region that is not here may exist. */
const regions = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'mx-central-1'],
  ...['sa-east-1', 'eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1'],
  ...['eu-west-2', 'eu-west-3', 'il-central-1', 'me-central-1', 'me-south-1', 'af-south-1', 'ap-east-1'],
  ...['ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5'],
  ...['ap-southeast-6', 'ap-southeast-7', 'cn-north-1', 'cn-northwest-1', 'us-gov-east-1', 'us-gov-west-1'],
];

/** `; did you mean eu-west-1?`, or nothing for a region that is known or like none. */
export function regionHint(region: string): string {
  if (regions.includes(region)) return '';
  // `eu-west-1a` is a zone of eu-west-1.
  const zone = regions.find((known) => region.length === known.length + 1 && region.startsWith(known));
  const near = zone ?? nearest(region, regions);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

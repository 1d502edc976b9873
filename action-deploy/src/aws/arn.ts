/** Names of resources. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */

export interface Arn {
  /** `aws`, `aws-cn`, `aws-us-gov` */
  readonly partition: string;
  readonly service: string;
  /** Empty for global services, as IAM. */
  readonly region: string;
  readonly account: string;
  /** What follows the account: `service/prod/web`, `role/deploy`. */
  readonly resource: string;
}

/** Null: the text is no ARN. */
export function parseArn(text: string): Arn | null {
  const match = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|):(\S+)$/.exec(text);
  if (match === null) return null;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource };
}

/** The region that an ARN names; null where it names none, and for text that is no ARN. */
export function regionOfArn(text: string): string | null {
  return parseArn(text)?.region || null;
}

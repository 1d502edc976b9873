/** A private registry of ECR by its host name. */

export interface EcrPlace {
  readonly host: string;
  /** The account, which is the registry's id. */
  readonly account: string;
  readonly region: string;
}

/**
 * `123456789012.dkr.ecr.eu-west-1.amazonaws.com`, with `.cn` in China, `ecr-fips` with FIPS, and the names for IPv6. Null:
 * another registry; public.ecr.aws is one.
 * https://docs.aws.amazon.com/general/latest/gr/ecr.html
 */
export function ecrPlace(host: string): EcrPlace | null {
  const match =
    /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z]{2}[a-z-]*-\d+)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn)$/.exec(
      host,
    );
  if (match === null) return null;
  const [, account = '', region = ''] = match;
  return { host, account, region };
}

/** For messages and policies. */
export function repositoryArn({ account, region }: EcrPlace, repository: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}

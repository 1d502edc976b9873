import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html: by default half of the
 * desired count, rounded up, from 3 to 200.
 */
export function threshold(breaker: DeploymentCircuitBreaker | undefined, desired: number): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const part = Math.ceil((value / 100) * desired);
  return type === 'UNBOUNDED_PERCENT' ? part : Math.min(200, Math.max(3, part));
}

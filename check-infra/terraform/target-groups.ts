/** Target groups: whether their health checks can be, and whether their tasks can be in them. */

import { at, listAt, textAt } from '../../core/kubernetes/index.ts';
import { amountAt, blockIn, ofType, type PlanCheck, type Planned, type PlanProblem } from './plan.ts';

export const targetGroups: PlanCheck = {
  name: 'target-group',
  refuses:
    'a target group whose health check the load balancer refuses, or that tasks of Fargate cannot be in',
  run: (plan) => {
    const onFargate = ofType(plan, 'aws_ecs_service').some(
      ({ values }) =>
        textAt(values, 'launch_type') === 'FARGATE' && listAt(values, 'load_balancer').length > 0,
    );
    return ofType(plan, 'aws_lb_target_group', 'aws_alb_target_group').flatMap((group) => [
      ...healthCheck(group),
      ...targets(group, onFargate),
    ]);
  },
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
function healthCheck({ address, values }: Planned): PlanProblem[] {
  const check = blockIn(values, 'health_check');
  if (check === undefined || at(check, 'enabled') === false) return [];
  const problems: PlanProblem[] = [];
  const say = (message: string, mend: string): void => void problems.push({ address, message, mend });
  const between = (key: string, least: number, most: number): number | null => {
    const value = amountAt(check, key);
    if (value !== null && (value < least || value > most))
      say(
        `${key} of its health check is ${value}, and it is ${least} to ${most}`,
        `write ${key} = ${least} to ${most}`,
      );
    return value;
  };
  const interval = between('interval', 5, 300) ?? 30;
  const timeout = between('timeout', 2, 120);
  between('healthy_threshold', 2, 10);
  between('unhealthy_threshold', 2, 10);
  if (timeout !== null && timeout >= interval)
    say(
      `its health check waits ${timeout} s for an answer and asks every ${interval} s`,
      'write a timeout below the interval',
    );
  const protocol = textAt(check, 'protocol') || 'HTTP';
  const path = textAt(check, 'path');
  if (!['HTTP', 'HTTPS', 'TCP'].includes(protocol))
    say(`there is no health check by ${protocol}`, 'write HTTP, HTTPS or TCP');
  if (protocol === 'TCP' && (path !== '' || textAt(check, 'matcher') !== ''))
    say('its health check by TCP has a path or a matcher, which are of HTTP', 'write protocol = "HTTP"');
  if (path !== '' && !path.startsWith('/'))
    say(`path of its health check is ${path}, which does not begin with a slash`, `write path = "/${path}"`);
  if (!matcherIsGood(textAt(check, 'matcher')))
    say(
      `its health check takes ${textAt(check, 'matcher')}, which is no status, list or range of 200 to 499`,
      'write matcher = "200", "200,202" or "200-299"',
    );
  return problems;
}

function matcherIsGood(matcher: string): boolean {
  if (matcher === '') return true;
  const codes = matcher.split(/[,-]/);
  return codes.every((code) => /^[2-4]\d\d$/.test(code)) && /^\d+(?:-\d+|(?:,\d+)*)$/.test(matcher);
}

function targets({ address, values }: Planned, onFargate: boolean): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const type = textAt(values, 'target_type') || 'instance';
  if (onFargate && type === 'instance') {
    problems.push({
      address,
      message: 'its targets are instances, and tasks of Fargate are none',
      mend: 'write target_type = "ip"',
    });
  }
  const delay = amountAt(values, 'deregistration_delay');
  if (delay !== null && (delay < 0 || delay > 3600)) {
    problems.push({
      address,
      message: `deregistration_delay is ${delay}, and it is 0 to 3600 seconds`,
      mend: 'write what a request may take',
    });
  }
  return problems;
}

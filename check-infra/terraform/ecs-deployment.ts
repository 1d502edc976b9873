/** How an ECS service changes over to a new revision. */

import { nearest } from '../../core/gate/index.ts';
import { at, type Json, listAt, textAt } from '../../core/kubernetes/index.ts';
import { amountAt, blockIn, ofType, type PlanCheck, type Planned, type PlanProblem } from './plan.ts';

const strategies = ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'];
const launchTypes = ['FARGATE', 'EC2', 'EXTERNAL'];

export const ecsDeployment: PlanCheck = {
  name: 'ecs-deployment',
  refuses: 'an ECS service whose deployments ECS refuses, or that can never make progress',
  run: (plan) =>
    ofType(plan, 'aws_ecs_service').flatMap((service) => {
      const strategy = textAt(blockIn(service.values, 'deployment_configuration'), 'strategy') || 'ROLLING';
      return [
        ...words(service, strategy),
        ...percentages(service),
        ...(strategy === 'ROLLING' ? [] : shifting(service, strategy)),
      ];
    }),
};

/** Alarms of the plan that a service names by almost their name. Others may be made elsewhere. */
export const ecsAlarms: PlanCheck = {
  name: 'ecs-alarm-missing',
  refuses: 'an ECS service whose deployments look at an alarm that the plan has under a slightly other name',
  run: (plan) => {
    const alarms = ofType(plan, 'aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm');
    const names = alarms.map(({ values }) => textAt(values, 'alarm_name')).filter((name) => name !== '');
    return ofType(plan, 'aws_ecs_service').flatMap(({ address, values }) => {
      const named = listAt(blockIn(values, 'alarms'), 'alarm_names').map(String);
      const tooMany: PlanProblem[] =
        named.length <= 10
          ? []
          : [
              {
                address,
                message: `it names ${named.length} alarms, and ECS takes ten`,
                mend: 'join some by an aws_cloudwatch_composite_alarm',
              },
            ];
      const missing = named.flatMap((name): PlanProblem[] => {
        const near = names.includes(name) ? undefined : nearest(name, names);
        if (near === undefined) return [];
        return [
          {
            address,
            message: `its deployments look at the alarm ${name}, which is not in the plan`,
            mend: `did you mean ${near}? Take the name from the alarm itself: aws_cloudwatch_metric_alarm.….alarm_name`,
          },
        ];
      });
      return [...tooMany, ...missing];
    });
  },
};

function words({ address, values }: Planned, strategy: string): PlanProblem[] {
  const problems: PlanProblem[] = [];
  if (!strategies.includes(strategy)) {
    problems.push({
      address,
      message: `there is no deployment strategy ${strategy}`,
      mend: `write ${strategies.join(', ')}`,
    });
  }
  const launchType = textAt(values, 'launch_type');
  if (launchType !== '' && !launchTypes.includes(launchType)) {
    problems.push({
      address,
      message: `there is no launch type ${launchType}`,
      mend: `write ${launchTypes.join(', ')}`,
    });
  }
  if (launchType !== '' && listAt(values, 'capacity_provider_strategy').length > 0) {
    problems.push({
      address,
      message: 'it has a launch type and capacity providers, and ECS takes one of them',
      mend: 'leave launch_type out',
    });
  }
  const controller = textAt(blockIn(values, 'deployment_controller'), 'type') || 'ECS';
  if (controller !== 'ECS' && at(blockIn(values, 'deployment_circuit_breaker'), 'enable') === true) {
    problems.push({
      address,
      message: `it has a circuit breaker, which the deployment controller ${controller} does not know`,
      mend: 'leave deployment_circuit_breaker out, or let ECS deploy (type = "ECS")',
    });
  }
  return problems;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
function percentages({ address, values }: Planned): PlanProblem[] {
  const least = amountAt(values, 'deployment_minimum_healthy_percent') ?? 100;
  const most = amountAt(values, 'deployment_maximum_percent') ?? 200;
  if (most < 100 || least < 0 || least > 100) {
    return [
      {
        address,
        message: `its deployments keep ${least}% of the tasks and run ${most}% at most: that is not possible`,
        mend: 'write deployment_minimum_healthy_percent = 0 to 100 and deployment_maximum_percent = 100 to 200',
      },
    ];
  }
  if (most > least) return [];
  return [
    {
      address,
      message: `its deployments keep ${least}% of the tasks and run ${most}% at most: no task can go before another comes, and none may come`,
      mend: 'raise deployment_maximum_percent to 200',
    },
  ];
}

/** What ECS asks for where it shifts the traffic; bounds: API_CanaryConfiguration, API_LinearConfiguration. */
function shifting({ address, values, unknown }: Planned, strategy: string): PlanProblem[] {
  const configuration = blockIn(values, 'deployment_configuration');
  const problems: PlanProblem[] = [];
  const say = (message: string, mend: string): void => void problems.push({ address, message, mend });
  const balancers = listAt(values, 'load_balancer');
  balancers.forEach((balancer, index) => {
    const isLater = blockIn(listAt(unknown, 'load_balancer')[index], 'advanced_configuration');
    if (isLater === undefined && blockIn(balancer, 'advanced_configuration') === undefined)
      say(
        `it shifts traffic (${strategy}), but its load balancer has no second target group`,
        'add advanced_configuration with alternate_target_group_arn, production_listener_rule and role_arn',
      );
  });
  if (
    strategy === 'BLUE_GREEN' &&
    isUnset(configuration, blockIn(unknown, 'deployment_configuration'), 'bake_time_in_minutes')
  )
    say('BLUE_GREEN has no bake_time_in_minutes, which ECS asks for', 'write bake_time_in_minutes = 10');
  const canary = blockIn(configuration, 'canary_configuration');
  const linear = blockIn(configuration, 'linear_configuration');
  outside(amountAt(canary, 'canary_percent'), 0.1, 100, 'canary_percent', say);
  outside(amountAt(canary, 'canary_bake_time_in_minutes'), 0, 1440, 'canary_bake_time_in_minutes', say);
  outside(amountAt(linear, 'step_percent'), 3, 100, 'step_percent', say);
  outside(amountAt(linear, 'step_bake_time_in_minutes'), 0, 1440, 'step_bake_time_in_minutes', say);
  outside(amountAt(configuration, 'bake_time_in_minutes'), 0, 1440, 'bake_time_in_minutes', say);
  return problems;
}

function isUnset(values: Json | undefined, unknown: Json | undefined, key: string): boolean {
  return at(unknown, key) !== true && amountAt(values, key) === null;
}

function outside(
  value: number | null,
  least: number,
  most: number,
  name: string,
  say: (message: string, mend: string) => void,
): void {
  if (value === null || (value >= least && value <= most)) return;
  say(`${name} is ${value}, and ECS takes ${least} to ${most}`, `write ${name} = ${least} to ${most}`);
}

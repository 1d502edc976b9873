/** Bounds of what scales by itself. */

import { textAt } from '../../core/kubernetes/index.ts';
import { amountAt, blockIn, ofType, type PlanCheck, type Planned, type PlanProblem } from './plan.ts';

export const scalingBounds: PlanCheck = {
  name: 'scaling-bounds',
  refuses: 'an autoscaler whose least number is above its largest, or a target that it can never reach',
  run: (plan) => [
    ...ofType(plan, 'aws_appautoscaling_target').flatMap(tasks),
    ...ofType(plan, 'aws_appautoscaling_policy').flatMap(targets),
    ...ofType(plan, 'aws_eks_node_group').flatMap(nodes),
  ],
};

function tasks({ address, values }: Planned): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const least = amountAt(values, 'min_capacity');
  const most = amountAt(values, 'max_capacity');
  if (least !== null && most !== null && (least < 0 || least > most)) {
    problems.push({
      address,
      message: `min_capacity is ${least} and max_capacity ${most}`,
      mend: 'write 0 <= min_capacity <= max_capacity',
    });
  }
  const resource = textAt(values, 'resource_id');
  const isService = textAt(values, 'service_namespace') === 'ecs';
  if (isService && resource !== '' && !/^service\/[^/]+\/[^/]+$/.test(resource)) {
    problems.push({
      address,
      message: `resource_id is ${resource}, and that of a service is service/CLUSTER/SERVICE, by their names`,
      mend: `write "service/\${aws_ecs_cluster.….name}/\${aws_ecs_service.….name}"`,
    });
  }
  return problems;
}

const percentages = ['ECSServiceAverageCPUUtilization', 'ECSServiceAverageMemoryUtilization'];

function targets({ address, values }: Planned): PlanProblem[] {
  const tracking = blockIn(values, 'target_tracking_scaling_policy_configuration');
  const metric = textAt(blockIn(tracking, 'predefined_metric_specification'), 'predefined_metric_type');
  const target = amountAt(tracking, 'target_value');
  const problems: PlanProblem[] = [];
  if (target !== null && percentages.includes(metric) && (target <= 0 || target > 100)) {
    problems.push({
      address,
      message: `its target is ${target}, and ${metric} is a percentage`,
      mend: 'write target_value = 10 to 90',
    });
  }
  for (const key of ['scale_in_cooldown', 'scale_out_cooldown']) {
    const seconds = amountAt(tracking, key);
    if (seconds !== null && seconds < 0)
      problems.push({ address, message: `${key} is ${seconds} s`, mend: `write ${key} = 0 or more` });
  }
  return problems;
}

function nodes({ address, values }: Planned): PlanProblem[] {
  const scaling = blockIn(values, 'scaling_config');
  const [least, desired, most] = ['min_size', 'desired_size', 'max_size'].map((key) =>
    amountAt(scaling, key),
  );
  if (least == null || desired == null || most == null) return [];
  if (least >= 0 && most >= 1 && least <= desired && desired <= most) return [];
  return [
    {
      address,
      message: `min_size is ${least}, desired_size ${desired} and max_size ${most}`,
      mend: 'write min_size <= desired_size <= max_size, with a max_size of at least 1',
    },
  ];
}

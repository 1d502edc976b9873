# Roles of what runs. The service itself calls nothing of AWS, and its role may do nothing: it is there so that a right can be
# given to the service alone.

locals {
  workload_roles = merge(
    {
      execution = { description = "Fetches image and secrets of ${var.name}, and writes its log", trust = "trust-ecs-tasks", policies = ["task-execution"] }
      task      = { description = "The service ${var.name}", trust = "trust-ecs-tasks", policies = [] }
      balancing = { description = "ECS, which shifts the traffic of ${var.name}", trust = "trust-ecs", policies = ["ecs-infrastructure"] }
    },
    var.eks_cluster_name == null ? {} : {
      cost-exporter = { description = "Reads what ${var.name} costs", trust = "trust-pods", policies = ["cost-exporter"] }
    },
    var.eks_cluster_name == null || var.data_bucket == null ? {} : {
      data-pipeline = { description = "Reads and writes the data of ${var.name}", trust = "trust-pods", policies = ["data-pipeline"] }
    },
  )
}

resource "aws_iam_role" "workload" {
  for_each = local.workload_roles

  name                 = "${var.name}-${each.key}"
  path                 = "/workload/"
  description          = each.value.description
  max_session_duration = 3600
  permissions_boundary = local.boundary_arn
  tags                 = var.tags

  assume_role_policy = templatefile("${local.sources}/${each.value.trust}.json", local.values)

  depends_on = [aws_iam_policy.boundary]
}

resource "aws_iam_role_policy" "workload" {
  for_each = merge([
    for key, role in local.workload_roles : { for policy in role.policies : "${key} ${policy}" => { role = key, policy = policy } }
  ]...)

  name   = each.value.policy
  role   = aws_iam_role.workload[each.value.role].name
  policy = templatefile("${local.sources}/${each.value.policy}.json", local.values)
}

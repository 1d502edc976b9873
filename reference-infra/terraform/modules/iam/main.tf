# Roles of pipeline and workloads. What each may do stands in security/aws/*.json, with the reason of every statement in the
# README there; `npx ml-gates check-infra` and the tests read the same files.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  sources    = "${path.module}/../../../security/aws"

  # Paths of their own, so that a policy can speak of the pipeline's own roles: terraform-apply.json keeps them from itself.
  role_arn_prefix = "arn:${local.partition}:iam::${local.account_id}:role"

  # Written out, so that a plan shows them, and with them the policies, before anything is there.
  role_arns = {
    execution = "${local.role_arn_prefix}/workload/${var.name}-execution"
    task      = "${local.role_arn_prefix}/workload/${var.name}-task"
  }

  boundary_arn      = "arn:${local.partition}:iam::${local.account_id}:policy/pipeline/${var.name}-boundary"
  oidc_provider_arn = "arn:${local.partition}:iam::${local.account_id}:oidc-provider/token.actions.githubusercontent.com"

  # A list stands in a file as ["$${name}"], so that it is JSON before it is filled in, too.
  values = {
    account_id         = local.account_id
    boundary_arn       = local.boundary_arn
    cluster_name       = var.ecs_cluster_name
    data_bucket        = coalesce(var.data_bucket, "none")
    eks_cluster_name   = coalesce(var.eks_cluster_name, "none")
    evidence_bucket    = coalesce(var.evidence_bucket, "none")
    execution_role_arn = local.role_arns.execution
    log_group_name     = var.log_group_name
    name               = var.name
    partition          = local.partition
    region             = data.aws_region.current.region
    repository_arn     = var.ecr_repository_arn
    secret_arns        = join("\", \"", var.secret_arns)
    secret_kms_key_arn = var.secret_kms_key_arn
    service_name       = var.ecs_service_name
    state_bucket_arn   = var.state_bucket_arn
    state_key          = var.state_key
    state_kms_key_arn  = var.state_kms_key_arn
    task_family        = coalesce(var.task_family, var.ecs_service_name)
    task_role_arn      = local.role_arns.task
  }
}

# The most that any of the roles can have, whatever is attached to it.
resource "aws_iam_policy" "boundary" {
  name        = "${var.name}-boundary"
  path        = "/pipeline/"
  description = "The most that roles of ${var.name} can do"
  tags        = var.tags

  policy = templatefile("${local.sources}/boundary.json", {
    account_id = local.account_id
    name       = var.name
    partition  = local.partition
  })
}

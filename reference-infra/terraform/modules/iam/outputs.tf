output "github_role_arns" {
  description = "Roles for `role-to-assume` of aws-actions/configure-aws-credentials, by what they are for: `deploy`, `push`, `plan`, `apply`, and `evidence` where there is a bucket of it."
  value       = { for key, role in aws_iam_role.github : key => role.arn }
}

output "deploy_role_arn" {
  description = "The role that deploys: `deploy_role_arn` of the module eks."
  value       = aws_iam_role.github["deploy"].arn
}

output "execution_role_arn" {
  description = "By which ECS fetches image and secrets: `execution_role_arn` of the module ecs."
  value       = aws_iam_role.workload["execution"].arn
}

output "task_role_arn" {
  description = "Of the service itself: `task_role_arn` of the module ecs."
  value       = aws_iam_role.workload["task"].arn
}

output "infrastructure_role_arn" {
  description = "By which ECS shifts traffic: `infrastructure_role_arn` of the module ecs."
  value       = aws_iam_role.workload["balancing"].arn
}

output "pod_role_arns" {
  description = "Roles of pods, for `pod_identities` of the module eks: `cost-exporter` and `data-pipeline`; empty without a cluster."
  value       = { for key, role in aws_iam_role.workload : key => role.arn if contains(["cost-exporter", "data-pipeline"], key) }
}

output "permissions_boundary_arn" {
  description = "The most that roles of this name can do: `permissions_boundary_arn` of the module eks. The role `apply` can make no role without it."
  value       = aws_iam_policy.boundary.arn
}

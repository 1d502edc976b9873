output "address" {
  description = "Name of the load balancer; the service's own name is an alias of it."
  value       = module.ecs.load_balancer_dns_name
}

output "load_balancer_zone_id" {
  description = "Hosted zone of that name, for the alias."
  value       = module.ecs.load_balancer_zone_id
}

output "ecs_cluster" {
  description = "The input `cluster` of action-deploy with `target: ecs`."
  value       = module.ecs.cluster_name
}

output "ecs_service" {
  description = "The input `service` of action-deploy."
  value       = module.ecs.service_name
}

output "eks_cluster" {
  description = "The input `cluster` of action-deploy with `target: eks`."
  value       = module.eks.cluster_name
}

output "repository_url" {
  description = "Where images are pushed to."
  value       = module.ecr.repository_url
}

output "secret_name" {
  description = "The secret whose value somebody has to put in."
  value       = aws_secretsmanager_secret.service.name
}

output "github_role_arns" {
  description = "Roles for `role-to-assume` in workflows, by what they are for."
  value       = module.iam.github_role_arns
}

output "database_subnet_group" {
  description = "Where a database of RDS belongs, with the security group below."
  value       = module.network.database_subnet_group
}

output "database_security_group_id" {
  description = "Admits the service and the pods on 5432."
  value       = aws_security_group.this["database"].id
}

output "nat_addresses" {
  description = "Addresses under which the service is seen outside, by zone."
  value       = module.network.nat_addresses
}

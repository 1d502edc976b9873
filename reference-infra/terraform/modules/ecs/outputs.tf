# Of the service only by its name: what alarms are made of must not wait for the service, which waits for the alarms.

output "cluster_name" {
  description = "Name of the cluster: the input `cluster` of action-deploy."
  value       = aws_ecs_cluster.this.name
}

output "cluster_arn" {
  description = "ARN of the cluster."
  value       = aws_ecs_cluster.this.arn
}

output "service_name" {
  description = "Name of the service: the input `service` of action-deploy."
  value       = var.name
}

output "service_arn" {
  description = "ARN of the service, for the policy of who deploys."
  value       = aws_ecs_service.this.arn
}

output "container_name" {
  description = "Name of the container: the input `container-name` of action-deploy."
  value       = var.name
}

output "task_definition_family" {
  description = "Family of the task definitions: the input `task-definition` of a deployment that brings what was changed here."
  value       = aws_ecs_task_definition.this.family
}

output "log_group_name" {
  description = "The log of the tasks, which action-deploy reads."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "ARN of that log, for the policies of who writes and who reads it."
  value       = aws_cloudwatch_log_group.this.arn
}

output "load_balancer_arn" {
  description = "ARN of the load balancer, as for a WAF."
  value       = aws_lb.this.arn
}

output "load_balancer_arn_suffix" {
  description = "What CloudWatch calls the load balancer: the dimension LoadBalancer."
  value       = aws_lb.this.arn_suffix
}

output "load_balancer_dns_name" {
  description = "Name that the service's own name points to."
  value       = aws_lb.this.dns_name
}

output "load_balancer_zone_id" {
  description = "Hosted zone of that name, for an alias record."
  value       = aws_lb.this.zone_id
}

output "target_group_arn_suffixes" {
  description = "What CloudWatch calls the two target groups: the dimension TargetGroup."
  value       = [for group in aws_lb_target_group.this : group.arn_suffix]
}

output "start_seconds" {
  description = "How long a task may take to become ready; alarms on unhealthy tasks wait longer."
  value       = var.start_seconds
}

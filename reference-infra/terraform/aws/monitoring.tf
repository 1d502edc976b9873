module "monitoring" {
  source = "../modules/monitoring"

  name                      = local.name
  cluster_name              = module.ecs.cluster_name
  service_name              = module.ecs.service_name
  load_balancer_arn_suffix  = module.ecs.load_balancer_arn_suffix
  target_group_arn_suffixes = module.ecs.target_group_arn_suffixes
  log_group_name            = module.ecs.log_group_name
  start_seconds             = module.ecs.start_seconds
  subscribers               = [for address in var.alarm_emails : { protocol = "email", endpoint = address }]
}

module "ecs" {
  source = "../modules/ecs"

  name                             = local.name
  vpc_id                           = module.network.vpc_id
  service_subnet_ids               = module.network.private_subnet_ids
  service_security_group_ids       = [aws_security_group.this["service"].id]
  load_balancer_internal           = var.load_balancer_internal
  load_balancer_subnet_ids         = var.load_balancer_internal ? module.network.private_subnet_ids : module.network.public_subnet_ids
  load_balancer_security_group_ids = [aws_security_group.this["load-balancer"].id]
  certificate_arn                  = var.certificate_arn
  deletion_protection              = var.deletion_protection

  image              = var.first_image
  cpu                = var.cpu
  memory             = var.memory
  min_tasks          = var.min_tasks
  max_tasks          = var.max_tasks
  environment        = var.service_environment
  secrets            = { for key in local.secret_keys : key => "${aws_secretsmanager_secret.service.arn}:${key}::" }
  execution_role_arn = module.iam.execution_role_arn
  task_role_arn      = module.iam.task_role_arn
  log_retention_days = var.log_retention_days

  deployment_strategy     = var.deployment_strategy
  infrastructure_role_arn = module.iam.infrastructure_role_arn
  deployment_alarm_names  = module.monitoring.deployment_alarm_names
  # The secret has no value when this is first applied, and without one no task starts.
  wait_for_steady_state = false
}

# The service with its alarms. The alarms are of the load balancer, and the service names the alarms: that is no circle, since
# what the module says of the service is only its name.

provider "aws" {
  region = "eu-west-1"
}

variable "strategy" {
  description = "ROLLING, BLUE_GREEN, LINEAR or CANARY."
  type        = string
  default     = "CANARY"
}

module "ecs" {
  source = "../.."

  name                       = "ml-api"
  vpc_id                     = "vpc-0a1b2c3d4e5f60718"
  service_subnet_ids         = ["subnet-0a0000000000000a1", "subnet-0a0000000000000b1", "subnet-0a0000000000000c1"]
  service_security_group_ids = ["sg-0a000000000000001"]

  load_balancer_internal           = false
  load_balancer_subnet_ids         = ["subnet-0a0000000000000a2", "subnet-0a0000000000000b2", "subnet-0a0000000000000c2"]
  load_balancer_security_group_ids = ["sg-0a000000000000002"]
  certificate_arn                  = "arn:aws:acm:eu-west-1:123456789012:certificate/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
  test_listener_port               = var.strategy == "ROLLING" ? null : 8443

  image              = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ml-api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  execution_role_arn = "arn:aws:iam::123456789012:role/ml-api-execution"
  task_role_arn      = "arn:aws:iam::123456789012:role/ml-api-task"
  otlp_endpoint      = "http://collector.internal:4318"
  environment = {
    MODEL_URI           = "models:/ml-api@champion"
    MLFLOW_TRACKING_URI = "https://mlflow.example.com"
  }
  secrets = {
    DATABASE_URL          = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ml-api-AbCdEf:database-url::"
    MLFLOW_TRACKING_TOKEN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ml-api-AbCdEf:mlflow-token::"
  }

  deployment_strategy     = var.strategy
  infrastructure_role_arn = "arn:aws:iam::123456789012:role/ml-api-ecs-load-balancing"
  deployment_alarm_names  = module.monitoring.deployment_alarm_names
}

module "monitoring" {
  source = "../../../monitoring"

  name                      = "ml-api"
  cluster_name              = module.ecs.cluster_name
  service_name              = module.ecs.service_name
  load_balancer_arn_suffix  = module.ecs.load_balancer_arn_suffix
  target_group_arn_suffixes = module.ecs.target_group_arn_suffixes
  log_group_name            = module.ecs.log_group_name
  start_seconds             = module.ecs.start_seconds
  subscribers               = [{ protocol = "email", endpoint = "team@example.com" }]
}

output "address" {
  description = "Where the service is reached."
  value       = "https://${module.ecs.load_balancer_dns_name}"
}

# Alarms of a service that something else has made.

provider "aws" {
  region = "eu-west-1"
}

module "monitoring" {
  source = "../.."

  name                      = "ml-api"
  cluster_name              = "ml-api"
  service_name              = "ml-api"
  load_balancer_arn_suffix  = "app/ml-api/50dc6c495c0c9188"
  target_group_arn_suffixes = ["targetgroup/ml-api-blue/73e2d6bc24d8a067", "targetgroup/ml-api-green/943f017f100becff"]
  log_group_name            = "/ecs/ml-api"
  subscribers = [
    { protocol = "email", endpoint = "team@example.com" },
    { protocol = "https", endpoint = "https://pager.example.com/hooks/ml-api" },
  ]
}

output "deployment_alarm_names" {
  description = "For the service's `alarms`."
  value       = module.monitoring.deployment_alarm_names
}

mock_provider "aws" {}

run "example" {
  command = plan

  module {
    source = "./examples/alarms"
  }

  assert {
    condition     = toset(output.deployment_alarm_names) == toset(["ml-api-errors", "ml-api-latency", "ml-api-tasks", "ml-api-unhealthy"])
    error_message = "deployments look at errors, latency, tasks and unhealthy tasks, and not at what is in the log"
  }
}

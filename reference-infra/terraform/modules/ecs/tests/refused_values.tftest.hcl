# What the module refuses. The variables of the file are good; each run makes one of them bad.

mock_provider "aws" {}

variables {
  name                             = "ml-api"
  vpc_id                           = "vpc-0a1b2c3d4e5f60718"
  service_subnet_ids               = ["subnet-a1", "subnet-b1", "subnet-c1"]
  service_security_group_ids       = ["sg-1"]
  load_balancer_subnet_ids         = ["subnet-a2", "subnet-b2", "subnet-c2"]
  load_balancer_security_group_ids = ["sg-2"]
  certificate_arn                  = "arn:aws:acm:eu-west-1:123456789012:certificate/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
  image                            = "ghcr.io/org/ml-api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  execution_role_arn               = "arn:aws:iam::123456789012:role/ml-api-execution"
  task_role_arn                    = "arn:aws:iam::123456789012:role/ml-api-task"
  deployment_alarm_names           = ["ml-api-errors"]
}

run "the_good_values_are_taken" {
  command = plan
}

run "all_edges_are_taken" {
  command = plan

  variables {
    name                   = "a-name-of-26-characters-ab"
    cpu                    = 16384
    memory                 = 122880
    temporary_storage_mib  = 61440
    idle_timeout_seconds   = 71
    drain_delay_seconds    = 60
    drain_timeout_seconds  = 50
    test_listener_port     = 65535
    deployment_strategy    = "CANARY"
    canary_percent         = 0.1
    bake_minutes           = 1440
    step_bake_minutes      = 0
    min_tasks              = 3
    max_tasks              = 3
    deployment_alarm_names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]

    infrastructure_role_arn = "arn:aws:iam::123456789012:role/ml-api-ecs-load-balancing"
  }
}

run "a_name_that_leaves_no_room_for_green" {
  command = plan

  variables {
    name = "a-name-of-27-characters-abc"
  }

  expect_failures = [var.name]
}

run "a_name_that_load_balancers_may_not_have" {
  command = plan

  variables {
    name = "internal-api"
  }

  expect_failures = [var.name]
}

run "a_name_that_ends_with_a_hyphen" {
  command = plan

  variables {
    name = "api-"
  }

  expect_failures = [var.name]
}

run "a_vpc_by_its_name" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}

run "one_subnet_twice" {
  command = plan

  variables {
    service_subnet_ids = ["subnet-a1", "subnet-a1"]
  }

  expect_failures = [var.service_subnet_ids]
}

run "tasks_in_the_default_group" {
  command = plan

  variables {
    service_security_group_ids = []
  }

  expect_failures = [var.service_security_group_ids]
}

run "a_load_balancer_in_one_zone" {
  command = plan

  variables {
    load_balancer_subnet_ids = ["subnet-a2"]
  }

  expect_failures = [var.load_balancer_subnet_ids]
}

run "a_load_balancer_in_the_default_group" {
  command = plan

  variables {
    load_balancer_security_group_ids = []
  }

  expect_failures = [var.load_balancer_security_group_ids]
}

run "a_certificate_of_iam" {
  command = plan

  variables {
    certificate_arn = "arn:aws:iam::123456789012:server-certificate/api"
  }

  expect_failures = [var.certificate_arn]
}

run "a_policy_with_tls_1_0" {
  command = plan

  variables {
    tls_policy = "ELBSecurityPolicy-2016-08"
  }

  expect_failures = [var.tls_policy]
}

run "connections_that_the_service_closes_first" {
  command = plan

  variables {
    idle_timeout_seconds = 72
  }

  expect_failures = [var.idle_timeout_seconds]
}

run "connections_shorter_than_a_request" {
  command = plan

  variables {
    idle_timeout_seconds = 10
  }

  expect_failures = [var.idle_timeout_seconds]
}

run "a_test_port_that_is_taken" {
  command = plan

  variables {
    test_listener_port      = 443
    deployment_strategy     = "BLUE_GREEN"
    infrastructure_role_arn = "arn:aws:iam::123456789012:role/ml-api-ecs-load-balancing"
  }

  expect_failures = [var.test_listener_port]
}

run "a_test_port_for_rolling_deployments" {
  command = plan

  variables {
    test_listener_port = 8443
  }

  expect_failures = [var.test_listener_port]
}

run "no_day_of_access_logs" {
  command = plan

  variables {
    access_log_retention_days = 0
  }

  expect_failures = [var.access_log_retention_days]
}

run "an_image_by_its_tag" {
  command = plan

  variables {
    image = "ghcr.io/org/ml-api:1.0.0"
  }

  expect_failures = [var.image]
}

run "a_digest_that_is_too_short" {
  command = plan

  variables {
    image = "ghcr.io/org/ml-api@sha256:9f86d081"
  }

  expect_failures = [var.image]
}

run "a_size_that_fargate_has_not" {
  command = plan

  variables {
    cpu    = 3072
    memory = 6144
  }

  expect_failures = [var.cpu]
}

run "too_little_memory_for_the_cpu" {
  command = plan

  variables {
    cpu    = 2048
    memory = 2048
  }

  expect_failures = [var.memory]
}

run "memory_between_two_sizes" {
  command = plan

  variables {
    cpu    = 8192
    memory = 18432
  }

  expect_failures = [var.memory]
}

run "a_tmp_of_more_than_half_the_memory" {
  command = plan

  variables {
    temporary_storage_mib = 1025
  }

  expect_failures = [var.temporary_storage_mib]
}

run "a_tmp_of_nothing" {
  command = plan

  variables {
    temporary_storage_mib = 0
  }

  expect_failures = [var.temporary_storage_mib]
}

run "a_password_in_the_environment" {
  command = plan

  variables {
    environment = { DATABASE_URL = "postgres://ml_api:secret@db/ml" }
  }

  expect_failures = [var.environment]
}

run "a_variable_that_the_module_sets" {
  command = plan

  variables {
    environment = { PORT = "80" }
  }

  expect_failures = [var.environment]
}

run "a_secret_by_its_value" {
  command = plan

  variables {
    secrets = { DATABASE_URL = "postgres://ml_api:secret@db/ml" }
  }

  expect_failures = [var.secrets]
}

run "a_secret_of_the_parameter_store" {
  command = plan

  variables {
    secrets = { DATABASE_URL = "arn:aws:ssm:eu-west-1:123456789012:parameter/database-url" }
  }

  expect_failures = [var.secrets]
}

run "a_secret_that_is_in_the_environment_too" {
  command = plan

  variables {
    environment = { MODEL_URI = "models:/a@b" }
    secrets     = { MODEL_URI = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ml-api-AbCdEf" }
  }

  expect_failures = [var.secrets]
}

run "traces_by_grpc" {
  command = plan

  variables {
    otlp_endpoint = "collector:4317"
  }

  expect_failures = [var.otlp_endpoint]
}

run "a_level_that_the_service_has_not" {
  command = plan

  variables {
    log_level = "warning"
  }

  expect_failures = [var.log_level]
}

run "days_that_cloudwatch_has_not" {
  command = plan

  variables {
    log_retention_days = 45
  }

  expect_failures = [var.log_retention_days]
}

run "an_execution_role_by_its_name" {
  command = plan

  variables {
    execution_role_arn = "ml-api-execution"
  }

  expect_failures = [var.execution_role_arn]
}

run "a_task_role_by_its_name" {
  command = plan

  variables {
    task_role_arn = "ml-api-task"
  }

  expect_failures = [var.task_role_arn]
}

run "one_role_for_both" {
  command = plan

  variables {
    task_role_arn = "arn:aws:iam::123456789012:role/ml-api-execution"
  }

  expect_failures = [var.task_role_arn]
}

run "a_start_without_time" {
  command = plan

  variables {
    start_seconds = 0
  }

  expect_failures = [var.start_seconds]
}

run "a_long_delay" {
  command = plan

  variables {
    drain_delay_seconds = 61
  }

  expect_failures = [var.drain_delay_seconds]
}

run "longer_than_fargate_waits" {
  command = plan

  variables {
    drain_timeout_seconds = 106
  }

  expect_failures = [var.drain_timeout_seconds]
}

run "no_time_for_open_requests" {
  command = plan

  variables {
    drain_timeout_seconds = 0
  }

  expect_failures = [var.drain_timeout_seconds]
}

run "no_task" {
  command = plan

  variables {
    min_tasks = 0
  }

  expect_failures = [var.min_tasks]
}

run "fewer_at_most_than_at_least" {
  command = plan

  variables {
    min_tasks = 4
    max_tasks = 3
  }

  expect_failures = [var.max_tasks]
}

run "a_cpu_without_room" {
  command = plan

  variables {
    cpu_target_percent = 95
  }

  expect_failures = [var.cpu_target_percent]
}

run "a_memory_without_room" {
  command = plan

  variables {
    memory_target_percent = 99
  }

  expect_failures = [var.memory_target_percent]
}

run "no_requests" {
  command = plan

  variables {
    requests_per_task = 0
  }

  expect_failures = [var.requests_per_task]
}

run "a_cooldown_before_its_time" {
  command = plan

  variables {
    scale_out_cooldown_seconds = -1
  }

  expect_failures = [var.scale_out_cooldown_seconds]
}

run "a_cooldown_of_a_day" {
  command = plan

  variables {
    scale_in_cooldown_seconds = 86400
  }

  expect_failures = [var.scale_in_cooldown_seconds]
}

run "a_strategy_in_the_words_of_the_action" {
  command = plan

  variables {
    deployment_strategy     = "blue-green"
    infrastructure_role_arn = "arn:aws:iam::123456789012:role/ml-api-ecs-load-balancing"
  }

  expect_failures = [var.deployment_strategy]
}

run "an_infrastructure_role_by_its_name" {
  command = plan

  variables {
    infrastructure_role_arn = "ecs"
  }

  expect_failures = [var.infrastructure_role_arn]
}

run "a_canary_that_nobody_may_shift" {
  command = plan

  variables {
    deployment_strategy = "CANARY"
  }

  expect_failures = [var.infrastructure_role_arn]
}

run "no_alarm" {
  command = plan

  variables {
    deployment_alarm_names = []
  }

  expect_failures = [var.deployment_alarm_names]
}

run "more_alarms_than_ecs_takes" {
  command = plan

  variables {
    deployment_alarm_names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]
  }

  expect_failures = [var.deployment_alarm_names]
}

run "half_a_minute" {
  command = plan

  variables {
    bake_minutes = 0.5
  }

  expect_failures = [var.bake_minutes]
}

run "more_than_a_day" {
  command = plan

  variables {
    step_bake_minutes = 1441
  }

  expect_failures = [var.step_bake_minutes]
}

run "no_canary" {
  command = plan

  variables {
    canary_percent = 0
  }

  expect_failures = [var.canary_percent]
}

run "a_canary_in_hundredths" {
  command = plan

  variables {
    canary_percent = 0.25
  }

  expect_failures = [var.canary_percent]
}

run "more_steps_than_ecs_takes" {
  command = plan

  variables {
    linear_percent = 2
  }

  expect_failures = [var.linear_percent]
}

run "hooks_of_rolling_deployments" {
  command = plan

  variables {
    lifecycle_hooks = [{
      function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:check"
      role_arn     = "arn:aws:iam::123456789012:role/hooks"
      stages       = ["POST_SCALE_UP"]
    }]
  }

  expect_failures = [var.lifecycle_hooks]
}

run "a_hook_at_no_stage" {
  command = plan

  variables {
    deployment_strategy     = "BLUE_GREEN"
    infrastructure_role_arn = "arn:aws:iam::123456789012:role/ml-api-ecs-load-balancing"
    lifecycle_hooks = [{
      function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:check"
      role_arn     = "arn:aws:iam::123456789012:role/hooks"
      stages       = []
    }]
  }

  expect_failures = [var.lifecycle_hooks]
}

run "a_hook_at_a_stage_that_ecs_has_not" {
  command = plan

  variables {
    deployment_strategy     = "BLUE_GREEN"
    infrastructure_role_arn = "arn:aws:iam::123456789012:role/ml-api-ecs-load-balancing"
    lifecycle_hooks = [{
      function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:check"
      role_arn     = "arn:aws:iam::123456789012:role/hooks"
      stages       = ["BEFORE_TRAFFIC"]
    }]
  }

  expect_failures = [var.lifecycle_hooks]
}

run "a_hook_by_its_name" {
  command = plan

  variables {
    deployment_strategy     = "BLUE_GREEN"
    infrastructure_role_arn = "arn:aws:iam::123456789012:role/ml-api-ecs-load-balancing"
    lifecycle_hooks = [{
      function_arn = "check"
      role_arn     = "arn:aws:iam::123456789012:role/hooks"
      stages       = ["POST_SCALE_UP"]
    }]
  }

  expect_failures = [var.lifecycle_hooks]
}

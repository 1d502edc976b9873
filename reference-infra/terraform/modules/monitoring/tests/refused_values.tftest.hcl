# What the module refuses. The variables of the file are good; each run makes one of them bad.

mock_provider "aws" {}

variables {
  name                      = "ml-api"
  cluster_name              = "ml-api"
  service_name              = "ml-api"
  load_balancer_arn_suffix  = "app/ml-api/50dc6c495c0c9188"
  target_group_arn_suffixes = ["targetgroup/ml-api-blue/73e2d6bc24d8a067"]
  log_group_name            = "/ecs/ml-api"
  subscribers               = []
}

run "the_good_values_are_taken" {
  command = plan
}

run "a_name_with_capitals" {
  command = plan

  variables {
    name = "ML-API"
  }

  expect_failures = [var.name]
}

run "a_cluster_by_its_arn" {
  command = plan

  variables {
    cluster_name = "arn:aws:ecs:eu-west-1:123456789012:cluster/ml-api"
  }

  expect_failures = [var.cluster_name]
}

run "a_service_by_its_arn" {
  command = plan

  variables {
    service_name = "arn:aws:ecs:eu-west-1:123456789012:service/ml-api/ml-api"
  }

  expect_failures = [var.service_name]
}

run "a_load_balancer_by_its_arn" {
  command = plan

  variables {
    load_balancer_arn_suffix = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/ml-api/50dc6c495c0c9188"
  }

  expect_failures = [var.load_balancer_arn_suffix]
}

run "no_target_group" {
  command = plan

  variables {
    target_group_arn_suffixes = []
  }

  expect_failures = [var.target_group_arn_suffixes]
}

run "a_target_group_by_its_arn" {
  command = plan

  variables {
    target_group_arn_suffixes = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/ml-api-blue/73e2d6bc24d8a067"]
  }

  expect_failures = [var.target_group_arn_suffixes]
}

run "a_protocol_that_is_not_offered" {
  command = plan

  variables {
    subscribers = [{ protocol = "http", endpoint = "http://pager.example.com" }]
  }

  expect_failures = [var.subscribers]
}

run "an_address_without_tls" {
  command = plan

  variables {
    subscribers = [{ protocol = "https", endpoint = "http://pager.example.com" }]
  }

  expect_failures = [var.subscribers]
}

run "an_address_that_is_none" {
  command = plan

  variables {
    subscribers = [{ protocol = "email", endpoint = "team" }]
  }

  expect_failures = [var.subscribers]
}

run "a_share_in_place_of_a_percentage_of_all" {
  command = plan

  variables {
    error_percent = 100
  }

  expect_failures = [var.error_percent]
}

run "no_errors_at_all" {
  command = plan

  variables {
    error_percent = 0
  }

  expect_failures = [var.error_percent]
}

run "milliseconds" {
  command = plan

  variables {
    latency_seconds = 1000
  }

  expect_failures = [var.latency_seconds]
}

run "no_minimum_of_traffic" {
  command = plan

  variables {
    minimum_requests = 0
  }

  expect_failures = [var.minimum_requests]
}

run "a_start_without_time" {
  command = plan

  variables {
    start_seconds = 0
  }

  expect_failures = [var.start_seconds]
}

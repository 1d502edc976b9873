# What the module refuses. The variables of the file are good; each run makes one of them bad.

mock_provider "aws" {}

variables {
  name                        = "example"
  cidr                        = "10.20.0.0/16"
  zones                       = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  nat_per_zone                = true
  endpoint_security_group_ids = ["sg-1"]
}

run "the_good_values_are_taken" {
  command = plan
}

run "a_name_with_capitals" {
  command = plan

  variables {
    name = "Example"
  }

  expect_failures = [var.name]
}

run "a_name_that_ends_with_a_hyphen" {
  command = plan

  variables {
    name = "example-"
  }

  expect_failures = [var.name]
}

run "addresses_of_others" {
  command = plan

  variables {
    cidr = "8.8.0.0/16"
  }

  expect_failures = [var.cidr]
}

run "addresses_that_are_none" {
  command = plan

  variables {
    cidr = "10.20.0.0"
  }

  expect_failures = [var.cidr]
}

run "a_network_that_is_too_large" {
  command = plan

  variables {
    cidr = "10.0.0.0/8"
  }

  expect_failures = [var.cidr]
}

run "a_network_that_is_too_small" {
  command = plan

  variables {
    cidr = "10.20.0.0/24"
  }

  expect_failures = [var.cidr]
}

run "a_network_that_begins_elsewhere" {
  command = plan

  variables {
    cidr = "10.20.3.0/16"
  }

  expect_failures = [var.cidr]
}

run "a_single_zone" {
  command = plan

  variables {
    zones = ["eu-west-1a"]
  }

  expect_failures = [var.zones]
}

run "one_zone_thrice" {
  command = plan

  variables {
    zones = ["eu-west-1a", "eu-west-1a", "eu-west-1a"]
  }

  expect_failures = [var.zones]
}

run "zones_by_their_ids" {
  command = plan

  variables {
    zones = ["euw1-az1", "euw1-az2", "euw1-az3"]
  }

  expect_failures = [var.zones]
}

run "zones_of_two_regions" {
  command = plan

  variables {
    zones = ["eu-west-1a", "eu-west-1b", "eu-west-2a"]
  }

  expect_failures = [var.zones]
}

run "no_endpoint_for_secrets" {
  command = plan

  variables {
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs"]
  }

  expect_failures = [var.interface_endpoints]
}

run "an_interface_for_s3" {
  command = plan

  variables {
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "s3"]
  }

  expect_failures = [var.interface_endpoints]
}

run "endpoints_without_a_group" {
  command = plan

  variables {
    endpoint_security_group_ids = []
  }

  expect_failures = [var.endpoint_security_group_ids]
}

run "a_retention_that_there_is_not" {
  command = plan

  variables {
    flow_log_retention_days = 100
  }

  expect_failures = [var.flow_log_retention_days]
}

run "a_boundary_that_is_no_policy" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

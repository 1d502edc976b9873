# What the module refuses. The variables of the file are good; each run makes one of them bad.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }
}

variables {
  name        = "ml-platform"
  environment = "staging"
  github = {
    owner         = "octo-org"
    owner_id      = "123456"
    repository    = "octo-repo"
    repository_id = "456789"
  }
  ecs_cluster_name   = "ml-api"
  ecs_service_name   = "ml-api"
  log_group_name     = "/ecs/ml-api"
  ecr_repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/ml-api"
  secret_arns        = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:ml-platform/ml-api-AbCdEf"]
  secret_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  state_bucket_arn   = "arn:aws:s3:::octo-org-terraform-state"
  state_key          = "ml-platform/staging.tfstate"
  state_kms_key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/2234abcd-12ab-34cd-56ef-1234567890ab"
}

run "the_good_values_are_taken" {
  command = plan
}

run "all_that_may_be_left_out_is_taken" {
  command = plan

  variables {
    branches           = ["main", "release/1.x"]
    make_oidc_provider = false
    task_family        = "api"
    eks_cluster_name   = "ml-platform"
    evidence_bucket    = "octo-org-gate-evidence"
    data_bucket        = "octo-org-ml-data"
    tags               = { team = "ml" }
  }
}

run "a_name_with_capitals" {
  command = plan

  variables {
    name = "ML"
  }

  expect_failures = [var.name]
}

run "an_environment_with_a_blank" {
  command = plan

  variables {
    environment = "pro duction"
  }

  expect_failures = [var.environment]
}

run "a_branch_with_a_wildcard" {
  command = plan

  variables {
    branches = ["release/*"]
  }

  expect_failures = [var.branches]
}

run "an_owner_with_a_wildcard" {
  command = plan

  variables {
    github = { owner = "octo-*", owner_id = "123456", repository = "octo-repo", repository_id = "456789" }
  }

  expect_failures = [var.github]
}

run "a_repository_with_its_owner" {
  command = plan

  variables {
    github = { owner = "octo-org", owner_id = "123456", repository = "octo-org/octo-repo", repository_id = "456789" }
  }

  expect_failures = [var.github]
}

run "a_repository_id_that_is_no_number" {
  command = plan

  variables {
    github = { owner = "octo-org", owner_id = "123456", repository = "octo-repo", repository_id = "octo-repo" }
  }

  expect_failures = [var.github]
}

run "a_cluster_by_its_arn" {
  command = plan

  variables {
    ecs_cluster_name = "arn:aws:ecs:eu-west-1:123456789012:cluster/ml-api"
  }

  expect_failures = [var.ecs_cluster_name]
}

run "every_service" {
  command = plan

  variables {
    ecs_service_name = "*"
  }

  expect_failures = [var.ecs_service_name]
}

run "a_family_with_a_revision" {
  command = plan

  variables {
    task_family = "api:3"
  }

  expect_failures = [var.task_family]
}

run "logs_with_a_wildcard" {
  command = plan

  variables {
    log_group_name = "/ecs/*"
  }

  expect_failures = [var.log_group_name]
}

run "every_repository" {
  command = plan

  variables {
    ecr_repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/*"
  }

  expect_failures = [var.ecr_repository_arn]
}

run "every_secret" {
  command = plan

  variables {
    secret_arns = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:*"]
  }

  expect_failures = [var.secret_arns]
}

run "no_secret" {
  command = plan

  variables {
    secret_arns = []
  }

  expect_failures = [var.secret_arns]
}

run "a_key_by_its_alias" {
  command = plan

  variables {
    secret_kms_key_arn = "alias/secrets"
  }

  expect_failures = [var.secret_kms_key_arn]
}

run "every_key" {
  command = plan

  variables {
    state_kms_key_arn = "*"
  }

  expect_failures = [var.state_kms_key_arn]
}

run "a_bucket_by_its_name" {
  command = plan

  variables {
    state_bucket_arn = "octo-org-terraform-state"
  }

  expect_failures = [var.state_bucket_arn]
}

run "every_state" {
  command = plan

  variables {
    state_key = "*"
  }

  expect_failures = [var.state_key]
}

run "a_cluster_of_kubernetes_by_its_arn" {
  command = plan

  variables {
    eks_cluster_name = "arn:aws:eks:eu-west-1:123456789012:cluster/ml"
  }

  expect_failures = [var.eks_cluster_name]
}

run "evidence_by_its_arn" {
  command = plan

  variables {
    evidence_bucket = "arn:aws:s3:::x"
  }

  expect_failures = [var.evidence_bucket]
}

run "every_bucket" {
  command = plan

  variables {
    data_bucket = "*"
  }

  expect_failures = [var.data_bucket]
}

run "a_branch_for_production" {
  command = plan

  variables {
    environment = "production"
    branches    = ["main"]
  }

  expect_failures = [var.branches]
}

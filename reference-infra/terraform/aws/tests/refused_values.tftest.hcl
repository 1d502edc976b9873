# What the root refuses. The variables of the file are those of production; the run makes all of them bad, and each has to be told.

mock_provider "aws" {}

variables {
  environment = "production"
  account_id  = "222222222222"

  cidr                   = "10.21.0.0/16"
  nat_per_zone           = true
  load_balancer_internal = false

  certificate_arn     = "arn:aws:acm:eu-west-1:222222222222:certificate/7f9619ff-8b86-4d01-b42d-00cf4fc964ff"
  first_image         = "ghcr.io/org/ml-api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  service_environment = { MLFLOW_TRACKING_URI = "https://mlflow.example.com", MODEL_URI = "models:/ml-api@champion" }
  cpu                 = 2048
  memory              = 4096
  min_tasks           = 3
  max_tasks           = 12
  deployment_strategy = "CANARY"

  node_instance_types     = ["m7i.xlarge", "m6i.xlarge"]
  node_count              = { min = 3, desired = 3, max = 9 }
  cluster_admin_role_arns = ["arn:aws:iam::222222222222:role/platform-admin"]

  github          = { owner = "org", owner_id = "1", repository = "ml-api", repository_id = "2" }
  deploy_branches = []

  state_bucket_arn  = "arn:aws:s3:::org-ml-api-production-terraform"
  state_kms_key_arn = "arn:aws:kms:eu-west-1:222222222222:key/2f0e6a3c-5b7d-4c2e-9a41-0d6f2b8c7e22"

  alarm_emails        = ["ml-team@example.com", "on-call@example.com"]
  log_retention_days  = 365
  deletion_protection = true
}

run "everything_that_is_bad_is_told" {
  command = plan

  variables {
    account_id              = "22222222222"
    region                  = "eu-west-1a"
    service                 = "a-service-with-a-name"
    cidr                    = "10.21.0.0"
    certificate_arn         = "cert.pem"
    first_image             = "ghcr.io/org/ml-api:1.2.0"
    min_tasks               = 1
    deployment_strategy     = "BIG_BANG"
    node_instance_types     = []
    node_count              = { min = 2, desired = 2, max = 9 }
    cluster_admin_role_arns = ["arn:aws:iam::222222222222:user/me"]
    state_bucket_arn        = "org-ml-api-production-terraform"
    state_kms_key_arn       = "alias/state"
    alarm_emails            = ["ml-team"]
    log_retention_days      = 100
  }

  expect_failures = [
    var.account_id,
    var.region,
    var.service,
    var.cidr,
    var.certificate_arn,
    var.first_image,
    var.min_tasks,
    var.deployment_strategy,
    var.node_instance_types,
    var.node_count,
    var.cluster_admin_role_arns,
    var.state_bucket_arn,
    var.state_kms_key_arn,
    var.alarm_emails,
    var.log_retention_days,
  ]
}

run "what_does_not_go_with_production" {
  command = plan

  variables {
    deploy_branches = ["main"]
    max_tasks       = 2
  }

  expect_failures = [var.deploy_branches, var.max_tasks]
}

run "another_environment" {
  command = plan

  variables {
    environment = "testing"
  }

  expect_failures = [var.environment]
}

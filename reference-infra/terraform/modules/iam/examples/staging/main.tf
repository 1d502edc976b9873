# Staging: its environment deploys, and so does main. The account has GitHub's identity provider already.

provider "aws" {
  region = "eu-west-1"
}

module "iam" {
  source = "../.."

  name        = "ml-platform-staging"
  environment = "staging"
  branches    = ["main"]

  make_oidc_provider = false

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
  secret_arns        = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:ml-platform-staging/ml-api-AbCdEf"]
  secret_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  state_bucket_arn   = "arn:aws:s3:::octo-org-terraform-state"
  state_key          = "ml-platform/staging.tfstate"
  state_kms_key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/2234abcd-12ab-34cd-56ef-1234567890ab"
}

output "github_role_arns" {
  description = "For `role-to-assume`."
  value       = module.iam.github_role_arns
}

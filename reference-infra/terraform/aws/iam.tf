# Roles for GitHub's jobs and for what runs. Cluster and service are given by their names: they are made with these roles.
module "iam" {
  source = "../modules/iam"

  name               = local.name
  environment        = var.environment
  branches           = var.deploy_branches
  github             = var.github
  ecs_cluster_name   = local.name
  ecs_service_name   = local.name
  eks_cluster_name   = local.name
  log_group_name     = module.ecs.log_group_name
  ecr_repository_arn = module.ecr.repository_arn
  secret_arns        = [aws_secretsmanager_secret.service.arn]
  secret_kms_key_arn = aws_kms_key.secrets.arn
  state_bucket_arn   = var.state_bucket_arn
  state_kms_key_arn  = var.state_kms_key_arn
  state_key          = "${var.environment}/terraform.tfstate"
}

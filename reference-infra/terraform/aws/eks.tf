module "eks" {
  source = "../modules/eks"

  name                             = local.name
  subnet_ids                       = module.network.private_subnet_ids
  control_plane_security_group_ids = [aws_security_group.this["control-plane"].id]
  node_security_group_ids          = [aws_security_group.this["nodes"].id]
  admin_role_arns                  = var.cluster_admin_role_arns
  # What `format` gives is never null, which Terraform has to know in a plan, and of an ARN that AWS will give it does not.
  deploy_role_arn          = format("%s", module.iam.deploy_role_arn)
  deploy_group             = var.environment == "production" ? "ml-platform:production-deployers" : "ml-platform:deployers"
  permissions_boundary_arn = module.iam.permissions_boundary_arn
  log_retention_days       = var.log_retention_days
  deletion_protection      = var.deletion_protection

  # Service accounts of reference-infra/kubernetes and of the data pipeline.
  pod_identities = {
    for account, role_arn in module.iam.pod_role_arns : account => {
      namespace       = var.environment == "production" ? "ml-platform" : "ml-platform-staging"
      service_account = account
      role_arn        = role_arn
    }
  }

  node_groups = {
    general = {
      instance_types = var.node_instance_types
      min            = var.node_count.min
      desired        = var.node_count.desired
      max            = var.node_count.max
    }
  }
}

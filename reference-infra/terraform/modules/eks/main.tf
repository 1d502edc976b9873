# A cluster for reference-infra/kubernetes. What runs in it is for kustomize, Helm and action-deploy.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  logs = "/aws/eks/${var.name}/cluster"
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  version  = var.kubernetes_version
  role_arn = aws_iam_role.cluster.arn
  tags     = var.tags

  deletion_protection = var.deletion_protection
  # Add-ons are Terraform's alone: addons.tf.
  bootstrap_self_managed_addons = false
  enabled_cluster_log_types     = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  access_config {
    # By entries of the API, and not by a ConfigMap that whoever may write it is an administrator by.
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = var.subnet_ids
    security_group_ids      = var.control_plane_security_group_ids
    endpoint_private_access = true
    endpoint_public_access  = length(var.public_access_cidrs) > 0
    public_access_cidrs     = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.secrets.arn
    }
  }

  upgrade_policy {
    # At the end of its standard support EKS raises the version, instead of charging for more.
    support_type = "STANDARD"
  }

  # EKS would make the log by itself, to be kept for ever. The role's policy must outlive the cluster, which else leaves its
  # network interfaces behind.
  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy_attachment.cluster]
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: a year where nothing else is said; a test environment may take less.
  name              = local.logs
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.logs.arn
  tags              = var.tags
}

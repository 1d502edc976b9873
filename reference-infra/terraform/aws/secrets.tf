# The secrets are made here, and their values are not: a value that Terraform writes stands in its state. After the first apply
#
#   aws secretsmanager put-secret-value --secret-id ml-api-staging/service --secret-string file:///dev/stdin
#
# with {"DATABASE_URL": "…", "MLFLOW_TRACKING_TOKEN": "…"}. Tasks cannot start before.

locals {
  # Keys of the secret, each a variable of the service.
  secret_keys = ["DATABASE_URL", "MLFLOW_TRACKING_TOKEN"]
}

# They are not rotated by AWS: whoever runs database and registry makes the values, and a function that exchanges them would need the
# rights of an administrator there. docs/security_guide.md says how they are exchanged.
resource "aws_secretsmanager_secret" "service" {
  # checkov:skip=CKV2_AWS_57: the values belong to systems outside AWS, see above
  name                    = "${local.name}/service"
  description             = "What the service needs to reach its database and the registry"
  kms_key_id              = aws_kms_key.secrets.arn
  recovery_window_in_days = 30
}

resource "aws_kms_key" "secrets" {
  description             = "Secrets of ${local.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Account"
      Effect    = "Allow"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${var.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "secrets" {
  # That of the cluster's own secrets is alias/NAME-secrets.
  name          = "alias/${local.name}-service-secrets"
  target_key_id = aws_kms_key.secrets.key_id
}

data "aws_partition" "current" {}

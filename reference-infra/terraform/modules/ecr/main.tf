data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

resource "aws_ecr_repository" "this" {
  name = var.name
  # A tag says for ever the same image: what was scanned and judged is what is pulled.
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.force_delete
  tags                 = var.tags

  # action-deploy waits for these findings, and judges them by `max-scan-severity`.
  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.this.arn
  }
}

# ECR uses it in the name of whoever pushes and pulls, by a grant that it makes with the repository: it is no right that they need.
resource "aws_kms_key" "this" {
  description             = "Images of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Account"
      Effect    = "Allow"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${replace(var.name, "/[^a-zA-Z0-9/_-]/", "-")}-images"
  target_key_id = aws_kms_key.this.key_id
}

# The rule for all images has the last number, as ECR wants it.
resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "images without a tag, after ${var.untagged_days} days"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = var.untagged_days }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "all but the newest ${var.keep_images} images"
        selection    = { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = var.keep_images }
        action       = { type = "expire" }
      },
    ]
  })
}

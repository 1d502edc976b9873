# Bucket, key and encryption of each environment stand in environments/*.s3.tfbackend:
#
#   terraform init -backend-config=environments/staging.s3.tfbackend
terraform {
  backend "s3" {}
}

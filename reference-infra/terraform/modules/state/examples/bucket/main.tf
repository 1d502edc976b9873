# The bucket for the states of an account. Applied once by an administrator, before there is a state to keep in it.

variable "region" {
  description = "Region of the bucket."
  type        = string
  default     = "eu-west-1"
  nullable    = false
}

variable "bucket" {
  description = "Name of the bucket."
  type        = string
  nullable    = false
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { managed-by = "terraform", part = "state" }
  }
}

module "state" {
  source = "../.."

  bucket = var.bucket
}

output "bucket_arn" {
  description = "For `state_bucket_arn` in environments/*.tfvars."
  value       = module.state.bucket_arn
}

output "kms_key_arn" {
  description = "For `state_kms_key_arn` in environments/*.tfvars, and `kms_key_id` in environments/*.s3.tfbackend."
  value       = module.state.kms_key_arn
}

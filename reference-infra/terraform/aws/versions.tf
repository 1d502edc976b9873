terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region = var.region
  # Credentials of another account stop here, before anything is changed there.
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      environment = var.environment
      managed-by  = "terraform"
      service     = var.service
    }
  }
}

# A repository for the images of ml-api.

provider "aws" {
  region = "eu-west-1"
}

module "ecr" {
  source = "../.."

  name          = "ml-api"
  keep_images   = 100
  untagged_days = 7
}

output "repository_url" {
  description = "Where images are pushed to."
  value       = module.ecr.repository_url
}

locals {
  name = "${var.service}-${var.environment}"
}

module "network" {
  source = "../modules/network"

  name                        = local.name
  cidr                        = var.cidr
  zones                       = [for letter in ["a", "b", "c"] : "${var.region}${letter}"]
  nat_per_zone                = var.nat_per_zone
  interface_endpoints         = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sts", "ec2", "eks", "eks-auth", "monitoring"]
  endpoint_security_group_ids = [aws_security_group.this["endpoints"].id]
  flow_log_retention_days     = var.log_retention_days
  permissions_boundary_arn    = module.iam.permissions_boundary_arn
}

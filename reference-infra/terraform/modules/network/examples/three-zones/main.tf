# A VPC as production has it. The group of the endpoints is made beside it, since it is of the VPC.

provider "aws" {
  region = "eu-west-1"
}

variable "nat_per_zone" {
  description = "Whether there is a NAT gateway in each zone."
  type        = bool
  default     = true
}

module "network" {
  source = "../.."

  name                        = "example"
  cidr                        = "10.20.0.0/16"
  zones                       = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  nat_per_zone                = var.nat_per_zone
  endpoint_security_group_ids = [aws_security_group.endpoints.id]
}

resource "aws_security_group" "endpoints" {
  # checkov:skip=CKV2_AWS_5: it is of the endpoints in the module.
  name        = "example-endpoints"
  description = "Interface endpoints of AWS's services"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id = aws_security_group.endpoints.id
  description       = "Calls to AWS from within the VPC"
  cidr_ipv4         = module.network.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

output "private_subnet_ids" {
  description = "Where tasks and nodes go."
  value       = module.network.private_subnet_ids
}

data "aws_region" "current" {}
data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  # Four sixteenths for each kind, of which three are used: a fourth zone finds its place, and a fourth kind of subnet too.
  first = { private = 0, public = 4, database = 8 }
  cidrs = {
    for kind, first in local.first : kind => {
      for index, zone in var.zones : zone => cidrsubnet(var.cidr, 4, first + index)
    }
  }
  nat_zones = var.nat_per_zone ? var.zones : slice(var.zones, 0, 1)
}

resource "aws_vpc" "this" {
  cidr_block = var.cidr
  # Interface endpoints answer under the services' own names.
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = merge(var.tags, { Name = var.name })
}

# What names no group gets this one. It admits nobody and leads nowhere, so that a forgotten group is seen.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id
  tags   = merge(var.tags, { Name = "${var.name}-default-closed" })
}

resource "aws_subnet" "private" {
  for_each = local.cidrs.private

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  # By this tag EKS finds where internal load balancers belong.
  tags = merge(var.tags, { Name = "${var.name}-private-${each.key}", "kubernetes.io/role/internal-elb" = "1" })
}

resource "aws_subnet" "public" {
  for_each = local.cidrs.public

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = each.value
  map_public_ip_on_launch = false
  tags                    = merge(var.tags, { Name = "${var.name}-public-${each.key}", "kubernetes.io/role/elb" = "1" })
}

resource "aws_subnet" "database" {
  for_each = local.cidrs.database

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = merge(var.tags, { Name = "${var.name}-database-${each.key}" })
}

resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Subnets without a way to or from the internet"
  subnet_ids  = [for zone in var.zones : aws_subnet.database[zone].id]
  tags        = var.tags
}

# Which addresses each subnet has, worked out on paper: 10.20.0.0/16 has sixteen /20, 16 apart in the third number.

provider "aws" {
  region = "eu-west-1"
}

variables {
  name                        = "example"
  cidr                        = "10.20.0.0/16"
  zones                       = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  nat_per_zone                = true
  endpoint_security_group_ids = ["sg-1"]
}

run "subnets_are_apart" {
  command = plan

  assert {
    condition     = [for zone in var.zones : aws_subnet.private[zone].cidr_block] == ["10.20.0.0/20", "10.20.16.0/20", "10.20.32.0/20"]
    error_message = "private subnets are the first three sixteenths"
  }
  assert {
    condition     = [for zone in var.zones : aws_subnet.public[zone].cidr_block] == ["10.20.64.0/20", "10.20.80.0/20", "10.20.96.0/20"]
    error_message = "public subnets are the fifth to seventh"
  }
  assert {
    condition     = [for zone in var.zones : aws_subnet.database[zone].cidr_block] == ["10.20.128.0/20", "10.20.144.0/20", "10.20.160.0/20"]
    error_message = "database subnets are the ninth to eleventh"
  }
}

run "a_smaller_network" {
  command = plan

  variables {
    cidr = "192.168.4.0/22"
  }

  assert {
    condition     = [for zone in var.zones : aws_subnet.database[zone].cidr_block] == ["192.168.6.0/26", "192.168.6.64/26", "192.168.6.128/26"]
    error_message = "of a /22 each subnet is a /26"
  }
}

run "one_nat_gateway_stands_in_the_first_zone" {
  command = apply

  variables {
    nat_per_zone = false
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["eu-west-1a"]
    error_message = "there is one NAT gateway"
  }
  assert {
    condition     = alltrue([for zone in var.zones : aws_route.private_to_nat[zone].nat_gateway_id == aws_nat_gateway.this["eu-west-1a"].id])
    error_message = "all zones go out by it"
  }
}

run "each_zone_goes_out_by_its_own" {
  command = apply

  assert {
    condition     = alltrue([for zone in var.zones : aws_route.private_to_nat[zone].nat_gateway_id == aws_nat_gateway.this[zone].id])
    error_message = "each zone goes out by its own NAT gateway"
  }
  assert {
    condition     = length(distinct([for gateway in aws_nat_gateway.this : gateway.id])) == 3
    error_message = "there are three NAT gateways"
  }
}

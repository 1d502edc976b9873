# The example: with a NAT gateway in each zone, and with one. What AWS would refuse is asserted on its plan, in test/infra.

run "a_nat_gateway_in_each_zone" {
  command = plan

  module {
    source = "./examples/three-zones"
  }
}

run "one_nat_gateway" {
  command = plan

  module {
    source = "./examples/three-zones"
  }

  variables {
    nat_per_zone = false
  }
}

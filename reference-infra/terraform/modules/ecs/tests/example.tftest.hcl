# The example, planned by each strategy. What AWS would refuse beyond its schema is asserted on the plan of it, in test/infra.

mock_provider "aws" {}

run "canary" {
  command = plan

  module {
    source = "./examples/service"
  }
}

run "rolling" {
  command = plan

  module {
    source = "./examples/service"
  }

  variables {
    strategy = "ROLLING"
  }
}

mock_provider "aws" {}

run "example" {
  command = plan

  module {
    source = "./examples/cluster"
  }
}

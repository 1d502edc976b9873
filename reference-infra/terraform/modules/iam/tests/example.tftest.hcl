# The examples, planned. What comes of them is asked of the plan in test/infra/iam.

mock_provider "aws" {}

run "production" {
  command = plan

  module {
    source = "./examples/production"
  }
}

run "staging" {
  command = plan

  module {
    source = "./examples/staging"
  }
}

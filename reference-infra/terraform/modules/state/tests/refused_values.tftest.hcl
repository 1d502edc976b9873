# What the module refuses. The variables of the file are good; each run makes one of them bad.

mock_provider "aws" {}

variables {
  bucket = "org-ml-api-terraform"
}

run "the_good_values_are_taken" {
  command = plan
}

run "a_bucket_with_capitals" {
  command = plan

  variables {
    bucket = "Org-state"
  }

  expect_failures = [var.bucket]
}

run "a_bucket_with_dots" {
  command = plan

  variables {
    bucket = "org.state"
  }

  expect_failures = [var.bucket]
}

run "a_bucket_of_two_letters" {
  command = plan

  variables {
    bucket = "ab"
  }

  expect_failures = [var.bucket]
}

run "a_bucket_that_ends_as_access_points_do" {
  command = plan

  variables {
    bucket = "org-state-s3alias"
  }

  expect_failures = [var.bucket]
}

run "versions_for_a_week" {
  command = plan

  variables {
    old_version_days = 7
  }

  expect_failures = [var.old_version_days]
}

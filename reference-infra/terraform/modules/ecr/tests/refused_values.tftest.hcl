# What the module refuses. The variables of the file are good; each run makes one of them bad.

mock_provider "aws" {}

variables {
  name = "ml-api"
}

run "the_good_values_are_taken" {
  command = plan
}

run "a_name_with_capitals" {
  command = plan

  variables {
    name = "ML-API"
  }

  expect_failures = [var.name]
}

run "a_name_of_one_letter" {
  command = plan

  variables {
    name = "a"
  }

  expect_failures = [var.name]
}

run "a_name_with_two_slashes" {
  command = plan

  variables {
    name = "org//ml-api"
  }

  expect_failures = [var.name]
}

run "no_images_kept" {
  command = plan

  variables {
    keep_images = 0
  }

  expect_failures = [var.keep_images]
}

run "more_images_than_ecr_holds" {
  command = plan

  variables {
    keep_images = 100001
  }

  expect_failures = [var.keep_images]
}

run "half_an_image" {
  command = plan

  variables {
    keep_images = 1.5
  }

  expect_failures = [var.keep_images]
}

run "untagged_images_for_no_day" {
  command = plan

  variables {
    untagged_days = 0
  }

  expect_failures = [var.untagged_days]
}

# The example, and what of the bucket protects a state.

run "the_example" {
  command = plan

  module {
    source = "./examples/bucket"
  }

  variables {
    bucket = "org-ml-api-terraform"
  }
}

run "a_state_can_be_fetched_back_and_read_by_nobody_else" {
  command = plan

  variables {
    bucket           = "org-ml-api-terraform"
    old_version_days = 90
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "old states are kept"
  }
  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration[0].noncurrent_days == 90
    error_message = "for as long as was asked"
  }
  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule[*].apply_server_side_encryption_by_default[0].sse_algorithm) == "aws:kms"
    error_message = "states are encrypted by a key of ours"
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "nothing of it can become public"
  }
}

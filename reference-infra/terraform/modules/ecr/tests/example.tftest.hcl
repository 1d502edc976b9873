# The example, applied: what it says of tags, scans and old images. That ECR takes the rules is shown by test/infra.

run "the_example" {
  command = apply

  module {
    source = "./examples/repository"
  }
}

run "tags_do_not_move_and_every_push_is_scanned" {
  command = plan

  variables {
    name          = "org/ml-api"
    keep_images   = 100
    untagged_days = 7
  }

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "a tag says for ever the same image"
  }
  assert {
    condition     = aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push
    error_message = "every push is scanned"
  }
  assert {
    condition     = aws_ecr_repository.this.encryption_configuration[0].encryption_type == "KMS"
    error_message = "images are encrypted by a key of ours"
  }
  assert {
    condition     = !aws_ecr_repository.this.force_delete
    error_message = "a repository with images is not deleted"
  }
  assert {
    condition     = [for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection.countNumber] == [7, 100]
    error_message = "untagged images go after a week, and all but a hundred of the others"
  }
  assert {
    condition     = aws_kms_alias.this.name == "alias/org/ml-api-images"
    error_message = "the key is found by the name of the repository"
  }
}

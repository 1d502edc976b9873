output "bucket" {
  description = "Name of the bucket: `bucket` of the backend."
  value       = aws_s3_bucket.this.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket: `state_bucket_arn` of the module iam."
  value       = aws_s3_bucket.this.arn
}

output "kms_key_arn" {
  description = "ARN of its key: `kms_key_id` of the backend, `state_kms_key_arn` of the module iam."
  value       = aws_kms_key.this.arn
}

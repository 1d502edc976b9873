variable "bucket" {
  description = "Name of the bucket, unlike any other in the world: begin it with the name of the organisation."
  type        = string
  nullable    = false

  validation {
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots do not go with the certificate of S3.
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket)) && !can(regex("^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$", var.bucket))
    error_message = "bucket is 3 to 63 lower-case letters, digits and hyphens, begins and ends with no hyphen, and has none of the beginnings and endings that S3 keeps for itself."
  }
}

variable "old_version_days" {
  description = "How long a state that has been replaced can be fetched back."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.old_version_days >= 30 && var.old_version_days <= 3650 && floor(var.old_version_days) == var.old_version_days
    error_message = "old_version_days is a whole number from 30, since a lost state may be noticed late, to 3650."
  }
}

variable "tags" {
  description = "Tags of everything that takes some, beside the provider's default tags."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "name" {
  description = "Name of the repository, and of the image."
  type        = string
  nullable    = false

  validation {
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
    condition     = length(var.name) >= 2 && length(var.name) <= 256 && can(regex("^[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*$", var.name))
    error_message = "name is 2 to 256 lower-case letters and digits, with single `.`, `_`, `-` and `/` between them."
  }
}

variable "keep_images" {
  description = "How many images with a tag are kept, the newest; older ones go. Keep more than are brought between two deployments to the slowest environment, and then some to go back to."
  type        = number
  default     = 200
  nullable    = false

  validation {
    # An image for each of the repository's 100,000 is the quota of AWS.
    condition     = var.keep_images >= 10 && var.keep_images <= 10000 && floor(var.keep_images) == var.keep_images
    error_message = "keep_images is a whole number from 10, so that there is something to go back to, to 10000."
  }
}

variable "untagged_days" {
  description = "After how many days an image without a tag goes: what a push left behind that was cut short."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.untagged_days >= 1 && var.untagged_days <= 365 && floor(var.untagged_days) == var.untagged_days
    error_message = "untagged_days is a whole number from 1 to 365."
  }
}

variable "force_delete" {
  description = "Whether the repository may be deleted with the images that it holds."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that takes some, beside the provider's default tags."
  type        = map(string)
  default     = {}
  nullable    = false
}

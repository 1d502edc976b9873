# --- where

variable "environment" {
  description = "staging or production: part of all names, and GitHub's environment whose jobs may deploy."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "environment is staging or production."
  }
}

variable "account_id" {
  description = "The account of the environment. Credentials of another one are refused before anything is planned."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is twelve digits, in quotes."
  }
}

variable "region" {
  description = "Region of everything."
  type        = string
  default     = "eu-west-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is a region of AWS, as eu-west-1."
  }
}

variable "service" {
  description = "Name of the service. With the environment it begins all names, which have at most 26 characters."
  type        = string
  default     = "ml-api"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,13}[a-z0-9]$", var.service))
    error_message = "service is 2 to 15 lower-case letters, digits and hyphens, begins with a letter, and ends with no hyphen: SERVICE-production has to fit into 26 characters."
  }
}

# --- network

variable "cidr" {
  description = "Addresses of the VPC; another network for each environment, so that they can be joined one day."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrhost(var.cidr, 0))
    error_message = "cidr is a network, as 10.20.0.0/16."
  }
}

variable "nat_per_zone" {
  description = "true: a NAT gateway in each zone; false: one for all."
  type        = bool
  nullable    = false
}

variable "load_balancer_internal" {
  description = "true: the service is reached from the VPC, and from networks that are joined to it; false: from the internet."
  type        = bool
  nullable    = false
}

# --- the service

variable "certificate_arn" {
  description = "Certificate of ACM for the service's name, in the same region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/", var.certificate_arn))
    error_message = "certificate_arn is the ARN of a certificate: arn:aws:acm:REGION:ACCOUNT:certificate/ID."
  }
}

variable "first_image" {
  description = "The image with which the service begins, by its digest; deployments bring the others. Anything that answers on port 8000 does."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.first_image))
    error_message = "first_image names its digest: REPOSITORY@sha256:…"
  }
}

variable "service_environment" {
  description = "Variables of the service (ml-api/README.md), as MODEL_URI."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one processor."
  type        = number
  nullable    = false
}

variable "memory" {
  description = "Memory of a task, in MiB."
  type        = number
  nullable    = false
}

variable "min_tasks" {
  description = "The least number of tasks."
  type        = number
  nullable    = false

  validation {
    condition     = var.min_tasks >= 2
    error_message = "min_tasks is at least 2, so that the loss of a zone is not the loss of the service."
  }
}

variable "max_tasks" {
  description = "The largest number of tasks."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_tasks >= var.min_tasks
    error_message = "max_tasks is at least min_tasks."
  }
}

variable "deployment_strategy" {
  description = "ROLLING, BLUE_GREEN, LINEAR or CANARY."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"], var.deployment_strategy)
    error_message = "deployment_strategy is ROLLING, BLUE_GREEN, LINEAR or CANARY."
  }
}

# --- the cluster

variable "node_instance_types" {
  description = "Types of the cluster's nodes, x86_64."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.node_instance_types) > 0
    error_message = "node_instance_types names at least one type, as m7i.large."
  }
}

variable "node_count" {
  description = "Number of nodes: the least, where it begins, and the most."
  type        = object({ min = number, desired = number, max = number })
  nullable    = false

  validation {
    condition     = var.node_count.min >= 3 && var.node_count.min <= var.node_count.desired && var.node_count.desired <= var.node_count.max
    error_message = "node_count is min ≤ desired ≤ max, with min at least 3: a node in each zone."
  }
}

variable "cluster_admin_role_arns" {
  description = "Roles that administer the cluster."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.cluster_admin_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "cluster_admin_role_arns are ARNs of roles: arn:aws:iam::ACCOUNT:role/NAME."
  }
}

# --- who deploys, and who is told

variable "github" {
  description = "The repository whose workflows deploy, with the numbers that GitHub never gives anew: `gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'`."
  type = object({
    owner             = string
    owner_id          = string
    repository        = string
    repository_id     = string
    immutable_subject = optional(bool, true)
  })
  nullable = false
}

variable "deploy_branches" {
  description = "Branches whose jobs may deploy without GitHub's environment; none in production."
  type        = list(string)
  nullable    = false

  validation {
    condition     = var.environment != "production" || length(var.deploy_branches) == 0
    error_message = "deploy_branches is empty in production: its environment can ask for an approval, and a branch cannot."
  }
}

variable "state_bucket_arn" {
  description = "The bucket of this state: `bucket_arn` of modules/state."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:s3:::", var.state_bucket_arn))
    error_message = "state_bucket_arn is the ARN of a bucket: arn:aws:s3:::NAME."
  }
}

variable "state_kms_key_arn" {
  description = "The key of this state: `kms_key_arn` of modules/state."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/", var.state_kms_key_arn))
    error_message = "state_kms_key_arn is the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "alarm_emails" {
  description = "Who is told of alarms. Each address has to confirm."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "alarm_emails are addresses, as team@example.com."
  }
}

# --- how long things stay

variable "log_retention_days" {
  description = "How long logs are kept, those of the network and of the cluster among them."
  type        = number
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is a number that CloudWatch takes: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "deletion_protection" {
  description = "Whether load balancer and cluster refuse to be deleted."
  type        = bool
  nullable    = false
}

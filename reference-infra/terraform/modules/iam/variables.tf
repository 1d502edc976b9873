variable "name" {
  description = "Begins the names of all roles; the environment is part of it where two share an account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name))
    error_message = "name is 2 to 32 lower-case letters, digits and hyphens, begins with a letter and ends with no hyphen."
  }
}

variable "environment" {
  description = "GitHub's environment whose jobs may deploy. Those of the environment `NAME-infrastructure` may change the infrastructure."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", var.environment))
    error_message = "environment is the name of an environment of GitHub, of letters, digits, dots, hyphens and underscores."
  }
}

variable "branches" {
  description = "Branches whose jobs may deploy without an environment. Production has none: its environment can ask for an approval, and a branch cannot."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for branch in var.branches : can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*$", branch))])
    error_message = "branches are names without wildcards: whoever may push a branch that fits could deploy."
  }

  validation {
    condition     = !startswith(lower(var.environment), "prod") || length(var.branches) == 0
    error_message = "branches are empty for production: it is deployed by jobs of its environment alone."
  }
}

variable "github" {
  description = "The repository, with the numbers that GitHub never gives anew: `gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'`. `immutable_subject`: whether its tokens have them in the subject, as those of repositories do that were made or renamed since July 2026."
  type = object({
    owner             = string
    owner_id          = string
    repository        = string
    repository_id     = string
    immutable_subject = optional(bool, true)
  })
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,38}$", var.github.owner)) && can(regex("^[A-Za-z0-9._-]{1,100}$", var.github.repository))
    error_message = "github has owner and repository by their names, without a slash and without wildcards."
  }

  validation {
    condition     = can(regex("^[0-9]+$", var.github.owner_id)) && can(regex("^[0-9]+$", var.github.repository_id))
    error_message = "github has owner_id and repository_id as numbers: gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'."
  }
}

variable "make_oidc_provider" {
  description = "Whether GitHub's identity provider is made. An account can have one: the second environment of an account says false."
  type        = bool
  default     = true
  nullable    = false
}

variable "ecs_cluster_name" {
  description = "The ECS cluster: `cluster_name` of the module ecs, or the name that it will have."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.ecs_cluster_name))
    error_message = "ecs_cluster_name is a name and not an ARN, without wildcards."
  }
}

variable "ecs_service_name" {
  description = "The ECS service, which is also the name of its load balancer: `service_name` of the module ecs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.ecs_service_name))
    error_message = "ecs_service_name is a name and not an ARN, without wildcards."
  }
}

variable "task_family" {
  description = "The family of task definitions; null: that of the name of the service."
  type        = string
  default     = null

  validation {
    condition     = var.task_family == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.task_family))
    error_message = "task_family is a name without a revision, without wildcards."
  }
}

variable "log_group_name" {
  description = "The log of the service: `log_group_name` of the module ecs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_/.#-]{1,512}$", var.log_group_name))
    error_message = "log_group_name is a name and not an ARN, without wildcards."
  }
}

variable "ecr_repository_arn" {
  description = "The repository of the images."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ecr:[a-z0-9-]+:[0-9]{12}:repository/[a-z0-9._/-]+$", var.ecr_repository_arn))
    error_message = "ecr_repository_arn is the ARN of one repository: arn:aws:ecr:REGION:ACCOUNT:repository/NAME."
  }
}

variable "secret_arns" {
  description = "Secrets that the tasks get, without the key within the secret."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.secret_arns) > 0 && alltrue([for arn in var.secret_arns : can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$", arn))])
    error_message = "secret_arns are ARNs of secrets, at least one: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX, without wildcards."
  }
}

variable "secret_kms_key_arn" {
  description = "The key of the secrets."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.secret_kms_key_arn))
    error_message = "secret_kms_key_arn is the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "state_kms_key_arn" {
  description = "The key of the state."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.state_kms_key_arn))
    error_message = "state_kms_key_arn is the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "state_bucket_arn" {
  description = "The bucket of Terraform's state."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket_arn))
    error_message = "state_bucket_arn is the ARN of a bucket: arn:aws:s3:::NAME."
  }
}

variable "state_key" {
  description = "The state of this environment in the bucket: `key` of the backend."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]+$", var.state_key)) && !startswith(var.state_key, "/")
    error_message = "state_key is the key of one object, without wildcards."
  }
}

variable "eks_cluster_name" {
  description = "The EKS cluster, where there is one: its pods get roles, and the role that deploys learns its address. By name, since the cluster itself names that role."
  type        = string
  default     = null

  validation {
    condition     = var.eks_cluster_name == null || can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", var.eks_cluster_name))
    error_message = "eks_cluster_name is a name and not an ARN, without wildcards."
  }
}

variable "evidence_bucket" {
  description = "The bucket with what gates compare with: reference data, baselines, results. Null: no role reads it."
  type        = string
  default     = null

  validation {
    condition     = var.evidence_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.evidence_bucket))
    error_message = "evidence_bucket is the name of a bucket, and not its ARN."
  }
}

variable "data_bucket" {
  description = "The bucket of the data pipeline, with `raw/` and `curated/`. Null: there is no role for it."
  type        = string
  default     = null

  validation {
    condition     = var.data_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.data_bucket))
    error_message = "data_bucket is the name of a bucket, and not its ARN."
  }
}

variable "tags" {
  description = "Tags of all that is made."
  type        = map(string)
  default     = {}
  nullable    = false
}

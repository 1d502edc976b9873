variable "name" {
  description = "Begins the names of the alarms, the topic and the metrics."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,62}[a-z0-9]$", var.name))
    error_message = "name is 2 to 64 lower-case letters, digits and hyphens, begins with a letter and ends with no hyphen."
  }
}

variable "cluster_name" {
  description = "The ECS cluster: `cluster_name` of the module ecs. Container Insights is on in it."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.cluster_name) > 0 && !can(regex("[:/]", var.cluster_name))
    error_message = "cluster_name is a name and not an ARN: it is a dimension of the metrics."
  }
}

variable "service_name" {
  description = "The ECS service: `service_name` of the module ecs."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.service_name) > 0 && !can(regex("[:/]", var.service_name))
    error_message = "service_name is a name and not an ARN: it is a dimension of the metrics."
  }
}

variable "load_balancer_arn_suffix" {
  description = "The load balancer, of which this service is the only one: `load_balancer_arn_suffix` of the module ecs."
  type        = string
  nullable    = false

  validation {
    condition     = !startswith(var.load_balancer_arn_suffix, "arn:")
    error_message = "load_balancer_arn_suffix is the end of the ARN, app/NAME/ID: it is a dimension of the metrics."
  }
}

variable "target_group_arn_suffixes" {
  description = "Its target groups, those that are empty between deployments among them: `target_group_arn_suffixes` of the module ecs."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.target_group_arn_suffixes) >= 1 && length(var.target_group_arn_suffixes) <= 5
    error_message = "target_group_arn_suffixes are one to five target groups."
  }

  validation {
    condition     = alltrue([for suffix in var.target_group_arn_suffixes : !startswith(suffix, "arn:")])
    error_message = "target_group_arn_suffixes are ends of ARNs, targetgroup/NAME/ID: they are dimensions of the metrics."
  }
}

variable "log_group_name" {
  description = "The log of the service: `log_group_name` of the module ecs."
  type        = string
  nullable    = false
}

variable "subscribers" {
  description = "Who is told of alarms; `[]`: nobody, and only deployments look at them. An e-mail address has to confirm."
  type = list(object({
    protocol = string
    endpoint = string
  }))
  nullable = false

  validation {
    condition     = alltrue([for one in var.subscribers : contains(["email", "https", "lambda", "sqs"], one.protocol)])
    error_message = "protocol of subscribers is email, https, lambda or sqs."
  }

  validation {
    condition     = alltrue([for one in var.subscribers : one.protocol != "https" || startswith(one.endpoint, "https://")])
    error_message = "endpoint of subscribers with the protocol https begins with https://."
  }

  validation {
    condition     = alltrue([for one in var.subscribers : one.protocol != "email" || can(regex("^[^@ ]+@[^@ ]+$", one.endpoint))])
    error_message = "endpoint of subscribers with the protocol email is an address as team@example.com."
  }
}

variable "error_percent" {
  description = "Share of failed requests (5xx of service and load balancer) above which the alarm goes off."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.error_percent > 0 && var.error_percent < 100
    error_message = "error_percent is a percentage, above 0 and below 100."
  }
}

variable "latency_seconds" {
  description = "The 95th percentile of the response time above which the alarm goes off: the objective, as of the alert HighModelLatency."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.latency_seconds > 0 && var.latency_seconds <= 60
    error_message = "latency_seconds is in seconds, above 0 and up to 60."
  }
}

variable "minimum_requests" {
  description = "Requests a minute below which errors and response times are not judged: one of three that fails is no share, and a handful has no 95th percentile."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.minimum_requests >= 1 && floor(var.minimum_requests) == var.minimum_requests
    error_message = "minimum_requests is a whole number, at least 1."
  }
}

variable "start_seconds" {
  description = "How long a task may take to become ready: `start_seconds` of the module ecs. Tasks that are unhealthy, or too few, for no longer are no alarm."
  type        = number
  default     = 240
  nullable    = false

  validation {
    condition     = var.start_seconds >= 30 && var.start_seconds <= 3600
    error_message = "start_seconds is 30 to 3600."
  }
}

variable "tags" {
  description = "Tags of everything that takes some, beside the provider's default tags."
  type        = map(string)
  default     = {}
  nullable    = false
}

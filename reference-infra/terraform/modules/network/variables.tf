variable "name" {
  description = "Name of the VPC, and the beginning of all that belongs to it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name))
    error_message = "name is 2 to 32 lower-case letters, digits and hyphens, begins with a letter, and ends with no hyphen."
  }
}

variable "cidr" {
  description = "Addresses of the VPC. Each subnet gets a sixteenth: of a /16 a /20, some 4,000 addresses. No other network that it is ever to be joined with may have any of them."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.cidr)) && can(cidrhost(var.cidr, 0))
    error_message = "cidr is a private network (RFC 1918): within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, as 10.20.0.0/16."
  }

  validation {
    # A sixteenth of a /24 is a /28, the smallest subnet that AWS makes; EKS wants more than that.
    condition     = try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 22, false)
    error_message = "cidr is a /16 (the largest that AWS makes) to a /22 (subnets of 64 addresses)."
  }

  validation {
    condition     = try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], false)
    error_message = "cidr begins with the first address of the network: 10.20.0.0/16, and not 10.20.3.0/16."
  }
}

variable "zones" {
  description = "Three availability zones, as eu-west-1a, in which there is a subnet of each kind. Their order gives the addresses: a later change of it makes the subnets anew."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.zones) == 3 && length(distinct(var.zones)) == 3
    error_message = "zones are three different availability zones: with fewer, the loss of one takes more than the others can carry."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$", zone))]) && length(distinct([for zone in var.zones : try(regex("^(.*)[a-z]$", zone)[0], zone)])) == 1
    error_message = "zones are names of zones of one region, as eu-west-1a; ids (euw1-az1) and local zones are not taken."
  }
}

variable "nat_per_zone" {
  description = "true: a NAT gateway in each zone; false: one for all, which costs a third, and takes the way out with its zone."
  type        = bool
  nullable    = false
}

variable "interface_endpoints" {
  description = "Services of AWS that are reached within the VPC, by the last part of their name, beside S3."
  type        = set(string)
  default     = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sts"]
  nullable    = false

  validation {
    condition     = length(setsubtract(["ecr.api", "ecr.dkr", "logs", "secretsmanager"], var.interface_endpoints)) == 0
    error_message = "interface_endpoints have ecr.api, ecr.dkr, logs and secretsmanager: a task needs all four to start."
  }

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z0-9][a-z0-9.-]+$", service)) && !contains(["s3", "dynamodb"], service)])
    error_message = "interface_endpoints are the last parts of names of services, as ecr.api of com.amazonaws.eu-west-1.ecr.api; s3 is there already, by its gateway."
  }
}

variable "endpoint_security_group_ids" {
  description = "Security groups of the interface endpoints. They admit on 443 who calls AWS."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.endpoint_security_group_ids) > 0
    error_message = "endpoint_security_group_ids names at least one group: without it the default group is taken, which admits nobody."
  }
}

variable "flow_log_retention_days" {
  description = "How long is kept who talked with whom."
  type        = number
  default     = 90
  nullable    = false

  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_retention_days)
    error_message = "flow_log_retention_days is a number that CloudWatch takes: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of the role that writes the flow log; null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of a policy: arn:aws:iam::ACCOUNT:policy/NAME."
  }
}

variable "tags" {
  description = "Tags of everything that takes some, beside the provider's default tags."
  type        = map(string)
  default     = {}
  nullable    = false
}

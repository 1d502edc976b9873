variable "name" {
  description = "Name of the cluster, and the beginning of all that belongs to it."
  type        = string
  nullable    = false

  validation {
    # Names of roles have at most 64 characters.
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.name))
    error_message = "name is 2 to 40 lower-case letters, digits and hyphens, begins with a letter and ends with no hyphen."
  }
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes. One at a time: EKS raises it by one."
  type        = string
  default     = "1.33"
  nullable    = false

  validation {
    condition     = can(regex("^1\\.(3[1-9]|[4-9][0-9])$", var.kubernetes_version))
    error_message = "kubernetes_version is 1.31 or later, without a patch version: \"1.33\"."
  }
}

# --- network

variable "subnet_ids" {
  description = "Private subnets of the nodes and of the control plane's addresses, one in each of three zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 3
    error_message = "subnet_ids are at least three subnets, in zones of their own: ml-api and what it needs are spread over three."
  }
}

variable "control_plane_security_group_ids" {
  description = "Further security groups of the control plane's addresses, beside the one that EKS makes. They admit the nodes on 443."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.control_plane_security_group_ids : startswith(id, "sg-")])
    error_message = "control_plane_security_group_ids are ids of security groups: sg-…"
  }
}

variable "node_security_group_ids" {
  description = "Security groups of the nodes, for peers to name; none: the one that EKS makes, which admits control plane and nodes. They admit each other on all ports, and the control plane's groups on 443, 4443, 9443 and 10250."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.node_security_group_ids : startswith(id, "sg-")])
    error_message = "node_security_group_ids are ids of security groups: sg-…"
  }

  validation {
    condition     = length(var.node_security_group_ids) == 0 || length(var.control_plane_security_group_ids) > 0
    error_message = "node_security_group_ids need control_plane_security_group_ids: nodes with groups of their own are not in the one that EKS makes, and would not reach the control plane."
  }
}

variable "public_access_cidrs" {
  description = "Networks from which the API server is reached over the internet; none: from the VPC alone."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.public_access_cidrs : can(cidrnetmask(cidr))])
    error_message = "public_access_cidrs are networks of IPv4 as 203.0.113.0/24."
  }

  validation {
    # Two halves of the internet are the internet, too.
    condition     = alltrue([for cidr in var.public_access_cidrs : try(tonumber(split("/", cidr)[1]), 0) >= 16])
    error_message = "public_access_cidrs are networks of a /16 at most, never 0.0.0.0/0: those of offices and runners."
  }
}

# --- nodes

variable "node_groups" {
  description = "Managed groups of nodes, by name. `desired` is where a group begins; an autoscaler goes on from there."
  type = map(object({
    instance_types = list(string)
    min            = number
    max            = number
    desired        = number
    capacity_type  = optional(string, "ON_DEMAND")
    ami_type       = optional(string, "AL2023_x86_64_STANDARD")
    disk_gib       = optional(number, 50)
    labels         = optional(map(string), {})
    taints = optional(list(object({
      key    = string
      value  = optional(string)
      effect = string
    })), [])
  }))
  nullable = false

  validation {
    condition     = length(var.node_groups) > 0 && alltrue([for name in keys(var.node_groups) : can(regex("^[a-z][a-z0-9-]{0,19}$", name))])
    error_message = "node_groups has at least one group; names are up to 20 lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for group in var.node_groups : length(group.instance_types) > 0])
    error_message = "instance_types of node_groups name at least one type."
  }

  validation {
    condition     = alltrue([for group in var.node_groups : group.min >= 0 && group.max >= 1 && group.min <= group.desired && group.desired <= group.max])
    error_message = "node_groups need min <= desired <= max, with a max of at least 1."
  }

  validation {
    condition     = sum(concat([0], [for group in values(var.node_groups) : group.min if length(group.taints) == 0])) >= 3
    error_message = "node_groups without taints have at least three nodes together (min): one in each zone."
  }

  validation {
    condition     = alltrue([for group in var.node_groups : contains(["ON_DEMAND", "SPOT"], group.capacity_type)])
    error_message = "capacity_type of node_groups is ON_DEMAND or SPOT."
  }

  validation {
    # The images of the platform are built for amd64.
    condition     = alltrue([for group in var.node_groups : contains(["AL2023_x86_64_STANDARD", "AL2023_x86_64_NVIDIA", "BOTTLEROCKET_x86_64", "BOTTLEROCKET_x86_64_NVIDIA"], group.ami_type)])
    error_message = "ami_type of node_groups is AL2023_x86_64_STANDARD, AL2023_x86_64_NVIDIA, BOTTLEROCKET_x86_64 or BOTTLEROCKET_x86_64_NVIDIA: the platform's images are built for amd64."
  }

  validation {
    condition     = alltrue([for group in var.node_groups : group.disk_gib >= 20 && group.disk_gib <= 16384])
    error_message = "disk_gib of node_groups is 20 to 16384."
  }

  validation {
    condition     = alltrue([for taint in flatten([for group in values(var.node_groups) : group.taints]) : contains(["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"], taint.effect)])
    error_message = "effect of taints is NO_SCHEDULE, NO_EXECUTE or PREFER_NO_SCHEDULE."
  }
}

variable "addon_versions" {
  description = "Versions of add-ons, by name; without one EKS takes its default for this version of Kubernetes when the add-on is made."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.addon_versions) : contains(concat(keys(local.before_nodes), keys(local.after_nodes)), name)])
    error_message = "addon_versions are of aws-ebs-csi-driver, coredns, eks-pod-identity-agent, kube-proxy, metrics-server and vpc-cni."
  }
}

# --- who may do what

variable "admin_role_arns" {
  description = "Roles that administer the cluster. Whoever makes the cluster gets no right by that."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.admin_role_arns) > 0
    error_message = "admin_role_arns names at least one role: nobody else may do anything in the cluster."
  }

  validation {
    condition     = alltrue([for arn in var.admin_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn)) && !strcontains(arn, ":assumed-role/")])
    error_message = "admin_role_arns are ARNs of roles: arn:aws:iam::ACCOUNT:role/NAME."
  }
}

variable "deploy_role_arn" {
  description = "Role of the pipeline; null: none deploys. In the cluster it has what its group has, in one namespace."
  type        = string
  default     = null

  validation {
    condition     = var.deploy_role_arn == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.deploy_role_arn))
    error_message = "deploy_role_arn is the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME."
  }

  validation {
    condition     = var.deploy_role_arn == null || !contains(var.admin_role_arns, coalesce(var.deploy_role_arn, "none"))
    error_message = "deploy_role_arn is one of admin_role_arns: a pipeline that may do everything is not limited to its namespace."
  }
}

variable "deploy_group" {
  description = "Group of Kubernetes to which that role belongs: security/kubernetes/deployer.yaml gives it its rights, in the namespace that it is applied to."
  type        = string
  default     = "ml-platform:deployers"
  nullable    = false

  validation {
    # EKS refuses groups of these prefixes: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
    condition     = length(var.deploy_group) > 0 && !can(regex("^(system|eks|aws|amazon|iam):", var.deploy_group))
    error_message = "deploy_group is a name that does not begin with system:, eks:, aws:, amazon: or iam:."
  }
}

variable "pod_identities" {
  description = "Service accounts of Kubernetes whose pods have a role of AWS. A name that no account has is no error: its pods have no role."
  type = map(object({
    namespace       = string
    service_account = string
    role_arn        = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for one in var.pod_identities : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", one.namespace)) && can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", one.service_account))])
    error_message = "pod_identities have a namespace and a service_account by their names: lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for one in var.pod_identities : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", one.role_arn))])
    error_message = "role_arn of pod_identities is the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME."
  }

  validation {
    condition     = length(distinct([for one in var.pod_identities : "${one.namespace}/${one.service_account}"])) == length(var.pod_identities)
    error_message = "pod_identities names a service account twice: it can have one role."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of the roles that the module makes; null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of a policy: arn:aws:iam::ACCOUNT:policy/NAME."
  }
}

# --- the rest

variable "log_retention_days" {
  description = "How long the logs of the control plane are kept, the audit log among them."
  type        = number
  default     = 365
  nullable    = false

  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653: CloudWatch takes no other."
  }
}

variable "deletion_protection" {
  description = "Whether the cluster refuses to be deleted."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that takes some, beside the provider's default tags."
  type        = map(string)
  default     = {}
  nullable    = false
}

# --- names and network

variable "name" {
  description = "Name of the cluster, the service, its container and all that belongs to them."
  type        = string
  nullable    = false

  validation {
    # Target groups have at most 32 characters, of which six are `-green`.
    condition     = can(regex("^[a-z][a-z0-9-]{0,24}[a-z0-9]$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name is 2 to 26 lower-case letters, digits and hyphens, begins with a letter, ends with no hyphen, and does not begin with `internal-`, which load balancers may not."
  }
}

variable "vpc_id" {
  description = "The VPC of the target groups."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "vpc_id is the id of a VPC: vpc-…"
  }
}

variable "service_subnet_ids" {
  description = "Private subnets in which the tasks run, each in another zone."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.service_subnet_ids)) >= 2
    error_message = "service_subnet_ids are at least two subnets, in zones of their own: with one, the loss of its zone is the loss of the service."
  }
}

variable "service_security_group_ids" {
  description = "Security groups of the tasks. They admit the load balancer's group on port 8000."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.service_security_group_ids) > 0
    error_message = "service_security_group_ids names at least one group: without it the default group of the VPC is taken."
  }
}

# --- the load balancer

variable "load_balancer_internal" {
  description = "true: reached from the VPC alone; false: from the internet."
  type        = bool
  default     = true
  nullable    = false
}

variable "load_balancer_subnet_ids" {
  description = "Subnets of the load balancer, each in another zone: public ones where it is not internal."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.load_balancer_subnet_ids)) >= 2
    error_message = "load_balancer_subnet_ids are at least two subnets, in zones of their own: a load balancer takes no less."
  }
}

variable "load_balancer_security_group_ids" {
  description = "Security groups of the load balancer. They admit its callers on 443 and, for the redirect, on 80."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.load_balancer_security_group_ids) > 0
    error_message = "load_balancer_security_group_ids names at least one group: without it the default group of the VPC is taken."
  }
}

variable "certificate_arn" {
  description = "Certificate of ACM for the HTTPS listener, of the same region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/", var.certificate_arn))
    error_message = "certificate_arn is the ARN of a certificate: arn:aws:acm:REGION:ACCOUNT:certificate/ID."
  }
}

variable "tls_policy" {
  description = "Security policy of the HTTPS listeners: TLS 1.3, or 1.2 with forward secrecy."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
  nullable    = false

  validation {
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    condition = contains([
      "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
      "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
      "ELBSecurityPolicy-TLS13-1-3-2021-06",
    ], var.tls_policy)
    error_message = "tls_policy is ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, ELBSecurityPolicy-TLS13-1-2-Res-2021-06, ELBSecurityPolicy-TLS13-1-3-PQ-2025-09 or ELBSecurityPolicy-TLS13-1-3-2021-06; others speak older TLS or ciphers without forward secrecy."
  }
}

variable "idle_timeout_seconds" {
  description = "After which the load balancer closes a connection on which nothing happens."
  type        = number
  default     = 60
  nullable    = false

  validation {
    # Should the service close first, the load balancer sends into a closing connection, and its caller gets a 502.
    condition     = var.idle_timeout_seconds > 10 && var.idle_timeout_seconds < 72
    error_message = "idle_timeout_seconds is 11 to 71: more than a request may wait (REQUEST_DEADLINE, 10 s), less than the service keeps a connection (72 s)."
  }
}

variable "test_listener_port" {
  description = "Port of a second HTTPS listener, which leads to the new revision before production traffic does; null: none. The load balancer's group admits on it only who tests."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.test_listener_port, 8443) >= 1024 && coalesce(var.test_listener_port, 8443) <= 65535
    error_message = "test_listener_port is 1024 to 65535, or null: 80 and 443 are taken."
  }

  validation {
    condition     = var.test_listener_port == null || var.deployment_strategy != "ROLLING"
    error_message = "test_listener_port is for BLUE_GREEN, LINEAR and CANARY: a rolling deployment has no revision that waits to be tested."
  }
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to be deleted, and its bucket of logs while it holds any."
  type        = bool
  default     = true
  nullable    = false
}

variable "access_log_retention_days" {
  description = "How long the load balancer's access logs are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.access_log_retention_days >= 1 && floor(var.access_log_retention_days) == var.access_log_retention_days
    error_message = "access_log_retention_days is a whole number of days, at least 1."
  }
}

# --- the task

variable "image" {
  description = "The first image, by its digest. Later ones are brought by deployments, and not by Terraform."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^@ ]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image is named by its digest, REPOSITORY@sha256:…: what a tag names can change after it was tested."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one processor."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = contains(keys(local.fargate_memory), tostring(var.cpu))
    error_message = "cpu is 256, 512, 1024, 2048, 4096, 8192 or 16384: Fargate has no other sizes."
  }
}

variable "memory" {
  description = "Memory of a task, in MiB."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = contains(lookup(local.fargate_memory, tostring(var.cpu), [var.memory]), var.memory)
    error_message = "memory is a size, in MiB, that Fargate has for this cpu: 256: 512, 1024, 2048; 512: 1024 to 4096; 1024: 2048 to 8192; 2048: 4096 to 16384; 4096: 8192 to 30720, each by 1024; 8192: 16384 to 61440 by 4096; 16384: 32768 to 122880 by 8192."
  }
}

variable "temporary_storage_mib" {
  description = "Size of /tmp, the only folder that can be written to: models of a registry, and the prediction log where there is no database. It is memory of the task."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.temporary_storage_mib >= 128 && var.temporary_storage_mib <= var.memory / 2
    error_message = "temporary_storage_mib is 128 to half of memory: it is taken from it."
  }
}

variable "environment" {
  description = "Further variables of the service (ml-api/README.md), as MODEL_URI and MLFLOW_TRACKING_URI."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setintersection(keys(var.environment), ["DATABASE_URL", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN", "OTEL_EXPORTER_OTLP_HEADERS"])) == 0
    error_message = "environment holds no passwords, which everybody could read in the task definition: DATABASE_URL, MLFLOW_TRACKING_PASSWORD, MLFLOW_TRACKING_TOKEN and OTEL_EXPORTER_OTLP_HEADERS go into secrets."
  }

  validation {
    condition     = length(setintersection(keys(var.environment), keys(local.own_environment))) == 0
    error_message = "environment names what the module sets by itself: PORT, HOST, DRAIN_DELAY, DRAIN_TIMEOUT, LOG_LEVEL, MODEL_CACHE_PATH, PREDICTION_LOG_PATH, OTEL_SERVICE_NAME or OTEL_EXPORTER_OTLP_ENDPOINT; use its variables."
  }
}

variable "secrets" {
  description = "Variables whose values are in Secrets Manager, by ARN: the whole secret, or `ARN:KEY::` for a key of one that is JSON."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.secrets) : can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?$", arn))])
    error_message = "secrets are ARNs of Secrets Manager, arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, with `:KEY::` behind for a key of one that is JSON."
  }

  validation {
    condition     = length(setintersection(keys(var.secrets), concat(keys(var.environment), keys(local.own_environment)))) == 0
    error_message = "secrets names a variable that is set in environment, too, or by the module: ECS refuses both under one name."
  }
}

variable "otlp_endpoint" {
  description = "Where traces are sent, OTLP over HTTP; null: none are made."
  type        = string
  default     = null

  validation {
    condition     = var.otlp_endpoint == null || can(regex("^https?://[^/ ]+", var.otlp_endpoint))
    error_message = "otlp_endpoint is an address as http://collector:4318, or null."
  }
}

variable "log_level" {
  description = "What the service logs; `info` has a line for each request."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = contains(["trace", "debug", "info", "warn", "error", "fatal"], var.log_level)
    error_message = "log_level is trace, debug, info, warn, error or fatal."
  }
}

variable "log_retention_days" {
  description = "How long the log is kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653: CloudWatch takes no other."
  }
}

variable "execution_role_arn" {
  description = "Role by which ECS fetches the image and the secrets, and writes the log."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.execution_role_arn))
    error_message = "execution_role_arn is the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME."
  }
}

variable "task_role_arn" {
  description = "Role of the service itself; another one than the execution role, which may read the secrets."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.task_role_arn))
    error_message = "task_role_arn is the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME."
  }

  validation {
    condition     = var.task_role_arn != var.execution_role_arn
    error_message = "task_role_arn is another role than execution_role_arn: else the service could read all that ECS may for it."
  }
}

variable "start_seconds" {
  description = "How long a task may take to become ready, as with a large model of a registry; before that ECS does not replace it."
  type        = number
  default     = 240
  nullable    = false

  validation {
    condition     = var.start_seconds >= 30 && var.start_seconds <= 3600
    error_message = "start_seconds is 30 to 3600."
  }
}

variable "drain_delay_seconds" {
  description = "DRAIN_DELAY: how long a task still accepts requests after it was told to end."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.drain_delay_seconds >= 0 && var.drain_delay_seconds <= 60
    error_message = "drain_delay_seconds is 0 to 60."
  }
}

variable "drain_timeout_seconds" {
  description = "DRAIN_TIMEOUT: how long open requests may then take."
  type        = number
  default     = 20
  nullable    = false

  validation {
    # The prediction log has five seconds more; five are to spare. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    condition     = var.drain_timeout_seconds >= 1 && var.drain_delay_seconds + var.drain_timeout_seconds <= 110
    error_message = "drain_timeout_seconds is at least 1, and at most 110 with drain_delay_seconds: Fargate waits 120 s before it kills, and the prediction log takes its last 5."
  }
}

# --- how many

variable "min_tasks" {
  description = "The least number of tasks."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.min_tasks >= 1 && floor(var.min_tasks) == var.min_tasks
    error_message = "min_tasks is a whole number, at least 1."
  }
}

variable "max_tasks" {
  description = "The largest number of tasks."
  type        = number
  default     = 6
  nullable    = false

  validation {
    condition     = var.max_tasks >= var.min_tasks && floor(var.max_tasks) == var.max_tasks
    error_message = "max_tasks is a whole number, and no less than min_tasks."
  }
}

variable "cpu_target_percent" {
  description = "Mean use of the CPU that autoscaling keeps to."
  type        = number
  default     = 65
  nullable    = false

  validation {
    condition     = var.cpu_target_percent >= 10 && var.cpu_target_percent <= 90
    error_message = "cpu_target_percent is 10 to 90: above it there is nothing left for the time that a new task takes to start."
  }
}

variable "memory_target_percent" {
  description = "Mean use of the memory that autoscaling keeps to."
  type        = number
  default     = 80
  nullable    = false

  validation {
    condition     = var.memory_target_percent >= 10 && var.memory_target_percent <= 95
    error_message = "memory_target_percent is 10 to 95."
  }
}

variable "requests_per_task" {
  description = "Requests a minute that autoscaling gives to a task; measure it by action-perf-gate (`mode: capacity`), and take some 60% of it."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = var.requests_per_task >= 1
    error_message = "requests_per_task is requests a minute, at least 1."
  }
}

variable "scale_out_cooldown_seconds" {
  description = "How long autoscaling waits after it has added tasks before it adds more."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.scale_out_cooldown_seconds >= 0 && var.scale_out_cooldown_seconds <= 3600
    error_message = "scale_out_cooldown_seconds is 0 to 3600."
  }
}

variable "scale_in_cooldown_seconds" {
  description = "How long autoscaling waits after it has taken tasks away before it takes more: a short pause in the traffic takes none."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.scale_in_cooldown_seconds >= 0 && var.scale_in_cooldown_seconds <= 3600
    error_message = "scale_in_cooldown_seconds is 0 to 3600."
  }
}

# --- deployments

variable "deployment_strategy" {
  description = "How the service changes over to a new revision: ROLLING, BLUE_GREEN, LINEAR or CANARY. Leave the input `strategy` of action-deploy empty, so that it takes this one."
  type        = string
  default     = "ROLLING"
  nullable    = false

  validation {
    condition     = contains(["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"], var.deployment_strategy)
    error_message = "deployment_strategy is ROLLING, BLUE_GREEN, LINEAR or CANARY."
  }
}

variable "infrastructure_role_arn" {
  description = "Role by which ECS shifts the load balancer's traffic; not used by ROLLING."
  type        = string
  default     = null

  validation {
    condition     = var.infrastructure_role_arn == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.infrastructure_role_arn))
    error_message = "infrastructure_role_arn is the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME."
  }

  validation {
    condition     = var.infrastructure_role_arn != null || var.deployment_strategy == "ROLLING"
    error_message = "infrastructure_role_arn is needed by BLUE_GREEN, LINEAR and CANARY: ECS shifts the traffic by it."
  }
}

variable "deployment_alarm_names" {
  description = "CloudWatch alarms that fail a deployment and roll it back: `deployment_alarm_names` of the module monitoring."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.deployment_alarm_names) >= 1 && length(var.deployment_alarm_names) <= 10
    error_message = "deployment_alarm_names are one to ten names: without an alarm a revision that answers every request by an error is a success, and ECS takes no more than ten."
  }
}

variable "bake_minutes" {
  description = "How long the former revision stays after the last shift of the traffic; not used by ROLLING, where ECS computes it from the alarms."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.bake_minutes >= 0 && var.bake_minutes <= 1440 && floor(var.bake_minutes) == var.bake_minutes
    error_message = "bake_minutes is a whole number, 0 to 1440."
  }
}

variable "step_bake_minutes" {
  description = "How long each share of the traffic is watched; for LINEAR and CANARY."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.step_bake_minutes >= 0 && var.step_bake_minutes <= 1440 && floor(var.step_bake_minutes) == var.step_bake_minutes
    error_message = "step_bake_minutes is a whole number, 0 to 1440."
  }
}

variable "canary_percent" {
  description = "Share of the traffic that a CANARY gets first."
  type        = number
  default     = 10
  nullable    = false

  validation {
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html
    condition     = var.canary_percent >= 0.1 && var.canary_percent <= 100 && abs(var.canary_percent * 10 - floor(var.canary_percent * 10 + 0.5)) < 0.000001
    error_message = "canary_percent is 0.1 to 100, in tenths."
  }
}

variable "linear_percent" {
  description = "Share of the traffic by which each step of LINEAR goes on."
  type        = number
  default     = 25
  nullable    = false

  validation {
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html
    condition     = var.linear_percent >= 3 && var.linear_percent <= 100 && abs(var.linear_percent * 10 - floor(var.linear_percent * 10 + 0.5)) < 0.000001
    error_message = "linear_percent is 3 to 100, in tenths."
  }
}

variable "lifecycle_hooks" {
  description = "Lambda functions that ECS asks at stages of a deployment, and that can stop it; `role_arn` may invoke the function."
  type = list(object({
    function_arn = string
    role_arn     = string
    stages       = list(string)
  }))
  default  = []
  nullable = false

  validation {
    condition     = length(var.lifecycle_hooks) == 0 || var.deployment_strategy != "ROLLING"
    error_message = "lifecycle_hooks are for BLUE_GREEN, LINEAR and CANARY: a rolling deployment does not pass these stages."
  }

  validation {
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHook.html
    condition = alltrue([
      for stage in flatten([for hook in var.lifecycle_hooks : length(hook.stages) == 0 ? ["none"] : hook.stages]) : contains([
        "RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT",
        "POST_TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT",
      ], stage)
    ])
    error_message = "stages of lifecycle_hooks are, one at least, RECONCILE_SERVICE, PRE_SCALE_UP, POST_SCALE_UP, TEST_TRAFFIC_SHIFT, POST_TEST_TRAFFIC_SHIFT, PRODUCTION_TRAFFIC_SHIFT or POST_PRODUCTION_TRAFFIC_SHIFT."
  }

  validation {
    condition = alltrue([
      for hook in var.lifecycle_hooks :
      can(regex("^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:", hook.function_arn)) && can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", hook.role_arn))
    ])
    error_message = "lifecycle_hooks name a function, arn:aws:lambda:REGION:ACCOUNT:function:NAME, and a role, arn:aws:iam::ACCOUNT:role/NAME."
  }
}

variable "wait_for_steady_state" {
  description = "Whether `terraform apply` waits until the service runs, so that one that cannot start fails it."
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

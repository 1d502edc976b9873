locals {
  port = 8000

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
  fargate_memory = {
    "256"   = [512, 1024, 2048]
    "512"   = range(1024, 4096 + 1, 1024)
    "1024"  = range(2048, 8192 + 1, 1024)
    "2048"  = range(4096, 16384 + 1, 1024)
    "4096"  = range(8192, 30720 + 1, 1024)
    "8192"  = range(16384, 61440 + 1, 4096)
    "16384" = range(32768, 122880 + 1, 8192)
  }

  # What the module answers for; ml-api/README.md says what each means.
  own_environment = merge(
    {
      PORT                = tostring(local.port)
      HOST                = "0.0.0.0"
      LOG_LEVEL           = var.log_level
      DRAIN_DELAY         = "${var.drain_delay_seconds}s"
      DRAIN_TIMEOUT       = "${var.drain_timeout_seconds}s"
      MODEL_CACHE_PATH    = "/tmp/ml-api-models"
      PREDICTION_LOG_PATH = "/tmp/ml-api-predictions"
      OTEL_SERVICE_NAME   = var.name
    },
    var.otlp_endpoint == null ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT = var.otlp_endpoint },
  )
}

# A revision of the family. The service takes it when it is made, and never again: deployments register their own, from the one
# that runs. What is changed here reaches the service by a deployment with `task-definition: NAME`, which takes the family's newest.
resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = var.execution_role_arn
  task_role_arn            = var.task_role_arn
  # Former revisions stay: a rollback needs them.
  skip_destroy = true
  tags         = var.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  container_definitions = jsonencode([{
    name      = var.name
    image     = var.image
    essential = true
    # By number, as the image has it.
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    portMappings           = [{ containerPort = local.port, protocol = "tcp" }]
    # In the order of their names, as Terraform keeps maps: else each plan would show a change.
    environment = [for name, value in merge(var.environment, local.own_environment) : { name = name, value = value }]
    secrets     = [for name, arn in var.secrets : { name = name, valueFrom = arn }]
    # The delay, the timeout, 5 s for the last writes of the prediction log, and 5 to spare; then it is killed.
    stopTimeout = var.drain_delay_seconds + var.drain_timeout_seconds + 10
    linuxParameters = {
      capabilities = { drop = ["ALL"] }
      # A volume of Fargate would belong to root, and the service could not write to it.
      # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
      tmpfs = [{ containerPath = "/tmp", size = var.temporary_storage_mib, mountOptions = ["nodev", "nosuid", "noexec"] }]
    }
    # Whether it lives; whether it is ready the load balancer asks. The image has no curl: Node asks by itself.
    healthCheck = {
      command = [
        "CMD", "node", "-e",
        "fetch('http://127.0.0.1:${local.port}/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))",
      ]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }
    # action-deploy finds the last lines of what died by group, prefix and region.
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = data.aws_region.current.region
        awslogs-stream-prefix = "task"
        # A log that cannot be written away must not stop the service; what does not fit is lost.
        mode            = "non-blocking"
        max-buffer-size = "25m"
      }
    }
  }])
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: it tells of requests, and how long these are kept is for who answers for them to say.
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.logs.arn
  tags              = var.tags
}

resource "aws_kms_key" "logs" {
  description             = "The log of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.${data.aws_region.current.region}.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        Resource  = "*"
        Condition = {
          ArnEquals = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/ecs/${var.name}"
          }
        }
      },
    ]
  })
}

resource "aws_kms_alias" "logs" {
  name          = "alias/${var.name}-logs"
  target_key_id = aws_kms_key.logs.key_id
}

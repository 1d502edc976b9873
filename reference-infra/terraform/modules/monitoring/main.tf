# Alarms by which ECS rolls a deployment back, and people are told. What each takes for missing data is chosen, since an alarm
# that cannot know anything must neither stop a rollout nor be silent.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # CloudWatch learns of a minute a little later. A minute that is filled up in the meantime counts as good, and an alarm that
  # needed all of them would never go off; so each may lack one.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
  late_minutes = 1

  # A task that starts is unhealthy, or missing, for so long.
  start_minutes = ceil(var.start_seconds / 60) + 1

  load_balancer = { LoadBalancer = var.load_balancer_arn_suffix }
  service       = { ClusterName = var.cluster_name, ServiceName = var.service_name }

  # An id begins with a lower-case letter, and has letters, digits and underscores.
  target_groups = { for index, suffix in var.target_group_arn_suffixes : "group_${index}" => suffix }
}

# Of the whole load balancer, not of a target group: while traffic is shifted both have some.
# A task that crashes answers nothing, so that the load balancer answers by 502, 503 or 504: these count, too. A request for which
# there was no task (503) is not among RequestCount.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-errors"
  alarm_description   = "More than ${var.error_percent}% of the requests failed (5xx), of at least ${var.minimum_requests} a minute."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.error_percent
  evaluation_periods  = 2 + local.late_minutes
  datapoints_to_alarm = 2
  # The load balancer tells only what happened: no data means no requests, or none that failed.
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.alarms.arn]
  ok_actions         = [aws_sns_topic.alarms.arn]
  tags               = var.tags

  dynamic "metric_query" {
    for_each = {
      by_service  = "HTTPCode_Target_5XX_Count"
      by_balancer = "HTTPCode_ELB_5XX_Count"
      taken       = "RequestCount"
      not_taken   = "HTTPCode_ELB_503_Count"
    }
    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = local.load_balancer
        period      = 60
        stat        = "Sum"
      }
    }
  }

  metric_query {
    id          = "failed"
    expression  = "FILL(by_service, 0) + FILL(by_balancer, 0)"
    return_data = false
  }

  metric_query {
    id          = "requests"
    expression  = "FILL(taken, 0) + FILL(not_taken, 0)"
    return_data = false
  }

  metric_query {
    id          = "share"
    label       = "failed requests, percent"
    expression  = "IF(requests >= ${var.minimum_requests}, 100 * failed / IF(requests > 0, requests, 1), 0)"
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "${var.name}-latency"
  alarm_description   = "One request in twenty takes longer than ${var.latency_seconds} s, of at least ${var.minimum_requests} a minute."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.latency_seconds
  evaluation_periods  = 4 + local.late_minutes
  datapoints_to_alarm = 4
  # No data means no requests.
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.alarms.arn]
  ok_actions         = [aws_sns_topic.alarms.arn]
  tags               = var.tags

  metric_query {
    id          = "taken"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "RequestCount"
      dimensions  = local.load_balancer
      period      = 60
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "slow"
    return_data = false

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "TargetResponseTime"
      dimensions  = local.load_balancer
      period      = 60
      stat        = "p95"
    }
  }

  metric_query {
    id          = "p95"
    label       = "response time, 95th percentile, seconds"
    expression  = "IF(FILL(taken, 0) >= ${var.minimum_requests}, FILL(slow, 0), 0)"
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  alarm_name          = "${var.name}-unhealthy"
  alarm_description   = "A task has not been ready for ${local.start_minutes} minutes, longer than one may take to start."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = local.start_minutes + local.late_minutes
  datapoints_to_alarm = local.start_minutes
  # A target group without targets has no data: one of the two always is, between deployments.
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.alarms.arn]
  ok_actions         = [aws_sns_topic.alarms.arn]
  tags               = var.tags

  dynamic "metric_query" {
    for_each = local.target_groups
    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = "UnHealthyHostCount"
        dimensions  = merge(local.load_balancer, { TargetGroup = metric_query.value })
        period      = 60
        stat        = "Maximum"
      }
    }
  }

  metric_query {
    id          = "unhealthy"
    label       = "tasks that are not ready"
    expression  = join(" + ", [for id in keys(local.target_groups) : "FILL(${id}, 0)"])
    return_data = true
  }
}

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
resource "aws_cloudwatch_metric_alarm" "tasks" {
  alarm_name          = "${var.name}-tasks"
  alarm_description   = "Fewer tasks run than are wanted, for ${local.start_minutes} minutes."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = local.start_minutes + local.late_minutes
  datapoints_to_alarm = local.start_minutes
  # Container Insights always tells; where it does not, nothing is known. `breaching` would go off before the first deployment, and
  # ECS looks at no alarm in a deployment that begins with one. So it is INSUFFICIENT_DATA, which people are told.
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
  treat_missing_data        = "missing"
  alarm_actions             = [aws_sns_topic.alarms.arn]
  ok_actions                = [aws_sns_topic.alarms.arn]
  insufficient_data_actions = [aws_sns_topic.alarms.arn]
  tags                      = var.tags

  dynamic "metric_query" {
    for_each = {
      wanted  = "DesiredTaskCount"
      running = "RunningTaskCount"
    }
    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "ECS/ContainerInsights"
        metric_name = metric_query.value
        dimensions  = local.service
        period      = 60
        stat        = "Average"
      }
    }
  }

  metric_query {
    id          = "lacking"
    label       = "tasks that are wanted and do not run"
    expression  = "wanted - running"
    return_data = true
  }
}

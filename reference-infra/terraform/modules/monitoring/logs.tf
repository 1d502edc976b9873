# What the log says and no metric of the platform does. For people: a deployment is not rolled back by it.

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "${var.name}-log-errors"
  log_group_name = var.log_group_name
  # Lines are JSON (ml-api/README.md).
  pattern = "{ ($.level = \"error\") || ($.level = \"fatal\") }"

  metric_transformation {
    namespace     = "MlPlatform/${var.name}"
    name          = "LogErrors"
    value         = "1"
    default_value = "0"
    unit          = "Count"
  }
}

# A new version of the registry's alias that cannot be loaded: the former one is served on, and requests do not show it.
resource "aws_cloudwatch_log_metric_filter" "refused_models" {
  name           = "${var.name}-refused-models"
  log_group_name = var.log_group_name
  pattern        = "{ $.message = \"the new model cannot be served*\" }"

  metric_transformation {
    namespace     = "MlPlatform/${var.name}"
    name          = "RefusedModels"
    value         = "1"
    default_value = "0"
    unit          = "Count"
  }
}

resource "aws_cloudwatch_metric_alarm" "log_errors" {
  alarm_name          = "${var.name}-log-errors"
  alarm_description   = "The service logs errors, in each of the last ten minutes: see the log group ${var.log_group_name}."
  namespace           = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].namespace
  metric_name         = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].name
  statistic           = "Sum"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 10
  datapoints_to_alarm = 10
  # Without any line there is no data.
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.alarms.arn]
  ok_actions         = [aws_sns_topic.alarms.arn]
  tags               = var.tags
}

resource "aws_cloudwatch_metric_alarm" "refused_models" {
  alarm_name          = "${var.name}-refused-models"
  alarm_description   = "A new model could not be loaded, and the former one is served on: see the log group ${var.log_group_name}."
  namespace           = aws_cloudwatch_log_metric_filter.refused_models.metric_transformation[0].namespace
  metric_name         = aws_cloudwatch_log_metric_filter.refused_models.metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  tags                = var.tags
}

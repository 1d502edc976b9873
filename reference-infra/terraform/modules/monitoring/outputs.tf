output "deployment_alarm_names" {
  description = "Alarms that fail a deployment: the input `deployment_alarm_names` of the module ecs. action-deploy says why one of them went off."
  value = [
    aws_cloudwatch_metric_alarm.errors.alarm_name,
    aws_cloudwatch_metric_alarm.latency.alarm_name,
    aws_cloudwatch_metric_alarm.tasks.alarm_name,
    aws_cloudwatch_metric_alarm.unhealthy.alarm_name,
  ]
}

output "alarm_arns" {
  description = "All alarms, those that are for people alone among them."
  value = [
    aws_cloudwatch_metric_alarm.errors.arn,
    aws_cloudwatch_metric_alarm.latency.arn,
    aws_cloudwatch_metric_alarm.log_errors.arn,
    aws_cloudwatch_metric_alarm.refused_models.arn,
    aws_cloudwatch_metric_alarm.tasks.arn,
    aws_cloudwatch_metric_alarm.unhealthy.arn,
  ]
}

output "topic_arn" {
  description = "The topic to which alarms go, for further subscribers."
  value       = aws_sns_topic.alarms.arn
}

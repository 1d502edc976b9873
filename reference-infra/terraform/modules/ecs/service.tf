locals {
  # Its traffic goes from one target group to the other, by ECS.
  shifts = var.deployment_strategy != "ROLLING"
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = aws_ecs_cluster.this.arn
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.min_tasks

  launch_type                   = "FARGATE"
  platform_version              = "LATEST"
  availability_zone_rebalancing = "ENABLED"
  enable_execute_command        = false
  enable_ecs_managed_tags       = true
  propagate_tags                = "SERVICE"
  wait_for_steady_state         = var.wait_for_steady_state
  tags                          = var.tags

  # A new task is ready before an old one goes.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = var.start_seconds

  deployment_controller {
    type = "ECS"
  }

  # Tasks that do not come up.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # Tasks that come up and answer badly.
  alarms {
    enable      = true
    rollback    = true
    alarm_names = var.deployment_alarm_names
  }

  deployment_configuration {
    strategy             = var.deployment_strategy
    bake_time_in_minutes = local.shifts ? var.bake_minutes : null

    dynamic "canary_configuration" {
      for_each = var.deployment_strategy == "CANARY" ? [1] : []
      content {
        canary_percent              = var.canary_percent
        canary_bake_time_in_minutes = var.step_bake_minutes
      }
    }

    dynamic "linear_configuration" {
      for_each = var.deployment_strategy == "LINEAR" ? [1] : []
      content {
        step_percent              = var.linear_percent
        step_bake_time_in_minutes = var.step_bake_minutes
      }
    }

    dynamic "lifecycle_hook" {
      for_each = var.lifecycle_hooks
      content {
        hook_target_arn  = lifecycle_hook.value.function_arn
        role_arn         = lifecycle_hook.value.role_arn
        lifecycle_stages = lifecycle_hook.value.stages
      }
    }
  }

  network_configuration {
    subnets          = var.service_subnet_ids
    security_groups  = var.service_security_group_ids
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this["blue"].arn
    container_name   = var.name
    container_port   = local.port

    dynamic "advanced_configuration" {
      for_each = local.shifts ? [1] : []
      content {
        alternate_target_group_arn = aws_lb_target_group.this["green"].arn
        production_listener_rule   = aws_lb_listener_rule.production.arn
        test_listener_rule         = one(aws_lb_listener_rule.test[*].arn)
        role_arn                   = var.infrastructure_role_arn
      }
    }
  }

  lifecycle {
    # Deployments say what runs, autoscaling how many.
    ignore_changes = [task_definition, desired_count]
  }

  # ECS takes only target groups that a listener leads to.
  depends_on = [aws_lb_listener_rule.production, aws_lb_listener_rule.test]
}

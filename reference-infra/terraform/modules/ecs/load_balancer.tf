resource "aws_lb" "this" {
  # checkov:skip=CKV2_AWS_28: whether a WAF stands before it is the team's choice; the address is an output for it.
  name               = var.name
  load_balancer_type = "application"
  internal           = var.load_balancer_internal
  subnets            = var.load_balancer_subnet_ids
  security_groups    = var.load_balancer_security_group_ids
  idle_timeout       = var.idle_timeout_seconds
  tags               = var.tags

  enable_deletion_protection = var.deletion_protection
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "defensive"

  access_logs {
    bucket  = aws_s3_bucket.access_logs.bucket
    enabled = true
  }

  # It writes a first object when it is made, and fails where it may not.
  depends_on = [aws_s3_bucket_policy.access_logs]
}

# Two of them, also while deployments roll: a change of the strategy then takes none away that traffic goes to.
resource "aws_lb_target_group" "this" {
  # checkov:skip=CKV_AWS_378: TLS ends at the load balancer; behind it only its security group reaches the tasks.
  for_each = toset(["blue", "green"])

  name        = "${var.name}-${each.key}"
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = local.port
  # ECS takes a task out, waits so long, and only then tells it to end: for what a request may take.
  deregistration_delay          = var.drain_delay_seconds + var.drain_timeout_seconds
  load_balancing_algorithm_type = "least_outstanding_requests"
  tags                          = var.tags

  health_check {
    enabled             = true
    protocol            = "HTTP"
    port                = "traffic-port"
    path                = "/ready"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

# Plain HTTP: it answers by the address to come back to, and hands nothing on.
resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80
  tags              = var.tags

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

# Traffic is shifted by the weights of a rule: ECS does not touch default actions, and what no rule takes gets a 404.
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = var.tls_policy
  certificate_arn   = var.certificate_arn
  tags              = var.tags

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "not found"
      status_code  = "404"
    }
  }
}

locals {
  # Predictions, and what the Open Inference Protocol says of models, as the Ingress of kubernetes/ has them. Not /metrics, /health
  # and /ready, which are for what watches the tasks. A condition has at most five values.
  paths = ["/predict", "/invocations", "/v2/models/*"]
}

resource "aws_lb_listener_rule" "production" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 100
  tags         = var.tags

  condition {
    path_pattern {
      values = local.paths
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.this["blue"].arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.this["green"].arn
        weight = 0
      }
    }
  }

  lifecycle {
    # ECS sets the weights with each deployment; put back, all traffic would go to a group without tasks.
    ignore_changes = [action]
  }
}

resource "aws_lb_listener" "test" {
  count = var.test_listener_port == null ? 0 : 1

  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = var.test_listener_port
  ssl_policy        = var.tls_policy
  certificate_arn   = var.certificate_arn
  tags              = var.tags

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "not found"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "test" {
  count = var.test_listener_port == null ? 0 : 1

  listener_arn = aws_lb_listener.test[0].arn
  priority     = 100
  tags         = var.tags

  condition {
    path_pattern {
      values = local.paths
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.this["blue"].arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.this["green"].arn
        weight = 0
      }
    }
  }

  lifecycle {
    ignore_changes = [action]
  }
}

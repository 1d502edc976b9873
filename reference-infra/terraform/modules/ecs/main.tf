# ml-api on ECS with Fargate, behind a load balancer. Terraform makes what stays; which image runs is for deployments to say.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

resource "aws_ecs_cluster" "this" {
  name = var.name
  tags = var.tags

  # `enhanced` has metrics of each task. RunningTaskCount and DesiredTaskCount, which the module monitoring watches, need it on.
  setting {
    name  = "containerInsights"
    value = "enhanced"
  }
}

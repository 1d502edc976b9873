resource "aws_launch_template" "nodes" {
  for_each = var.node_groups

  name_prefix            = "${var.name}-${each.key}-"
  update_default_version = true
  tags                   = var.tags

  # No image and no instance type: the node group has them. Without security groups EKS adds that of the cluster.
  vpc_security_group_ids = length(var.node_security_group_ids) > 0 ? var.node_security_group_ids : null

  metadata_options {
    http_endpoint = "enabled"
    # IMDSv2, and one hop: pods do not reach the node's credentials. They have pod identity.
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    # Bottlerocket keeps images and logs on its second disk.
    device_name = startswith(each.value.ami_type, "BOTTLEROCKET") ? "/dev/xvdb" : "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = each.value.disk_gib
      encrypted             = true
      delete_on_termination = true
    }
  }

  monitoring {
    enabled = true
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume"])
    content {
      resource_type = tag_specifications.key
      tags          = merge(var.tags, { Name = "${var.name}-${each.key}" })
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_eks_node_group" "this" {
  for_each = var.node_groups

  cluster_name    = aws_eks_cluster.this.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.nodes.arn
  # All of them: a group is one scaling group, which spreads its nodes over their zones.
  subnet_ids     = var.subnet_ids
  version        = var.kubernetes_version
  instance_types = each.value.instance_types
  capacity_type  = each.value.capacity_type
  ami_type       = each.value.ami_type
  labels         = each.value.labels
  tags           = var.tags

  scaling_config {
    min_size     = each.value.min
    max_size     = each.value.max
    desired_size = each.value.desired
  }

  update_config {
    # A third, as a zone is. Nodes are drained by their pods' disruption budgets.
    max_unavailable_percentage = 33
  }

  launch_template {
    id      = aws_launch_template.nodes[each.key].id
    version = aws_launch_template.nodes[each.key].latest_version
  }

  dynamic "taint" {
    for_each = each.value.taints
    content {
      key    = taint.value.key
      value  = taint.value.value
      effect = taint.value.effect
    }
  }

  lifecycle {
    # An autoscaler of nodes says how many.
    ignore_changes = [scaling_config[0].desired_size]
  }

  # Nodes are not ready without a network, and their role must outlive them.
  depends_on = [aws_eks_addon.before_nodes, aws_iam_role_policy_attachment.nodes]
}

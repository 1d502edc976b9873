locals {
  # On each node, and needed by the first. Null: nothing to configure.
  before_nodes = {
    # Without it the policies of security/kubernetes are accepted, and hold nobody off.
    vpc-cni                = { enableNetworkPolicy = "true" }
    kube-proxy             = null
    eks-pod-identity-agent = null
  }

  # Deployments: without nodes they would never be well.
  after_nodes = {
    coredns = null
    # The autoscaler of ml-api asks it.
    metrics-server = null
    # The claims of Prometheus and Alertmanager name no class.
    aws-ebs-csi-driver = { defaultStorageClass = { enabled = true } }
  }
}

resource "aws_eks_addon" "before_nodes" {
  for_each = local.before_nodes

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, null)
  configuration_values        = each.value == null ? null : jsonencode(each.value)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  tags                        = var.tags

  dynamic "pod_identity_association" {
    for_each = contains(keys(local.addon_roles), each.key) ? [local.addon_roles[each.key]] : []
    content {
      service_account = pod_identity_association.value.account
      role_arn        = aws_iam_role.addons[each.key].arn
    }
  }

  depends_on = [aws_iam_role_policy_attachment.addons]
}

resource "aws_eks_addon" "after_nodes" {
  for_each = local.after_nodes

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, null)
  configuration_values        = each.value == null ? null : jsonencode(each.value)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  tags                        = var.tags

  dynamic "pod_identity_association" {
    for_each = contains(keys(local.addon_roles), each.key) ? [local.addon_roles[each.key]] : []
    content {
      service_account = pod_identity_association.value.account
      role_arn        = aws_iam_role.addons[each.key].arn
    }
  }

  depends_on = [aws_eks_node_group.this, aws_iam_role_policy_attachment.addons]
}

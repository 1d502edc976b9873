resource "aws_eks_access_entry" "admins" {
  for_each = toset(var.admin_role_arns)

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = each.key
  type          = "STANDARD"
  tags          = var.tags
}

resource "aws_eks_access_policy_association" "admins" {
  for_each = toset(var.admin_role_arns)

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.admins[each.key].principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}

# A group, and no access policy of EKS: AmazonEKSEditPolicy would let the pipeline read every Secret of the namespace. What the
# group may do, security/kubernetes/deployer.yaml says, by a RoleBinding in one namespace.
resource "aws_eks_access_entry" "deploy" {
  count = var.deploy_role_arn == null ? 0 : 1

  cluster_name      = aws_eks_cluster.this.name
  principal_arn     = var.deploy_role_arn
  type              = "STANDARD"
  kubernetes_groups = [var.deploy_group]
  tags              = var.tags
}

resource "aws_eks_pod_identity_association" "this" {
  for_each = var.pod_identities

  cluster_name    = aws_eks_cluster.this.name
  namespace       = each.value.namespace
  service_account = each.value.service_account
  role_arn        = each.value.role_arn
  tags            = var.tags
}

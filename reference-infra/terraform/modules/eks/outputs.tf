output "cluster_name" {
  description = "Name of the cluster: the input `cluster` of action-deploy."
  value       = aws_eks_cluster.this.name
}

output "cluster_arn" {
  description = "ARN of the cluster, for the policy of who deploys (`eks:DescribeCluster`)."
  value       = aws_eks_cluster.this.arn
}

output "cluster_endpoint" {
  description = "Address of the API server."
  value       = aws_eks_cluster.this.endpoint
}

output "cluster_certificate_authority_data" {
  description = "Certificate of the API server's authority, in base64, for a kubeconfig."
  value       = aws_eks_cluster.this.certificate_authority[0].data
}

output "node_role_arn" {
  description = "Role of the nodes."
  value       = aws_iam_role.nodes.arn
}

output "log_group_name" {
  description = "Logs of the control plane."
  value       = aws_cloudwatch_log_group.this.name
}

output "deploy_group" {
  description = "The group whose rights the pipeline has in the cluster."
  value       = var.deploy_group
}

# A cluster for reference-infra/kubernetes/overlays/production. Its names, of the namespace, the accounts and the deployers' group,
# are those of the manifests; a test reads both.

provider "aws" {
  region = "eu-west-1"
}

module "eks" {
  source = "../.."

  name                = "ml-platform"
  subnet_ids          = ["subnet-0a0000000000000a1", "subnet-0a0000000000000b1", "subnet-0a0000000000000c1"]
  public_access_cidrs = ["203.0.113.0/24"]

  node_groups = {
    general = { instance_types = ["m7i.large", "m6i.large"], min = 3, desired = 3, max = 9 }
    batch = {
      instance_types = ["c7i.xlarge", "c6i.xlarge"]
      capacity_type  = "SPOT"
      min            = 0
      desired        = 0
      max            = 6
      labels         = { workload = "batch" }
      taints         = [{ key = "workload", value = "batch", effect = "NO_SCHEDULE" }]
    }
  }

  admin_role_arns = ["arn:aws:iam::123456789012:role/platform-admin"]
  deploy_role_arn = "arn:aws:iam::123456789012:role/ml-api-deploy-production"
  deploy_group    = "ml-platform:production-deployers"

  pod_identities = {
    cost-exporter = {
      namespace       = "ml-platform"
      service_account = "cost-exporter"
      role_arn        = "arn:aws:iam::123456789012:role/ml-platform-cost-exporter"
    }
  }
}

output "cluster_name" {
  description = "For `aws eks update-kubeconfig`, and the input `cluster` of action-deploy."
  value       = module.eks.cluster_name
}

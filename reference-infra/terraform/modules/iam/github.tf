# Roles that jobs of GitHub Actions assume, by the token of the job: no key is stored anywhere.

locals {
  repository = var.github.immutable_subject ? (
    "${var.github.owner}@${var.github.owner_id}/${var.github.repository}@${var.github.repository_id}"
  ) : "${var.github.owner}/${var.github.repository}"

  # https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
  subjects = {
    environment    = "repo:${local.repository}:environment:${var.environment}"
    infrastructure = "repo:${local.repository}:environment:${var.environment}-infrastructure"
    pull_request   = "repo:${local.repository}:pull_request"
    branches       = [for branch in var.branches : "repo:${local.repository}:ref:refs/heads/${branch}"]
  }

  pipeline_roles = {
    deploy = {
      description = "Deploys ${var.name}"
      subjects    = concat([local.subjects.environment], local.subjects.branches)
      policies    = concat(["deploy-ecs"], var.eks_cluster_name == null ? [] : ["deploy-eks"])
    }
    push = {
      description = "Pushes images of ${var.name}"
      subjects    = concat([local.subjects.environment], local.subjects.branches)
      policies    = ["push-image"]
    }
    evidence = {
      description = "Reads what gates of ${var.name} compare with"
      subjects    = concat([local.subjects.environment, local.subjects.pull_request], local.subjects.branches)
      policies    = ["gate-evidence"]
    }
    plan = {
      description = "Plans the infrastructure of ${var.name}, and changes nothing"
      subjects    = concat([local.subjects.infrastructure, local.subjects.pull_request], local.subjects.branches)
      policies    = ["terraform-plan"]
    }
    # An environment of its own, so that a job that deploys cannot change the infrastructure.
    apply = {
      description = "Changes the infrastructure of ${var.name}"
      subjects    = [local.subjects.infrastructure]
      policies    = ["terraform-plan", "terraform-apply"]
    }
  }

  github_roles = { for key, role in local.pipeline_roles : key => role if key != "evidence" || var.evidence_bucket != null }
}

# There can be one of an address in an account: the first environment of an account makes it.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.make_oidc_provider ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
  tags           = var.tags
}

resource "aws_iam_role" "github" {
  for_each = local.github_roles

  name        = "${var.name}-${each.key}"
  path        = "/pipeline/"
  description = each.value.description
  # An hour is the shortest that AWS takes.
  max_session_duration = 3600
  # It makes roles itself, with the boundary; its own rights it cannot change (terraform-apply.json).
  permissions_boundary = each.key == "apply" ? null : local.boundary_arn
  tags                 = var.tags

  assume_role_policy = templatefile("${local.sources}/trust-github.json", {
    oidc_provider_arn = local.oidc_provider_arn
    repository_id     = var.github.repository_id
    subjects          = join("\", \"", each.value.subjects)
  })

  depends_on = [aws_iam_openid_connect_provider.github, aws_iam_policy.boundary]
}

resource "aws_iam_role_policy" "github" {
  for_each = merge([
    for key, role in local.github_roles : { for policy in role.policies : "${key} ${policy}" => { role = key, policy = policy } }
  ]...)

  name   = each.value.policy
  role   = aws_iam_role.github[each.value.role].name
  policy = templatefile("${local.sources}/${each.value.policy}.json", local.values)
}

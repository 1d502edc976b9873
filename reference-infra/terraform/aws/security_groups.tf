# Groups and flows stand in security/aws/security-groups.yaml, with their reasons. A flow is a rule of egress at who calls, and one of
# ingress at who is called; each names the other's group.

locals {
  sources = yamldecode(file("${path.module}/../../security/aws/security-groups.yaml"))
  groups  = local.sources.groups

  # Who calls a load balancer that is internal is within the VPC.
  networks  = { callers = var.load_balancer_internal ? var.cidr : "0.0.0.0/0", internet = "0.0.0.0/0" }
  addresses = { s3 = module.network.s3_prefix_list_id }
  ends      = concat(keys(local.groups), ["callers", "internet", "s3"])

  flows = {
    for flow in local.sources.flows :
    "${flow.from}-to-${flow.to}-${flow.port}" => {
      from     = flow.from
      to       = flow.to
      why      = flow.why
      protocol = flow.port == "all" ? "-1" : "tcp"
      port     = flow.port == "all" ? null : tonumber(flow.port)
    }
  }
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5: they are of load balancer, service, nodes and endpoints, in the modules; that of databases is an output.
  for_each = local.groups

  name        = "${local.name}-${each.key}"
  description = each.value
  vpc_id      = module.network.vpc_id
  tags        = { Name = "${local.name}-${each.key}" }

  # A group that is in use cannot be deleted: another one has to be there first.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = { for name, flow in local.flows : name => flow if contains(keys(local.groups), flow.to) }

  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = contains(keys(local.groups), each.value.from) ? aws_security_group.this[each.value.from].id : null
  cidr_ipv4                    = lookup(local.networks, each.value.from, null)
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = each.value.port
  description                  = each.value.why

  lifecycle {
    precondition {
      condition     = contains(local.ends, each.value.from) && contains(local.ends, each.value.to)
      error_message = "security-groups.yaml: the flow ${each.key} is between groups of that file, callers, internet and s3."
    }
  }
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = { for name, flow in local.flows : name => flow if contains(keys(local.groups), flow.from) }

  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = contains(keys(local.groups), each.value.to) ? aws_security_group.this[each.value.to].id : null
  cidr_ipv4                    = lookup(local.networks, each.value.to, null)
  prefix_list_id               = lookup(local.addresses, each.value.to, null)
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = each.value.port
  description                  = each.value.why

  lifecycle {
    precondition {
      condition     = contains(local.ends, each.value.from) && contains(local.ends, each.value.to)
      error_message = "security-groups.yaml: the flow ${each.key} is between groups of that file, callers, internet and s3."
    }
  }
}

# What the module refuses. The variables of the file are good; each run makes one of them bad.

mock_provider "aws" {}

variables {
  name            = "ml-platform"
  subnet_ids      = ["subnet-a1", "subnet-b1", "subnet-c1"]
  node_groups     = { general = { instance_types = ["m7i.large"], min = 3, desired = 3, max = 6 } }
  admin_role_arns = ["arn:aws:iam::123456789012:role/platform-admin"]
}

run "the_good_values_are_taken" {
  command = plan
}

run "a_name_with_an_underscore" {
  command = plan

  variables {
    name = "ml_platform"
  }

  expect_failures = [var.name]
}

run "a_patch_version" {
  command = plan

  variables {
    kubernetes_version = "1.33.1"
  }

  expect_failures = [var.kubernetes_version]
}

run "a_version_that_is_over" {
  command = plan

  variables {
    kubernetes_version = "1.29"
  }

  expect_failures = [var.kubernetes_version]
}

run "two_zones" {
  command = plan

  variables {
    subnet_ids = ["subnet-a1", "subnet-b1", "subnet-a1"]
  }

  expect_failures = [var.subnet_ids]
}

run "a_group_by_its_name" {
  command = plan

  variables {
    control_plane_security_group_ids = ["control-plane"]
  }

  expect_failures = [var.control_plane_security_group_ids]
}

run "a_group_of_nodes_by_its_name" {
  command = plan

  variables {
    node_security_group_ids          = ["nodes"]
    control_plane_security_group_ids = ["sg-1"]
  }

  expect_failures = [var.node_security_group_ids]
}

run "nodes_that_would_not_reach_the_control_plane" {
  command = plan

  variables {
    node_security_group_ids = ["sg-1"]
  }

  expect_failures = [var.node_security_group_ids]
}

run "an_api_server_for_everybody" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "an_api_server_for_everybody_in_two_halves" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "a_network_that_is_none" {
  command = plan

  variables {
    public_access_cidrs = ["203.0.113.300/24"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "no_nodes" {
  command = plan

  variables {
    node_groups = {}
  }

  expect_failures = [var.node_groups]
}

run "a_group_with_a_long_name" {
  command = plan

  variables {
    node_groups = { a-group-with-a-name-of-27-ab = { instance_types = ["m7i.large"], min = 3, desired = 3, max = 6 } }
  }

  expect_failures = [var.node_groups]
}

run "no_instance_type" {
  command = plan

  variables {
    node_groups = { general = { instance_types = [], min = 3, desired = 3, max = 6 } }
  }

  expect_failures = [var.node_groups]
}

run "more_nodes_at_least_than_at_most" {
  command = plan

  variables {
    node_groups = { general = { instance_types = ["m7i.large"], min = 7, desired = 7, max = 6 } }
  }

  expect_failures = [var.node_groups]
}

run "more_nodes_than_at_most" {
  command = plan

  variables {
    node_groups = { general = { instance_types = ["m7i.large"], min = 3, desired = 7, max = 6 } }
  }

  expect_failures = [var.node_groups]
}

run "two_nodes_for_three_zones" {
  command = plan

  variables {
    node_groups = { general = { instance_types = ["m7i.large"], min = 2, desired = 2, max = 6 } }
  }

  expect_failures = [var.node_groups]
}

run "three_nodes_that_take_no_pods" {
  command = plan

  variables {
    node_groups = { general = { instance_types = ["m7i.large"], min = 3, desired = 3, max = 6, taints = [{ key = "gpu", effect = "NO_SCHEDULE" }] } }
  }

  expect_failures = [var.node_groups]
}

run "a_capacity_that_aws_has_not" {
  command = plan

  variables {
    node_groups = { general = { instance_types = ["m7i.large"], min = 3, desired = 3, max = 6, capacity_type = "spot" } }
  }

  expect_failures = [var.node_groups]
}

run "nodes_for_arm" {
  command = plan

  variables {
    node_groups = { general = { instance_types = ["m7i.large"], min = 3, desired = 3, max = 6, ami_type = "AL2023_ARM_64_STANDARD" } }
  }

  expect_failures = [var.node_groups]
}

run "a_small_disk" {
  command = plan

  variables {
    node_groups = { general = { instance_types = ["m7i.large"], min = 3, desired = 3, max = 6, disk_gib = 8 } }
  }

  expect_failures = [var.node_groups]
}

run "a_taint_in_the_words_of_kubernetes" {
  command = plan

  variables {
    node_groups = {
      general = { instance_types = ["m7i.large"], min = 3, desired = 3, max = 6 }
      gpu     = { instance_types = ["g6.xlarge"], min = 0, desired = 0, max = 2, taints = [{ key = "gpu", effect = "NoSchedule" }] }
    }
  }

  expect_failures = [var.node_groups]
}

run "an_add_on_that_the_module_has_not" {
  command = plan

  variables {
    addon_versions = { cluster-autoscaler = "v1.33.0" }
  }

  expect_failures = [var.addon_versions]
}

run "nobody_administers_it" {
  command = plan

  variables {
    admin_role_arns = []
  }

  expect_failures = [var.admin_role_arns]
}

run "a_user" {
  command = plan

  variables {
    admin_role_arns = ["arn:aws:iam::123456789012:user/somebody"]
  }

  expect_failures = [var.admin_role_arns]
}

run "a_pipeline_by_its_name" {
  command = plan

  variables {
    deploy_role_arn = "deploy"
  }

  expect_failures = [var.deploy_role_arn]
}

run "a_pipeline_that_administers" {
  command = plan

  variables {
    deploy_role_arn = "arn:aws:iam::123456789012:role/platform-admin"
  }

  expect_failures = [var.deploy_role_arn]
}

run "the_group_of_administrators" {
  command = plan

  variables {
    deploy_group = "system:masters"
  }

  expect_failures = [var.deploy_group]
}

run "an_account_with_its_namespace" {
  command = plan

  variables {
    pod_identities = { a = { namespace = "ml-platform", service_account = "ml-platform/ml-api", role_arn = "arn:aws:iam::123456789012:role/a" } }
  }

  expect_failures = [var.pod_identities]
}

run "a_role_by_its_name" {
  command = plan

  variables {
    pod_identities = { a = { namespace = "ml-platform", service_account = "ml-api", role_arn = "a" } }
  }

  expect_failures = [var.pod_identities]
}

run "two_roles_of_one_account" {
  command = plan

  variables {
    pod_identities = {
      a = { namespace = "ml-platform", service_account = "ml-api", role_arn = "arn:aws:iam::123456789012:role/a" }
      b = { namespace = "ml-platform", service_account = "ml-api", role_arn = "arn:aws:iam::123456789012:role/b" }
    }
  }

  expect_failures = [var.pod_identities]
}

run "a_boundary_by_its_name" {
  command = plan

  variables {
    permissions_boundary_arn = "boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "days_that_cloudwatch_has_not" {
  command = plan

  variables {
    log_retention_days = 45
  }

  expect_failures = [var.log_retention_days]
}

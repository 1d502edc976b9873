# All rules of Terraform's own set: names, descriptions, types, what nobody uses, files by their names.
#
#   tflint --recursive --config "$PWD/.tflint.hcl"
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Modules are folders by what is in them (service.tf, routes.tf), and not main.tf alone.
rule "terraform_standard_module_structure" {
  enabled = false
}

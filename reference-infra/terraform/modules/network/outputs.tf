output "vpc_id" {
  description = "The VPC: `vpc_id` of the module ecs."
  value       = aws_vpc.this.id
}

output "vpc_cidr" {
  description = "Addresses of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "private_subnet_ids" {
  description = "Subnets that reach the internet by NAT, in the order of the zones: `service_subnet_ids` of ecs, `subnet_ids` of eks."
  value       = [for zone in var.zones : aws_subnet.private[zone].id]
}

output "public_subnet_ids" {
  description = "Subnets that the internet reaches, in the order of the zones: for load balancers that are not internal."
  value       = [for zone in var.zones : aws_subnet.public[zone].id]
}

output "database_subnet_ids" {
  description = "Subnets without a way to or from the internet, in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.database[zone].id]
}

output "database_subnet_group" {
  description = "Name of the subnet group of these, for a database of RDS."
  value       = aws_db_subnet_group.this.name
}

output "s3_prefix_list_id" {
  description = "Addresses of S3, for security groups whose members fetch from it."
  value       = aws_vpc_endpoint.s3.prefix_list_id
}

output "nat_addresses" {
  description = "Addresses under which the private subnets are seen outside, by zone: for the lists of partners."
  value       = { for zone, address in aws_eip.nat : zone => address.public_ip }
}

output "flow_log_group_name" {
  description = "The log of who talked with whom."
  value       = aws_cloudwatch_log_group.flow_log.name
}

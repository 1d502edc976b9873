# Layers of images come from S3, also those of ECR; the gateway costs nothing, and NAT costs by the gigabyte.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"
  route_table_ids   = [for zone in var.zones : aws_route_table.private[zone].id]
  tags              = merge(var.tags, { Name = "${var.name}-s3" })
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${data.aws_region.current.region}.${each.key}"
  private_dns_enabled = true
  subnet_ids          = [for zone in var.zones : aws_subnet.private[zone].id]
  security_group_ids  = var.endpoint_security_group_ids
  tags                = merge(var.tags, { Name = "${var.name}-${replace(each.key, ".", "-")}" })
}

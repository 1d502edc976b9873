import { expect, test } from 'vitest';
import { conflictingArguments } from './conflicts.ts';
import { planned, said } from './testing.ts';

const rule = 'aws_vpc_security_group_ingress_rule';
const tcp = { ip_protocol: 'tcp', from_port: 443, to_port: 443 };

test.each([
  [rule, { ...tcp, cidr_ipv4: '10.0.0.0/8' }, {}],
  [rule, { ...tcp }, { referenced_security_group_id: true }],
  // What AWS may fill in is unknown, and may turn out to be nothing.
  [rule, { ...tcp, cidr_ipv4: '10.0.0.0/8' }, { prefix_list_id: true }],
  [rule, { ip_protocol: '-1', cidr_ipv4: '10.0.0.0/8' }, {}],
  [rule, { ip_protocol: 'icmp', from_port: -1, to_port: -1, cidr_ipv4: '10.0.0.0/8' }, {}],
  ['aws_route', { destination_cidr_block: '0.0.0.0/0' }, { gateway_id: true }],
  [
    'aws_vpc_endpoint',
    { vpc_endpoint_type: 'Gateway', service_name: 'com.amazonaws.eu-west-1.s3' },
    { route_table_ids: true },
  ],
  [
    'aws_vpc_endpoint',
    { vpc_endpoint_type: 'Interface', service_name: 'com.amazonaws.eu-west-1.s3', private_dns_enabled: true },
    {},
  ],
  ['aws_nat_gateway', {}, { allocation_id: true }],
  ['aws_nat_gateway', { connectivity_type: 'private' }, {}],
  ['aws_s3_bucket', { bucket: 'state', bucket_prefix: null }, {}],
  ['aws_db_instance', { manage_master_user_password: true }, {}],
])('%s with %o (later: %o) is let be', (type, values, unknown) => {
  expect(said(conflictingArguments, planned(type, values, unknown))).toEqual([]);
});

test.each([
  [
    rule,
    { ...tcp, cidr_ipv4: '10.0.0.0/8', referenced_security_group_id: 'sg-1' },
    'it has cidr_ipv4 and referenced_security_group_id, and AWS takes one of them',
  ],
  [rule, tcp, 'it has none of cidr_ipv4, cidr_ipv6, prefix_list_id, referenced_security_group_id'],
  [
    rule,
    { ip_protocol: '-1', from_port: 443, to_port: 443, cidr_ipv4: '10.0.0.0/8' },
    'it names ports, and is for all protocols (-1): the ports are not heeded',
  ],
  [
    rule,
    { ip_protocol: 'tcp', from_port: 443, to_port: 80, cidr_ipv4: '10.0.0.0/8' },
    'it is for tcp, and its ports are 443 to 80',
  ],
  [
    rule,
    { ip_protocol: 'tcp', from_port: 443, cidr_ipv4: '10.0.0.0/8' },
    'it is for tcp, and its ports are 443 to not set',
  ],
  [
    'aws_route',
    { destination_cidr_block: '0.0.0.0/0', gateway_id: 'igw-1', nat_gateway_id: 'nat-1' },
    'it has gateway_id and nat_gateway_id, and AWS takes one of them',
  ],
  [
    'aws_vpc_endpoint',
    { vpc_endpoint_type: 'Interface', service_name: 'x.logs', route_table_ids: ['rtb-1'] },
    'it has route_table_ids, which an endpoint of type Interface does not take',
  ],
  [
    'aws_vpc_endpoint',
    { service_name: 'com.amazonaws.eu-west-1.logs' },
    'com.amazonaws.eu-west-1.logs has no gateway: only S3 and DynamoDB do',
  ],
  ['aws_nat_gateway', {}, 'it is public, and has no allocation_id'],
  [
    'aws_nat_gateway',
    { connectivity_type: 'private', allocation_id: 'eipalloc-1' },
    'it is private, and has an allocation_id',
  ],
  [
    'aws_secretsmanager_secret_version',
    { secret_string: 'a', secret_string_wo: 'b' },
    'it has secret_string and secret_string_wo, and AWS takes one of them',
  ],
  [
    'aws_db_instance',
    { password: 'a', manage_master_user_password: true },
    'it has password and manage_master_user_password, and AWS takes one of them',
  ],
])('%s with %o is refused', (type, values, message) => {
  expect(said(conflictingArguments, planned(type, values))).toEqual([`${type}.this: ${message}`]);
});

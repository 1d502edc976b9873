/** Arguments that exclude each other, and of which one is needed: the schema of the provider takes all of them. */

import { at, type Json, type JsonObject, textAt } from '../../core/kubernetes/index.ts';
import { amountAt, ofType, type PlanCheck, type Planned, type PlanProblem } from './plan.ts';

interface Choice {
  readonly of: readonly string[];
  /** Whether it needs one of them; otherwise it takes at most one. */
  readonly needed: boolean;
}

const oneOf = (...of: readonly string[]): Choice => ({ of, needed: true });
const atMostOne = (...of: readonly string[]): Choice => ({ of, needed: false });

const peer = oneOf('cidr_ipv4', 'cidr_ipv6', 'prefix_list_id', 'referenced_security_group_id');
const named = atMostOne('name', 'name_prefix');

/** Each from the page of the resource in the provider's documentation. */
const choices: Readonly<Record<string, readonly Choice[]>> = {
  aws_vpc_security_group_ingress_rule: [peer],
  aws_vpc_security_group_egress_rule: [peer],
  aws_security_group_rule: [
    atMostOne('cidr_blocks', 'source_security_group_id'),
    atMostOne('cidr_blocks', 'self'),
    atMostOne('source_security_group_id', 'self'),
  ],
  aws_route: [
    oneOf('destination_cidr_block', 'destination_ipv6_cidr_block', 'destination_prefix_list_id'),
    oneOf(
      'carrier_gateway_id',
      'core_network_arn',
      'egress_only_gateway_id',
      'gateway_id',
      'local_gateway_id',
      'nat_gateway_id',
      'network_interface_id',
      'transit_gateway_id',
      'vpc_endpoint_id',
      'vpc_peering_connection_id',
    ),
  ],
  aws_route_table_association: [oneOf('subnet_id', 'gateway_id')],
  aws_vpc: [atMostOne('ipv4_netmask_length', 'cidr_block')],
  aws_subnet: [atMostOne('availability_zone', 'availability_zone_id')],
  aws_flow_log: [
    oneOf(
      'vpc_id',
      'subnet_id',
      'eni_id',
      'transit_gateway_id',
      'transit_gateway_attachment_id',
      'regional_nat_gateway_id',
    ),
  ],
  aws_secretsmanager_secret_version: [oneOf('secret_string', 'secret_string_wo', 'secret_binary')],
  aws_s3_bucket: [atMostOne('bucket', 'bucket_prefix')],
  aws_kms_alias: [named],
  aws_iam_role: [named],
  aws_iam_policy: [named],
  aws_security_group: [named],
  aws_lb: [named],
  aws_lb_target_group: [named],
  aws_launch_template: [named],
  aws_cloudwatch_log_group: [named],
  aws_secretsmanager_secret: [named],
  aws_db_instance: [
    atMostOne('identifier', 'identifier_prefix'),
    atMostOne('password', 'password_wo', 'manage_master_user_password'),
  ],
  aws_rds_cluster: [
    atMostOne('cluster_identifier', 'cluster_identifier_prefix'),
    atMostOne('master_password', 'master_password_wo', 'manage_master_user_password'),
  ],
};

export const conflictingArguments: PlanCheck = {
  name: 'conflicting-arguments',
  refuses: 'arguments of which AWS takes one, and several are set, or none',
  run: (plan) => [
    ...plan.flatMap((one) => (choices[one.type] ?? []).flatMap((choice) => chosen(one, choice))),
    ...ofType(plan, 'aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule').flatMap(
      ports,
    ),
    ...ofType(plan, 'aws_vpc_endpoint').flatMap(endpoint),
    ...ofType(plan, 'aws_nat_gateway').flatMap(natGateway),
  ],
};

/** What will only be known later may turn out to be nothing: it counts as neither. */
function chosen({ address, values, unknown }: Planned, { of, needed }: Choice): PlanProblem[] {
  const set = of.filter((name) => isSet(values, name));
  if (set.length > 1) {
    const message = `it has ${set.join(' and ')}, and AWS takes one of them`;
    return [{ address, message, mend: 'leave all but one out' }];
  }
  const isCertain = of.every((name) => at(unknown, name) === undefined || at(unknown, name) === false);
  if (!needed || set.length === 1 || !isCertain) return [];
  const message = `it has none of ${of.join(', ')}`;
  return [{ address, message, mend: 'set the one that is meant' }];
}

function isSet(values: JsonObject, name: string): boolean {
  const value: Json | undefined = values[name];
  if (value === undefined || value === null || value === false || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
function ports({ address, values }: Planned): PlanProblem[] {
  const protocol = textAt(values, 'ip_protocol').toLowerCase();
  const [first, last] = [amountAt(values, 'from_port'), amountAt(values, 'to_port')];
  if (protocol === '-1') {
    if (first === null && last === null) return [];
    const message = 'it names ports, and is for all protocols (-1): the ports are not heeded';
    return [{ address, message, mend: 'write ip_protocol = "tcp", or leave from_port and to_port out' }];
  }
  if (!['tcp', 'udp', '6', '17'].includes(protocol)) return [];
  if (first !== null && last !== null && first <= last && first >= 0 && last <= 65535) return [];
  const message = `it is for ${protocol}, and its ports are ${first ?? 'not set'} to ${last ?? 'not set'}`;
  return [{ address, message, mend: 'set from_port and to_port, 0 to 65535, the first not above the last' }];
}

function endpoint({ address, values }: Planned): PlanProblem[] {
  // As AWS has it where nothing is said.
  const kind = textAt(values, 'vpc_endpoint_type') || 'Gateway';
  const foreign =
    kind === 'Gateway' ? ['subnet_ids', 'security_group_ids', 'private_dns_enabled'] : ['route_table_ids'];
  const set = foreign.filter((name) => isSet(values, name));
  const problems: PlanProblem[] = set.map((name) => ({
    address,
    message: `it has ${name}, which an endpoint of type ${kind} does not take`,
    mend:
      kind === 'Gateway' ? 'write vpc_endpoint_type = "Interface", or route_table_ids' : `leave ${name} out`,
  }));
  const service = textAt(values, 'service_name');
  if (kind === 'Gateway' && service !== '' && !/\.(?:s3|dynamodb)$/.test(service)) {
    const message = `${service} has no gateway: only S3 and DynamoDB do`;
    problems.push({ address, message, mend: 'write vpc_endpoint_type = "Interface", with subnet_ids' });
  }
  return problems;
}

function natGateway({ address, values, unknown }: Planned): PlanProblem[] {
  const isPublic = (textAt(values, 'connectivity_type') || 'public') === 'public';
  const hasAddress = isSet(values, 'allocation_id') || at(unknown, 'allocation_id') === true;
  const isRegional = textAt(values, 'availability_mode') === 'regional';
  if (isPublic === hasAddress || isRegional) return [];
  const message = isPublic
    ? 'it is public, and has no allocation_id'
    : 'it is private, and has an allocation_id';
  const mend = isPublic ? 'give it the id of an aws_eip' : 'leave allocation_id out';
  return [{ address, message, mend }];
}

import { expect, test } from 'vitest';
import type { Planned } from './plan.ts';
import { moduleOf, refusedCidr, singleZone, subnetsOverlap } from './subnets.ts';
import { planned, said } from './testing.ts';

const later = { vpc_id: true };
const vpc = { ...planned('aws_vpc', { cidr_block: '10.20.0.0/16' }), address: 'module.network.aws_vpc.this' };
function subnet(name: string, cidr: string, zone: string | null, vpcId: string | null = null): Planned {
  return {
    address: `module.network.aws_subnet.${name}`,
    type: 'aws_subnet',
    values: { cidr_block: cidr, availability_zone: zone, vpc_id: vpcId },
    unknown: vpcId === null ? later : {},
  };
}
const a = subnet('a', '10.20.0.0/20', 'eu-west-1a');
const b = subnet('b', '10.20.16.0/20', 'eu-west-1b');

test.each([
  ['10.20.0.0/16', []],
  ['10.20.0.0/28', []],
  ['10.20.3.0/16', ['10.20.3.0/16 is an address within a network, and not the network']],
  ['10.0.0.0/8', ['10.0.0.0/8 is a /8, and VPCs and subnets are /16 to /28']],
  ['10.20.0.0/29', ['10.20.0.0/29 is a /29, and VPCs and subnets are /16 to /28']],
  ['10.20.0.0', ['10.20.0.0 is no block of addresses']],
])('a VPC with %s', (cidr, messages) => {
  expect(said(refusedCidr, planned('aws_vpc', { cidr_block: cidr }))).toEqual(
    messages.map((message) => `aws_vpc.this: ${message}`),
  );
});

test('the network is told that an address is of', () => {
  const [problem] = refusedCidr.run([planned('aws_subnet', { cidr_block: '10.20.19.4/20' })]);
  expect(problem?.mend).toBe('did you mean 10.20.16.0/20?');
});

test('subnets side by side are let be', () => {
  expect(said(subnetsOverlap, vpc, a, b)).toEqual([]);
});

test('a subnet within another is refused, and both are named', () => {
  expect(said(subnetsOverlap, vpc, a, subnet('c', '10.20.15.0/24', 'eu-west-1c'))).toEqual([
    'module.network.aws_subnet.c: 10.20.15.0/24 has addresses of 10.20.0.0/20, which is module.network.aws_subnet.a',
  ]);
});

test('a subnet that its VPC has no addresses for is refused', () => {
  expect(said(subnetsOverlap, vpc, a, subnet('c', '10.21.0.0/20', 'eu-west-1c'))).toEqual([
    'module.network.aws_subnet.c: 10.21.0.0/20 is not within 10.20.0.0/16, which its VPC has',
  ]);
});

test('with further blocks of the VPC nothing is certain', () => {
  const more = planned('aws_vpc_ipv4_cidr_block_association', { cidr_block: '10.21.0.0/16' });
  expect(said(subnetsOverlap, vpc, more, subnet('c', '10.21.0.0/20', 'eu-west-1c'))).toEqual([]);
});

test('subnets of two VPCs may have the same addresses', () => {
  const one = subnet('one', '10.20.0.0/20', 'eu-west-1a', 'vpc-1');
  expect(said(subnetsOverlap, one, subnet('two', '10.20.0.0/20', 'eu-west-1a', 'vpc-2'))).toEqual([]);
  expect(said(subnetsOverlap, one, subnet('two', '10.20.0.0/20', 'eu-west-1a', 'vpc-1'))).toHaveLength(1);
});

test('of a module with two VPCs it is not known whose a subnet is', () => {
  const other = { ...vpc, address: 'module.network.aws_vpc.other' };
  expect(said(subnetsOverlap, vpc, other, a, subnet('c', '10.20.0.0/20', 'eu-west-1c'))).toEqual([]);
});

test('two zones are let be', () => {
  expect(said(singleZone, vpc, a, b)).toEqual([]);
});

test.each([
  ['a single subnet', [a], 'it is the only subnet of its VPC, in one zone'],
  [
    'two subnets of one zone',
    [a, subnet('b', '10.20.16.0/20', 'eu-west-1a')],
    'all 2 subnets of its VPC are in eu-west-1a',
  ],
  [
    'subnets that say no zone',
    [subnet('a', '10.20.0.0/20', null), subnet('b', '10.20.16.0/20', null)],
    'none of the 2 subnets of its VPC says its zone: AWS may put all of them into one',
  ],
])('%s is refused', (_, subnets, message) => {
  expect(said(singleZone, vpc, ...subnets)).toEqual([`module.network.aws_subnet.a: ${message}`]);
});

test('zones that are known later are let be', () => {
  const one = { ...subnet('a', '10.20.0.0/20', null), unknown: { ...later, availability_zone: true } };
  const two = { ...subnet('b', '10.20.16.0/20', null), unknown: { ...later, availability_zone: true } };
  expect(said(singleZone, vpc, one, two)).toEqual([]);
});

test.each([
  ['aws_vpc.this', ''],
  ['module.a.aws_vpc.this', 'module.a'],
  ['module.a["x.y"].module.b[0].aws_subnet.c["eu-west-1a"]', 'module.a["x.y"].module.b[0]'],
])('%s is of the module %s', (address, module) => {
  expect(moduleOf(address)).toBe(module);
});

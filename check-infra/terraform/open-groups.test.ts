import { expect, test } from 'vitest';
import { openGroup } from './open-groups.ts';
import { planned, said } from './testing.ts';

const rule = 'aws_vpc_security_group_ingress_rule';

test.each([
  [rule, { cidr_ipv4: '0.0.0.0/0', ip_protocol: 'tcp', from_port: 443, to_port: 443 }],
  [rule, { cidr_ipv6: '::/0', ip_protocol: 'tcp', from_port: 80, to_port: 80 }],
  [rule, { cidr_ipv4: '10.0.0.0/8', ip_protocol: '-1' }],
  [rule, { referenced_security_group_id: 'sg-1', ip_protocol: '-1' }],
  ['aws_security_group_rule', { type: 'egress', protocol: '-1', cidr_blocks: ['0.0.0.0/0'] }],
  ['aws_default_security_group', { ingress: [] }],
])('%s with %o is let be', (type, values) => {
  expect(said(openGroup, planned(type, values))).toEqual([]);
});

test.each([
  [rule, { cidr_ipv4: '0.0.0.0/0', ip_protocol: 'tcp', from_port: 22, to_port: 22 }, '0.0.0.0/0 on port 22'],
  [rule, { cidr_ipv6: '::/0', ip_protocol: '-1' }, '::/0 on every port'],
  [
    rule,
    { cidr_ipv4: '0.0.0.0/0', ip_protocol: 'udp', from_port: 443, to_port: 443 },
    '0.0.0.0/0 on port 443',
  ],
  [
    rule,
    { cidr_ipv4: '128.0.0.0/1', ip_protocol: 'tcp', from_port: 0, to_port: 65535 },
    '128.0.0.0/1 on every port',
  ],
  [
    'aws_security_group_rule',
    {
      type: 'ingress',
      protocol: 'tcp',
      from_port: 443,
      to_port: 8443,
      cidr_blocks: ['10.0.0.0/8', '0.0.0.0/0'],
      ipv6_cidr_blocks: ['::/0'],
    },
    '0.0.0.0/0 and ::/0 on the ports 443 to 8443',
  ],
  [
    'aws_security_group',
    { ingress: [{ protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'] }] },
    '0.0.0.0/0 on every port',
  ],
])('%s with %o is refused', (type, values, message) => {
  expect(said(openGroup, planned(type, values))).toEqual([`${type}.this: it admits ${message}`]);
});

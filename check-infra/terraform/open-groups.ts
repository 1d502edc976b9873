/** Security groups that everybody may enter. */

import { at, type Json, listAt, textAt } from '../../core/kubernetes/index.ts';
import { rangeOf } from './cidr.ts';
import { amountAt, type PlanCheck, type PlanProblem } from './plan.ts';

interface Entrance {
  readonly address: string;
  readonly from: readonly string[];
  readonly protocol: string;
  readonly first: number | null;
  readonly last: number | null;
}

/** What is meant for everybody: HTTPS, and HTTP that leads there. */
const publicPorts = new Set([80, 443]);

export const openGroup: PlanCheck = {
  name: 'group-open-to-the-world',
  refuses: 'a security group that admits the whole internet on another port than 443 and 80',
  run: (plan) =>
    plan
      .flatMap(({ address, type, values }): Entrance[] => {
        if (type === 'aws_vpc_security_group_ingress_rule') {
          const from = [textAt(values, 'cidr_ipv4'), textAt(values, 'cidr_ipv6')];
          return [entranceOf(address, values, from, 'ip_protocol')];
        }
        if (type === 'aws_security_group_rule' && textAt(values, 'type') === 'ingress')
          return [entranceOf(address, values, blocksOf(values), 'protocol')];
        if (type === 'aws_security_group' || type === 'aws_default_security_group') {
          const rules = listAt(values, 'ingress');
          return rules.map((rule) => entranceOf(address, rule, blocksOf(rule), 'protocol'));
        }
        return [];
      })
      .flatMap(problemOf),
};

function problemOf({ address, from, protocol, first, last }: Entrance): PlanProblem[] {
  const open = from.filter(isTheWorld);
  const isTcp = protocol === 'tcp' || protocol === '6';
  const isPublic = isTcp && first !== null && first === last && publicPorts.has(first);
  if (open.length === 0 || isPublic) return [];
  const isAll = protocol === '-1' || protocol === 'all' || (first === 0 && last === 65535);
  const ports = isAll ? 'every port' : first === last ? `port ${first}` : `the ports ${first} to ${last}`;
  return [
    {
      address,
      message: `it admits ${open.join(' and ')} on ${ports}`,
      mend: 'name the group of who calls (referenced_security_group_id), or the network that it is in',
    },
  ];
}

function entranceOf(address: string, rule: Json, from: readonly string[], protocol: string): Entrance {
  return {
    address,
    from,
    protocol: String(at(rule, protocol) ?? '-1').toLowerCase(),
    first: amountAt(rule, 'from_port'),
    last: amountAt(rule, 'to_port'),
  };
}

function blocksOf(rule: Json): string[] {
  return [...listAt(rule, 'cidr_blocks'), ...listAt(rule, 'ipv6_cidr_blocks')].map(String);
}

/** Half of the internet is no better. */
function isTheWorld(cidr: string): boolean {
  const bits = rangeOf(cidr)?.bits ?? null;
  return bits !== null
    ? bits < 8 && !cidr.startsWith('10.')
    : /^[\da-f:]*:[\da-f:]*\/(?:\d|1[0-5])$/i.test(cidr);
}

/** Addresses and zones of subnets. */

import { at, textAt } from '../../core/kubernetes/index.ts';
import { cidrOf, contains, overlaps, type Range, rangeOf } from './cidr.ts';
import { ofType, type PlanCheck, type Planned, type PlanProblem } from './plan.ts';

interface Subnet {
  readonly address: string;
  readonly cidr: string;
  readonly range: Range;
}

export const refusedCidr: PlanCheck = {
  name: 'refused-cidr',
  refuses: 'a block of addresses that AWS does not take: no network, or larger than /16 or smaller than /28',
  run: (plan) =>
    ofType(plan, 'aws_vpc', 'aws_subnet').flatMap(({ address, values }): PlanProblem[] => {
      const cidr = textAt(values, 'cidr_block');
      if (cidr === '') return [];
      const range = rangeOf(cidr);
      if (range === null)
        return [{ address, message: `${cidr} is no block of addresses`, mend: 'write it as 10.0.0.0/16' }];
      if (cidrOf(range) !== cidr) {
        return [
          {
            address,
            message: `${cidr} is an address within a network, and not the network`,
            mend: `did you mean ${cidrOf(range)}?`,
          },
        ];
      }
      if (range.bits >= 16 && range.bits <= 28) return [];
      return [
        {
          address,
          message: `${cidr} is a /${range.bits}, and VPCs and subnets are /16 to /28`,
          mend: range.bits < 16 ? 'take a smaller network' : 'take a larger network',
        },
      ];
    }),
};

export const subnetsOverlap: PlanCheck = {
  name: 'subnets-overlap',
  refuses: 'two subnets of a VPC that share addresses, or one with addresses that its VPC does not have',
  run: (plan) =>
    [...byVpc(plan)].flatMap(([, all]) => {
      const subnets = all.flatMap(subnetOf);
      const pairs = subnets.flatMap((one, index) =>
        subnets
          .slice(index + 1)
          .filter((other) => overlaps(one.range, other.range))
          .map(
            (other): PlanProblem => ({
              address: other.address,
              message: `${other.cidr} has addresses of ${one.cidr}, which is ${one.address}`,
              mend: 'give each subnet addresses of its own: cidrsubnet(CIDR, 4, INDEX) with another index for each',
            }),
          ),
      );
      return [...pairs, ...outside(plan, all, subnets)];
    }),
};

/** A VPC may have further blocks, by resources of their own: then nothing is certain. */
function outside(
  plan: readonly Planned[],
  all: readonly Planned[],
  subnets: readonly Subnet[],
): PlanProblem[] {
  const module = moduleOf(all[0]?.address ?? '');
  const [vpc, ...others] = ofType(plan, 'aws_vpc').filter(({ address }) => moduleOf(address) === module);
  const isOwn = all.every(({ values }) => textAt(values, 'vpc_id') === '');
  const cidr = textAt(vpc?.values, 'cidr_block');
  const range = rangeOf(cidr);
  const hasMore = ofType(plan, 'aws_vpc_ipv4_cidr_block_association').length > 0;
  if (vpc === undefined || others.length > 0 || !isOwn || range === null || hasMore) return [];
  return subnets
    .filter((one) => !contains(range, one.range))
    .map(
      (one): PlanProblem => ({
        address: one.address,
        message: `${one.cidr} is not within ${cidr}, which its VPC has`,
        mend: 'take a part of the addresses of the VPC: cidrsubnet(CIDR, 4, INDEX)',
      }),
    );
}

export const singleZone: PlanCheck = {
  name: 'single-zone',
  refuses: 'a VPC with subnets in one zone only: the loss of a zone is the loss of everything',
  run: (plan) =>
    [...byVpc(plan)].flatMap(([, subnets]): PlanProblem[] => {
      const [first] = subnets;
      if (first === undefined) return [];
      const zones = subnets.map(zoneOf);
      const named = new Set(zones.filter((zone) => zone !== null));
      const mend = 'make a subnet of each kind in at least two zones, better three, by availability_zone';
      if (subnets.length === 1)
        return [{ address: first.address, message: 'it is the only subnet of its VPC, in one zone', mend }];
      if (named.size === 1 && !zones.includes(null)) {
        const message = `all ${subnets.length} subnets of its VPC are in ${[...named].join('')}`;
        return [{ address: first.address, message, mend }];
      }
      if (named.size > 0 || subnets.some(({ unknown }) => at(unknown, 'availability_zone') === true))
        return [];
      const message = `none of the ${subnets.length} subnets of its VPC says its zone: AWS may put all of them into one`;
      return [{ address: first.address, message, mend }];
    }),
};

function zoneOf({ values }: Planned): string | null {
  return textAt(values, 'availability_zone') || textAt(values, 'availability_zone_id') || null;
}

function subnetOf({ address, values }: Planned): Subnet[] {
  const cidr = textAt(values, 'cidr_block');
  const range = rangeOf(cidr);
  return range === null ? [] : [{ address, cidr, range }];
}

/** By their VPC; where that is yet to be made, all of one module are taken for its own, if the module makes just one. */
function byVpc(plan: readonly Planned[]): ReadonlyMap<string, readonly Planned[]> {
  const several = Map.groupBy(ofType(plan, 'aws_vpc'), ({ address }) => moduleOf(address));
  const known = ofType(plan, 'aws_subnet').filter(({ address, values }) => {
    const made = several.get(moduleOf(address))?.length ?? 0;
    return textAt(values, 'vpc_id') !== '' || made === 1;
  });
  return Map.groupBy(known, ({ address, values }) => textAt(values, 'vpc_id') || moduleOf(address));
}

/** `module.a.module.b` of `module.a.module.b.aws_subnet.c["d"]`; empty for the root. */
export function moduleOf(address: string): string {
  return /^((?:module\.[\w-]+(?:\[[^\]]*\])?\.)*)/.exec(address)?.[1]?.replace(/\.$/, '') ?? '';
}

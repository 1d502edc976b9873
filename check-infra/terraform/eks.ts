/** Who reaches the API server of an EKS cluster, and words of EKS. */

import { at, type Json, type JsonObject, listAt, textAt } from '../../core/kubernetes/index.ts';
import { blockIn, ofType, type PlanCheck, type PlanProblem } from './plan.ts';

export const openApiServer: PlanCheck = {
  name: 'eks-open-api-server',
  refuses: 'an EKS cluster whose API server the whole internet reaches, as it does where nothing is said',
  run: (plan) =>
    ofType(plan, 'aws_eks_cluster').flatMap(({ address, values, unknown }): PlanProblem[] => {
      const network = blockIn(values, 'vpc_config');
      const cidrs = listAt(network, 'public_access_cidrs').map(String);
      const isLater = at(blockIn(unknown, 'vpc_config'), 'public_access_cidrs') === true;
      // EKS's own default is to be public, for everybody.
      const isPublic = at(network, 'endpoint_public_access') !== false;
      const open = cidrs.filter((cidr) => /\/0$/.test(cidr));
      if (!isPublic || isLater || (cidrs.length > 0 && open.length === 0)) return [];
      return [
        {
          address,
          message: `its API server is reached from ${open.length > 0 ? open.join(', ') : '0.0.0.0/0, since public_access_cidrs names no networks'}`,
          mend: 'write endpoint_public_access = false and endpoint_private_access = true, or name the networks in public_access_cidrs',
        },
      ];
    }),
};

interface Word {
  readonly type: string;
  readonly of: (values: JsonObject) => Json | undefined;
  readonly name: string;
  readonly allowed: readonly string[];
}

const words: readonly Word[] = [
  {
    type: 'aws_eks_cluster',
    name: 'authentication_mode',
    of: (values) => at(blockIn(values, 'access_config'), 'authentication_mode'),
    allowed: ['API', 'API_AND_CONFIG_MAP', 'CONFIG_MAP'],
  },
  {
    type: 'aws_eks_node_group',
    name: 'capacity_type',
    of: (values) => at(values, 'capacity_type'),
    allowed: ['ON_DEMAND', 'SPOT', 'CAPACITY_BLOCK'],
  },
  {
    type: 'aws_eks_access_policy_association',
    name: 'type of access_scope',
    of: (values) => at(blockIn(values, 'access_scope'), 'type'),
    allowed: ['cluster', 'namespace'],
  },
  {
    type: 'aws_eks_access_entry',
    name: 'type',
    of: (values) => at(values, 'type'),
    allowed: [
      'STANDARD',
      'EC2',
      'EC2_LINUX',
      'EC2_WINDOWS',
      'FARGATE_LINUX',
      'HYBRID_LINUX',
      'HYPERPOD_LINUX',
    ],
  },
];
const effects = ['NO_SCHEDULE', 'NO_EXECUTE', 'PREFER_NO_SCHEDULE'];
/** https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html */
const reserved = /^(?:system|eks|aws|amazon|iam):/;

export const eksWords: PlanCheck = {
  name: 'eks-words',
  refuses:
    'a value of EKS that there is not: a taint in the words of Kubernetes, a group that EKS keeps for itself',
  run: (plan) => [
    ...words.flatMap(({ type, of, name, allowed }) =>
      ofType(plan, type).flatMap(({ address, values }): PlanProblem[] => {
        const value = of(values);
        if (typeof value !== 'string' || allowed.includes(value)) return [];
        return [{ address, message: `there is no ${name} ${value}`, mend: `write ${allowed.join(', ')}` }];
      }),
    ),
    ...ofType(plan, 'aws_eks_node_group').flatMap(({ address, values }) =>
      listAt(values, 'taint')
        .map((taint) => textAt(taint, 'effect'))
        .filter((effect) => effect !== '' && !effects.includes(effect))
        .map((effect) => ({
          address,
          message: `there is no effect ${effect} of taints`,
          mend: `write ${effects.join(', ')}: EKS has words of its own for them`,
        })),
    ),
    ...ofType(plan, 'aws_eks_access_entry').flatMap(({ address, values }) =>
      listAt(values, 'kubernetes_groups')
        .map(String)
        .filter((group) => reserved.test(group))
        .map((group) => ({
          address,
          message: `the group ${group} is one that EKS gives to nobody`,
          mend: 'name a group of your own and bind it in the cluster, or associate an access policy',
        })),
    ),
  ],
};

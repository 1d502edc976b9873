/** Databases, disks and buckets that anybody can read who gets at them. */

import { at, textAt } from '../../core/kubernetes/index.ts';
import { ofType, type PlanCheck, type Planned, type PlanProblem } from './plan.ts';

/** What is not encrypted where nothing is said. S3, SQS and DynamoDB encrypt by themselves. */
const encrypted: Readonly<Record<string, string>> = {
  aws_db_instance: 'storage_encrypted',
  aws_rds_cluster: 'storage_encrypted',
  aws_docdb_cluster: 'storage_encrypted',
  aws_neptune_cluster: 'storage_encrypted',
  aws_ebs_volume: 'encrypted',
  aws_efs_file_system: 'encrypted',
  aws_elasticache_replication_group: 'at_rest_encryption_enabled',
  aws_redshift_cluster: 'encrypted',
};

export const notEncrypted: PlanCheck = {
  name: 'not-encrypted',
  refuses: 'a database, a disk or a file system that is not encrypted, as it is not where nothing is said',
  run: (plan) =>
    plan.flatMap(({ address, type, values, unknown }): PlanProblem[] => {
      const attribute = encrypted[type];
      // Of a snapshot or another cluster, the encryption is that of what it is made of.
      const isCopy = ['snapshot_identifier', 'replicate_source_db', 'snapshot_id'].some(
        (name) => textAt(values, name) !== '' || at(unknown, name) === true,
      );
      if (attribute === undefined || isCopy) return [];
      if (String(at(values, attribute)) === 'true' || at(unknown, attribute) === true) return [];
      return [
        { address, message: 'it is not encrypted', mend: `write ${attribute} = true, with a key of yours` },
      ];
    }),
};

export const publicDatabase: PlanCheck = {
  name: 'public-database',
  refuses: 'a database with an address in the internet',
  run: (plan) =>
    ofType(
      plan,
      'aws_db_instance',
      'aws_rds_cluster_instance',
      'aws_redshift_cluster',
      'aws_dms_replication_instance',
    )
      .filter(({ values }) => at(values, 'publicly_accessible') === true)
      .map(({ address }) => ({
        address,
        message: 'it has an address in the internet (publicly_accessible)',
        mend: 'leave publicly_accessible out, and put it into subnets without a route to the internet',
      })),
};

const locks = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

export const publicBucket: PlanCheck = {
  name: 'public-bucket',
  refuses: 'a bucket that is open to everybody, or that may become so',
  run: (plan) => [
    ...ofType(plan, 'aws_s3_bucket_public_access_block', 'aws_s3_account_public_access_block').flatMap(
      unlocked,
    ),
    ...ofType(plan, 'aws_s3_bucket_acl', 'aws_s3_bucket')
      .filter(({ values }) => /^(?:public-|authenticated-read$)/.test(textAt(values, 'acl')))
      .map(({ address, values }) => ({
        address,
        message: `its acl is ${textAt(values, 'acl')}: everybody reads it`,
        mend: 'leave acl out; who reads it is for a policy to say',
      })),
  ],
};

function unlocked({ address, values, unknown }: Planned): PlanProblem[] {
  const open = locks.filter((name) => at(values, name) !== true && at(unknown, name) !== true);
  if (open.length === 0) return [];
  const message = `it leaves ${open.join(', ')} open, so that an ACL or a policy can make the bucket public`;
  return [{ address, message, mend: 'write true for all four' }];
}

import { expect, test } from 'vitest';
import { notEncrypted, publicBucket, publicDatabase } from './data-stores.ts';
import { planned, said } from './testing.ts';

test.each([
  ['aws_db_instance', { storage_encrypted: true }, {}],
  ['aws_db_instance', { snapshot_identifier: 'before' }, {}],
  ['aws_db_instance', {}, { storage_encrypted: true }],
  ['aws_redshift_cluster', { encrypted: 'true' }, {}],
  ['aws_s3_bucket', {}, {}],
])('%s with %o (later: %o) is let be', (type, values, unknown) => {
  expect(said(notEncrypted, planned(type, values, unknown))).toEqual([]);
});

test.each([
  ['aws_db_instance', {}],
  ['aws_rds_cluster', { storage_encrypted: false }],
  ['aws_ebs_volume', {}],
  ['aws_efs_file_system', {}],
  ['aws_elasticache_replication_group', {}],
])('%s with %o is refused', (type, values) => {
  expect(said(notEncrypted, planned(type, values))).toEqual([`${type}.this: it is not encrypted`]);
});

test('a database in the internet is refused, and one that says nothing of it is not', () => {
  expect(said(publicDatabase, planned('aws_db_instance', { publicly_accessible: true }))).toEqual([
    'aws_db_instance.this: it has an address in the internet (publicly_accessible)',
  ]);
  expect(said(publicDatabase, planned('aws_db_instance', {}))).toEqual([]);
});

test('a bucket is shut by all four locks, and by no ACL for everybody', () => {
  const shut = {
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  };
  const block = 'aws_s3_bucket_public_access_block';
  expect(said(publicBucket, planned(block, shut), planned('aws_s3_bucket_acl', { acl: 'private' }))).toEqual(
    [],
  );
  expect(said(publicBucket, planned(block, { ...shut, block_public_policy: false }))).toEqual([
    `${block}.this: it leaves block_public_policy open, so that an ACL or a policy can make the bucket public`,
  ]);
  expect(said(publicBucket, planned('aws_s3_bucket_acl', { acl: 'public-read' }))).toEqual([
    'aws_s3_bucket_acl.this: its acl is public-read: everybody reads it',
  ]);
});

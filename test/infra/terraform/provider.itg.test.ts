/** The stand-in provider: what of AWS's provider it knows, and that what is planned can be applied and then stays. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type TerraformFolder, terraformFiles } from './support.ts';

let folder: TerraformFolder | undefined;
afterEach(async () => await folder?.remove());

const provider = 'provider "aws" {\n  region = "eu-west-1"\n}\n';
async function files(text: string): Promise<TerraformFolder> {
  folder = await terraformFiles({ 'main.tf': `${provider}${text}` });
  return folder;
}

describe('validate', () => {
  test('passes what the provider takes', async () => {
    const { validate } = await files(`
resource "aws_ecr_repository" "this" {
  name                 = "ml-api"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration {
    scan_on_push = true
  }
}`);
    expect(await validate()).toEqual([]);
  });

  test.each([
    [
      'an argument that there is not',
      'name = "a"\n scan = true',
      'main.tf:6: Unsupported argument: An argument named "scan" is not expected here.',
    ],
    [
      'a required argument that is missing',
      '',
      'Missing required argument: The argument "name" is required, but no definition was found.',
    ],
    [
      'a block that there is not',
      'name = "a"\n scanning {}',
      'Unsupported block type: Blocks of type "scanning" are not expected here.',
    ],
    [
      'a block too many',
      'name = "a"\n image_scanning_configuration {\n scan_on_push = true\n }\n image_scanning_configuration {\n scan_on_push = true\n }',
      'Too many image_scanning_configuration blocks: No more than 1 "image_scanning_configuration" blocks are allowed',
    ],
    [
      'a value of another type',
      'name = "a"\n force_delete = "maybe"',
      'Incorrect attribute value type: Inappropriate value for attribute "force_delete": a bool is required.',
    ],
  ])('refuses %s', async (_, body, message) => {
    const { validate } = await files(`resource "aws_ecr_repository" "this" {\n ${body}\n}`);
    expect((await validate()).join('\n')).toContain(message);
  });

  test('refuses a resource that there is not', async () => {
    const { validate } = await files('resource "aws_ecr_repo" "this" {}');
    expect((await validate()).join('\n')).toContain(
      'Invalid resource type: The provider hashicorp/aws does not support resource type "aws_ecr_repo".',
    );
  });
});

test('what is applied has made-up ids, stays as it is, and holds no value that is only written', async () => {
  const { must, path } = await files(`
data "aws_availability_zones" "here" {}
data "aws_caller_identity" "here" {}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "this" {
  for_each          = toset(data.aws_availability_zones.here.names)
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 4, index(data.aws_availability_zones.here.names, each.key))
}
resource "aws_secretsmanager_secret" "this" {
  name = "s-\${data.aws_caller_identity.here.account_id}"
}
resource "aws_secretsmanager_secret_version" "this" {
  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = "hidden-in-the-plan"
  secret_string_wo_version = 1
}
output "zones" {
  value = [for subnet in aws_subnet.this : subnet.availability_zone]
}`);
  await must('apply', '-auto-approve', '-no-color');
  expect(await must('plan', '-no-color', '-detailed-exitcode')).toContain('No changes.');
  expect(await must('output', '-json', 'zones')).toBe('["eu-west-1a","eu-west-1b","eu-west-1c"]\n');
  const state = await readFile(join(path, 'terraform.tfstate'), 'utf8');
  expect(state).toContain('"name": "s-123456789012"');
  expect(state).toMatch(/"vpc_id": "vpc-[0-9a-f]{17}"/);
  expect(state).not.toContain('hidden-in-the-plan');
});

import { expect, test } from 'vitest';
import { masked } from './masked.ts';
import { readFolder } from './references.ts';

function undeclared(...texts: string[]): string[] {
  const { declared, references } = readFolder(texts.map((text, index) => ({ place: `${index}.tf`, text })));
  return references
    .filter(({ name }) => !declared.has(name))
    .map(({ place, line, name }) => `${place}:${line}: ${name}`);
}

test('code stays, comments and texts go, and what is interpolated in them stays', () => {
  expect(masked(`a = "x \${var.b}y" # var.c`)).toBe('a =      var.b         '.padEnd(25));
  expect(masked('/* var.a */ b')).toBe('            b');
  expect(masked('a = "\\"var.b" + c')).toBe(`a = ${' '.repeat(9)} + c`);
  expect(masked(`a = "$\${var.b}"`)).toBe(' '.repeat(15).replace(/^ {3}/, 'a ='));
  expect(masked(`a = "\${"in \${var.b}"}"`).replaceAll(' ', '')).toBe('a=var.b');
});

test('of a heredoc what is interpolated stays', () => {
  const code = masked(`a = <<-EOT\n  var.b \${var.c}\n  EOT\nd = var.e\n`);
  expect(code).toContain('var.c');
  expect(code).toContain('d = var.e');
  expect(code).not.toContain('var.b');
  expect(code.split('\n')).toHaveLength(5);
});

test('what is declared anywhere in the folder may be referred to', () => {
  expect(
    undeclared(
      'resource "aws_vpc" "this" {\n  cidr_block = var.cidr\n}\noutput "id" { value = aws_vpc.this.id }\n',
      'variable "cidr" {}\nlocals {\n  a = { b = 1 }\n  c = [\n    local.a,\n  ]\n}\ndata "aws_region" "here" {}\n',
      'module "m" {\n  source = "./m"\n  region = data.aws_region.here.region\n  c = local.c\n}\noutput "m" { value = module.m.x }\n',
    ),
  ).toEqual([]);
});

test.each([
  ['resource "aws_vpc" "this" {}\noutput "id" { value = aws_vpc.main.id }', '0.tf:2: aws_vpc.main'],
  [`output "a" {\n  value = "x-\${var.name}"\n}`, '0.tf:2: var.name'],
  ['locals {\n  a = { b = 1 }\n}\noutput "a" { value = local.b }', '0.tf:4: local.b'],
  ['output "a" { value = module.network.vpc_id }', '0.tf:1: module.network'],
  ['resource "aws_vpc" "a" {\n  tags = { r = data.aws_region.here.name }\n}', '0.tf:2: data.aws_region.here'],
  ['resource "aws_vpc" "a" {\n  depends_on = [aws_subnet.b]\n}', '0.tf:2: aws_subnet.b'],
  ['# variable "a" {}\noutput "a" { value = var.a }', '0.tf:2: var.a'],
])('%j refers to what is not there', (text, problem) => {
  expect(undeclared(text)).toEqual([problem]);
});

test.each([
  ['a name of a loop', 'resource "aws_vpc" "a" {}\nlocals { b = [for one_thing in [1] : one_thing.name] }'],
  [
    'an attribute that is called like a resource',
    'resource "aws_vpc" "a" {}\nlocals { b = aws_vpc.a.aws_thing.c }',
  ],
  ['what was moved', 'moved {\n  from = aws_vpc.old\n  to = aws_vpc.a\n}\nresource "aws_vpc" "a" {}'],
  ['what is let go of', 'resource "aws_vpc" "a" {}\nremoved {\n  from = aws_vpc.old\n}'],
  ['a text', 'resource "aws_vpc" "a" {}\noutput "a" { description = "as aws_vpc.main or var.a" }'],
  ['a policy', 'resource "aws_iam_policy" "a" {\n  policy = <<EOT\n  {"Resource": "var.a"}\nEOT\n}'],
  ['each and self', 'resource "aws_vpc" "a" {\n  tags = { a = each.value.aws_x.b, c = self.aws_y.d }\n}'],
])('%s is no reference', (_, text) => {
  expect(undeclared(text)).toEqual([]);
});

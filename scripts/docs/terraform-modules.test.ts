import { expect, test } from 'vitest';
import { inputsTable, outputsTable } from './terraform-modules.ts';

const variables = `# --- names

variable "name" {
  description = "Name of all | of it."
  type        = string
  nullable    = false

  validation {
    condition     = var.name != ""
    error_message = "name is not empty."
  }
}

variable "groups" {
  description = "Groups, by name: \`a\`."
  type = map(object({
    min = number
    labels = optional(map(string), {
      a = "b"
    })
  }))
  default  = {}
  nullable = false
}

variable "paths" {
  description = "Paths."
  type        = list(string)
  default = [
    "/a",
    "/b",
  ]
}

variable "port" {
  description = "A port; null: none."
  type        = number
  default     = null
}
`;

test('inputs are told with their types, their defaults and their meaning', () => {
  expect(inputsTable(variables).split('\n')).toEqual([
    '| input | type | default | meaning |',
    '| --- | --- | --- | --- |',
    '| `name` | `string` | required | Name of all \\| of it. |',
    '| `groups` | `map(object)` | `{}` | Groups, by name: `a`. |',
    '| `paths` | `list(string)` | `[ "/a", "/b", ]` | Paths. |',
    '| `port` | `number` | `null` | A port; null: none. |',
  ]);
});

test('outputs are told with their meaning', () => {
  expect(
    outputsTable('output "arn" {\n  description = "The ARN."\n  value       = aws_lb.this.arn\n}\n'),
  ).toBe('| output | meaning |\n| --- | --- |\n| `arn` | The ARN. |');
});

test('what has no description is refused', () => {
  expect(() => inputsTable('variable "name" {\n  type = string\n}\n')).toThrow(
    'name has no description on one line',
  );
});

/** The table of the chart's values and the descriptions in its schema come from values.yaml, and both must have the same keys. */

import { expect, test } from 'vitest';
import { chartValuesTable, describedSchema, type Schema } from './chart-values.ts';

const values = [
  '# About the file.',
  '',
  'image:',
  '  # Tag of the image;',
  '  # empty: the newest | of all.',
  '  tag: ""',
  '# How many pods.',
  'replicas: 2',
  'resources:',
  '  requests:',
  '    cpu: 500m',
  '',
].join('\n');

const schema: Schema = {
  type: 'object',
  properties: {
    image: { type: 'object', properties: { tag: { type: 'string', description: 'Something old.' } } },
    replicas: { type: ['integer', 'null'], minimum: 1, maximum: 9 },
    resources: { $ref: '#/definitions/resources' },
    global: { type: 'object' },
  },
  definitions: { resources: { title: 'amounts', description: 'What a pod asks for.', type: 'object' } },
};

test('a row for each value: its default, what it may be, and the comment above it', () => {
  expect(chartValuesTable(values, schema).split('\n')).toEqual([
    '| value | default | may be | meaning |',
    '| --- | --- | --- | --- |',
    '| `image.tag` | `""` | a text | Tag of the image; empty: the newest \\| of all. |',
    '| `replicas` | `2` | a number from 1 to 9, or `null` | How many pods. |',
    '| `resources` | `{requests: {cpu: 500m}}` | amounts | What a pod asks for. |',
  ]);
});

test('the comment above a value becomes its description in the schema', () => {
  const described = JSON.parse(describedSchema(values, schema));
  expect(described.properties.image.properties.tag.description).toBe(
    'Tag of the image; empty: the newest | of all.',
  );
  expect(described.properties.image).not.toHaveProperty('description');
  expect(describedSchema(values, described)).toBe(describedSchema(values, schema));
});

test.each([
  ['a value that the schema does not know', `${values}pods: {}\n`, 'pods is in one of'],
  ['a value of the schema without a default', values.replace('  tag: ""', '  {}'), 'image.tag is in one of'],
  ['a value without a meaning', values.replace('# How many pods.', ''), 'replicas has no comment'],
])('%s is an error', (_, text, message) => {
  expect(() => chartValuesTable(text, schema)).toThrow(message);
});

import { expect, test } from 'vitest';
import { imageIdOf, invalidImageName } from './image-name.ts';

const digest = `sha256:${'0f'.repeat(32)}`;

test.each([
  'nginx',
  'nginx:1.27',
  'octo/web:v1_2-rc.1',
  'localhost:5000/web',
  '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web:2',
  `ghcr.io/octo/web@${digest}`,
  `ghcr.io/octo/web:2@${digest}`,
  'registry.example/web:UPPER-tag',
])('%s is a name', (image) => {
  expect(invalidImageName(image)).toBeNull();
});

test.each([
  ['Web:1', 'invalid reference format: repository name (library/Web) must be lowercase'],
  ['ghcr.io/Octo/web', 'invalid reference format: repository name (Octo/web) must be lowercase'],
  ['web:', 'invalid reference format'],
  ['web:a:b', 'invalid reference format'],
  [':1', 'invalid reference format'],
  ['a b', 'invalid reference format'],
  ['web@sha256:12', 'invalid reference format'],
])('%s is none: %s', (image, why) => {
  expect(invalidImageName(image)).toBe(why);
});

test('what runs is told by digest', () => {
  expect(imageIdOf(`ghcr.io/octo/web:2@${digest}`)).toBe(`ghcr.io/octo/web@${digest}`);
  expect(imageIdOf('localhost:5000/web:2')).toMatch(/^localhost:5000\/web@sha256:[0-9a-f]{64}$/);
  expect(imageIdOf('localhost:5000/web:2')).not.toBe(imageIdOf('localhost:5000/web:3'));
});

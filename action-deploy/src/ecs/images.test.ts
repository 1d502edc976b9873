import { expect, test } from 'vitest';
import { canonicalImage, partsOf, shortImage } from './images.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

test.each([
  ['nginx', 'docker.io/library/nginx', null, null],
  ['nginx:1.27', 'docker.io/library/nginx', '1.27', null],
  ['octo/api', 'docker.io/octo/api', null, null],
  ['index.docker.io/octo/api:1', 'docker.io/octo/api', '1', null],
  ['localhost:5000/api', 'localhost:5000/api', null, null],
  ['localhost/api:2', 'localhost/api', '2', null],
  [`ghcr.io/octo/api:v1@${digest}`, 'ghcr.io/octo/api', 'v1', digest],
  [
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api:v1',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api',
    'v1',
    null,
  ],
])('%s', (reference, repository, tag, found) => {
  expect(partsOf(reference)).toEqual({ repository, tag, digest: found });
});

test('a digest decides, whatever the tag is', () => {
  expect(canonicalImage(`nginx:1@${digest}`)).toBe(canonicalImage(`docker.io/library/nginx@${digest}`));
  expect(canonicalImage('nginx')).toBe(canonicalImage('nginx:latest'));
  expect(canonicalImage('nginx:1')).not.toBe(canonicalImage('nginx:2'));
});

test('short for one line', () => {
  expect(shortImage(`ghcr.io/octo/api@${digest}`)).toBe('api@sha256:0123456789ab');
  expect(shortImage('ghcr.io/octo/api')).toBe('api:latest');
});

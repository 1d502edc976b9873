import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseChallenges } from './challenge.ts';

function read(header: string): [string, Record<string, string>][] {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

test.each<[string, [string, Record<string, string>][]]>([
  ['', []],
  ['Basic', [['basic', {}]]],
  ['Basic realm="a"', [['basic', { realm: 'a' }]]],
  // Registries that are in use: Docker Hub, GitHub, Amazon's public one.
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"',
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/nginx:pull',
        },
      ],
    ],
  ],
  ['BEARER Realm = "a" , SERVICE=b', [['bearer', { realm: 'a', service: 'b' }]]],
  ['Bearer realm="a, \\"b\\", Basic x=y"', [['bearer', { realm: 'a, "b", Basic x=y' }]]],
  // RFC 9110, 11.6.1
  [
    'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    [
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ],
  ],
  ['Bearer realm="never closed', [['bearer', {}]]],
  ['realm="without a scheme"', []],
])('%j', (header, challenges) => {
  expect(read(header)).toEqual(challenges);
});

test('any header is read in time that grows with its length', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aB="\\, \t/'), maxLength: 200 }), (header) => {
      for (const { scheme } of parseChallenges(header)) expect(scheme).toMatch(/^[ab]+$/);
    }),
  );
  expect(parseChallenges(`Bearer realm="${'\\"'.repeat(100_000)}`)).toHaveLength(1);
  expect(parseChallenges(`${'a,'.repeat(100_000)}`)).toHaveLength(100_000);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseImageReference } from './reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a name of an image', () => {
  test.each([
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', null],
    ['octo/api:v1', 'docker.io', 'octo/api', 'v1', null],
    ['docker.io/nginx:1.27', 'docker.io', 'library/nginx', '1.27', null],
    ['docker.io/library/nginx:1.27', 'docker.io', 'library/nginx', '1.27', null],
    ['index.docker.io/nginx:1.27', 'docker.io', 'library/nginx', '1.27', null],
    ['ghcr.io/octo/api:v1', 'ghcr.io', 'octo/api', 'v1', null],
    ['localhost/api:v1', 'localhost', 'api', 'v1', null],
    ['localhost:5000/api:v1', 'localhost:5000', 'api', 'v1', null],
    ['127.0.0.1:5000/a/b/c:v1', '127.0.0.1:5000', 'a/b/c', 'v1', null],
    ['[::1]:5000/api:v1', '[::1]:5000', 'api', 'v1', null],
    ['registry:5000/api:v1', 'registry:5000', 'api', 'v1', null],
    // Without a slash the colon stands before a tag, as Docker reads it.
    ['localhost:5000', 'docker.io', 'library/localhost', '5000', null],
    [
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api:v1',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      'team/api',
      'v1',
      null,
    ],
    ['public.ecr.aws/nginx/nginx:1', 'public.ecr.aws', 'nginx/nginx', '1', null],
    [`ghcr.io/octo/api@${digest}`, 'ghcr.io', 'octo/api', null, digest],
    [`ghcr.io/octo/api:v1@${digest}`, 'ghcr.io', 'octo/api', 'v1', digest],
    [`localhost:5000/api@${digest}`, 'localhost:5000', 'api', null, digest],
    ['x/a__b--c.d_e:T.a-g_1', 'docker.io', 'x/a__b--c.d_e', 'T.a-g_1', null],
    [`api:${'t'.repeat(128)}`, 'docker.io', 'library/api', 't'.repeat(128), null],
  ])('%s', (given, registry, path, tag, wantedDigest) => {
    expect(parseImageReference(given)).toEqual({
      ok: true,
      value: { given, registry, path, repository: `${registry}/${path}`, tag, digest: wantedDigest },
    });
  });
});

describe('a mistake is named, with what is allowed', () => {
  const form = '[registry[:port]/]repository:tag or …@sha256:digest';
  const digestForm = 'sha256: and 64 digits of 0-9 and a-f';
  const tagForm = '1 to 128 letters, digits, _, . and -, of which . and - do not come first';
  const pathForm =
    'parts of lower-case letters and digits, with single . or _, __ or any number of - between them, separated by /';
  test.each<[string, string, string, string | undefined]>([
    ['', 'the name of the image is empty', form, undefined],
    ['   ', 'the name of the image is empty', form, undefined],
    ['nginx', '"nginx" names neither a tag nor a digest', form, 'nginx:latest'],
    ['nginx:1 ', '"nginx:1 " has blanks around it', form, 'nginx:1'],
    ['ngi nx:1', '"ngi nx:1" holds a blank or a control character', form, undefined],
    ['nginx:1\u0000', '"nginx:1\\u0000" holds a blank or a control character', form, undefined],
    [
      'http://ghcr.io/octo/api:v1',
      '"http://ghcr.io/octo/api:v1" begins with http://, but it is a name and no address',
      form,
      'ghcr.io/octo/api:v1',
    ],
    [
      'docker://nginx:1',
      '"docker://nginx:1" begins with docker://, but it is a name and no address',
      form,
      'nginx:1',
    ],
    ['ghcr.io/Octo/api:v1', 'the repository "Octo/api" has upper-case letters', form, 'octo/api'],
    ['Octo/api:v1', 'the repository "Octo/api" has upper-case letters', form, 'octo/api'],
    ['Nginx:1', 'the repository "Nginx" has upper-case letters', form, 'nginx'],
    ['nginx:', 'the tag behind the colon is empty', tagForm, undefined],
    [`nginx:${'t'.repeat(129)}`, 'the tag has 129 characters', tagForm, undefined],
    ['nginx:-1', 'the tag "-1" is not one', tagForm, undefined],
    ['nginx:1+2', 'the tag "1+2" is not one', tagForm, undefined],
    ['nginx@sha256:abc', 'the digest has 3 digits', digestForm, undefined],
    [`nginx@${digest}0`, 'the digest has 65 digits', digestForm, undefined],
    ['nginx@', 'the digest "" is not one', digestForm, undefined],
    [
      `nginx@${digest.toUpperCase()}`,
      `the digest "${digest.toUpperCase()}" is not written as digests are`,
      digestForm,
      `nginx@${digest}`,
    ],
    [
      `nginx@${digest.slice(7)}`,
      `the digest "${digest.slice(7)}" is not written as digests are`,
      digestForm,
      `nginx@${digest}`,
    ],
    [`nginx@sha512:${'0'.repeat(128)}`, 'the digest is one of sha512', digestForm, undefined],
    [`nginx@${digest}@${digest}`, `"nginx@${digest}@s…" has more than one @`, form, undefined],
    ['ghcr.io/:v1', 'the repository is empty', pathForm, undefined],
    ['ghcr.io//api:v1', 'the repository "/api" has an empty part', pathForm, undefined],
    ['ghcr.io/octo/:v1', 'the repository "octo/" has an empty part', pathForm, undefined],
    ['/api:v1', 'the repository "/api" has an empty part', pathForm, undefined],
    ['octo/api_:v1', 'the part "api_" of the repository is not one', pathForm, undefined],
    ['octo/../api:v1', 'the part ".." of the repository is not one', pathForm, undefined],
    ['a___b:v1', 'the part "a___b" of the repository is not one', pathForm, undefined],
    ['ünïcode:v1', 'the part "ünïcode" of the repository is not one', pathForm, undefined],
    [`${'a'.repeat(256)}:v1`, 'the repository has 256 characters', 'at most 255', undefined],
    [
      `${'0'.repeat(64)}:v1`,
      'the repository is 64 hexadecimal digits, which Docker takes for an id',
      pathForm,
      undefined,
    ],
    ['host:99999/api:v1', "the registry's port 99999 is none", 'ports from 1 to 65535', undefined],
    ['-host.io/api:v1', 'the registry "-host.io" is no host name', form, undefined],
    ['user:pass@host/api:v1', 'the digest "host/api:v1" is not one', digestForm, undefined],
  ])('%j', (given, message, allowed, nearest) => {
    expect(parseImageReference(given)).toEqual({
      ok: false,
      message,
      allowed,
      ...(nearest === undefined ? {} : { nearest }),
    });
  });
});

/** The grammar of https://github.com/distribution/reference as one expression: names with their registry, a tag or a digest. */
const grammar = (() => {
  const component = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
  const host = `(?:${component}(?:\\.${component})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`;
  const part = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
  return new RegExp(`^${host}/${part}(?:/${part})*(?::[\\w][\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`);
})();

describe('for any text', () => {
  const alphabet = fc.string({ unit: fc.constantFrom(...'abzAZ09._-:/@[] \n'), maxLength: 40 });
  const nearlyNames = fc
    .tuple(alphabet, fc.constantFrom('', ':v1', `@${digest}`, `:v1@${digest}`))
    .map(([name, rest]) => `${name}${rest}`);

  test('what is read is written by the grammar, and reads the same again', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyNames, fc.string({ unit: 'binary' })), (text) => {
        const reading = parseImageReference(text);
        if (!reading.ok) {
          expect(reading.message).not.toMatch(/[\u0000-\u001f]/);
          return;
        }
        const { repository, registry, path, tag, digest: read } = reading.value;
        const whole = `${repository}${tag === null ? '' : `:${tag}`}${read === null ? '' : `@${read}`}`;
        expect(whole).toMatch(grammar);
        expect(parseImageReference(whole)).toEqual({
          ok: true,
          value: { given: whole, repository, registry, path, tag, digest: read },
        });
      }),
      { numRuns: 3000 },
    );
  });

  test('what is made by the grammar is read', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
    const host = fc.stringMatching(/^[a-z0-9]{1,8}(?:-[a-z0-9]{1,4})?\.[a-z]{2,6}(?::[1-9][0-9]{0,3})?$/);
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
    fc.assert(
      fc.property(host, fc.array(part, { minLength: 2, maxLength: 4 }), tag, (registry, parts, written) => {
        const path = parts.join('/');
        expect(parseImageReference(`${registry}/${path}:${written}`)).toMatchObject({
          ok: true,
          value: { path, tag: written, digest: null },
        });
      }),
    );
  });
});

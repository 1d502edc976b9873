/** What somebody sees who types `ml-gates check-infra`, in a narrow terminal too, and with what they get wrong. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checks } from '../check-infra/index.ts';
import { runCheckInfra } from './check-infra.ts';

const fixtures = resolve(import.meta.dirname, '../check-infra/fixtures');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-gates-check-infra-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function run(args: readonly string[], { cwd = folder, width = 100, env = {} } = {}) {
  let out = '';
  let err = '';
  const code = await runCheckInfra(args, {
    cwd,
    env,
    width,
    signal: new AbortController().signal,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const fixture = (name: string, args: readonly string[] = [], more = {}) =>
  run([name, ...args], { cwd: fixtures, ...more });

describe('findings', () => {
  test('by place, with the check, the reason and the remedy, and their number at the end', async () => {
    expect(await fixture('replicas-with-autoscaler/bad', [], { width: 48 })).toEqual({
      code: 1,
      err: '',
      out: [
        'single files: 2 objects',
        '',
        'manifests.yaml:1: Deployment/ml-api',
        '  replicas-with-autoscaler',
        '    Deployment/ml-api sets replicas, which',
        '    HorizontalPodAutoscaler/ml-api sets too:',
        '    each deployment throws its number away',
        '    mend: take `replicas` out, and say the least',
        '    number in the autoscaler',
        '',
        '1 finding in 1 place',
        '',
      ].join('\n'),
    });
  });

  test('none: exit code 0', async () => {
    expect(await fixture('replicas-with-autoscaler/good')).toEqual({
      code: 0,
      err: '',
      out: 'single files: 2 objects\n\nno findings\n',
    });
  });

  test('as JSON', async () => {
    const { code, out } = await fixture('image-not-pinned/bad', ['--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      seen: ['single files: 1 object'],
      findings: [
        {
          check: 'image-not-pinned',
          place: 'deployment.yaml:1: Deployment/ml-api',
          message: 'container ml-api runs ghcr.io/org/ml-api:latest, which is whatever was pushed last',
          mend: 'name a version, or better a digest (`image@sha256:…`)',
        },
      ],
    });
  });

  test('without a check that is left out', async () => {
    for (const args of [['--skip', 'image-not-pinned'], ['--skip=image-not-pinned']])
      expect(await fixture('image-not-pinned/bad', args)).toMatchObject({ code: 0 });
    const both = ['--skip', 'image-not-pinned', '--skip', 'flow-open'];
    expect(await fixture('image-not-pinned/bad', both)).toMatchObject({ code: 0 });
    expect(await fixture('image-not-pinned/bad', ['--skip', 'flow-open'])).toMatchObject({ code: 1 });
  });
});

test('--matrix shows who reaches what, also without a reachability.yaml', async () => {
  const { out, code } = await fixture('flow-blocked/good', ['--matrix']);
  expect(code).toBe(0);
  expect(out).toContain('single files, namespace ml\nfrom                 1   2\n');
  expect(out).toContain('ingress-controller yes\n');
  const bare = await fixture('policy-blocks-dns/good-silent', ['--matrix']);
  expect(bare.out).toContain('ml-api         ·\nthe internet   ·\n');
  const { out: json } = await fixture('flow-blocked/good', ['--matrix', '--json']);
  expect(JSON.parse(json).matrices).toMatchObject([{ place: 'single files' }]);
});

test('--help lists every check with what it refuses', async () => {
  const { code, out } = await run(['--help'], { width: 60 });
  expect(code).toBe(0);
  for (const { name } of checks) expect(out).toContain(`\n  ${name}\n      `);
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
});

describe('what is refused', () => {
  const fixtureNames = { cwd: fixtures };
  test.each([
    [[], 'name a folder: ml-gates check-infra PATH'],
    [[''], 'name a folder: ml-gates check-infra PATH'],
    [['flow-opne'], '"flow-opne" does not exist; did you mean flow-open?'],
    [['flow-open/god'], '"flow-open/god" does not exist; did you mean good?'],
    [['nowhere/at/all'], '"nowhere/at/all" does not exist'],
    [
      ['flow-open/bad/manifests.yaml'],
      '"flow-open/bad/manifests.yaml" is a file; name the folder that it is in',
    ],
    [['a', 'b'], 'one folder at a time; these are 2: "a", "b"'],
    [['.', '--jsno'], '"--jsno" is no flag; did you mean --json?'],
    [
      ['.', '--verbose-output'],
      '"--verbose-output" is no flag; there are --json, --matrix, --skip, --values, --help',
    ],
    [
      ['.', '--skip', 'image-not-pined'],
      '--skip "image-not-pined" is no check; did you mean image-not-pinned?',
    ],
    [['.', '--skip', 'xyz'], '--skip "xyz" is no check; --help lists them'],
    [['.', '--skip'], '--skip needs the name of a check; --help lists them'],
    [['.', '--values'], '--values needs a file'],
    [['.', '--values', 'nowhere.yaml'], 'nowhere.yaml" is no file'],
  ])('%j', async (args, message) => {
    const { code, out, err } = await run(args, fixtureNames);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('ml-gates check-infra: ');
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test('several mistakes are told at once', async () => {
    expect((await run(['--jsno', '--skip', 'x'])).err.split('\n')).toHaveLength(4);
  });

  test('a folder without anything to look at', async () => {
    write('empty/notes.txt', 'nothing');
    write('empty/values.yaml', 'a: 1');
    expect(await run(['empty'])).toEqual({
      code: 2,
      out: '',
      err: 'ml-gates check-infra: "empty" holds no kustomization, chart, manifest, rules of Prometheus, dashboard, policy of AWS or files of Terraform; these are looked for in .yaml, .yml, .json, .rules and .tf files\n',
    });
  });

  test('a reachability.yaml that names nobody', async () => {
    write('typo/pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [] }\n');
    write('typo/reachability.yaml', 'reach: [{ from: Pod/wbe, to: Pod/web, port: 80 }]\n');
    expect((await run(['typo'])).err).toBe(
      'ml-gates check-infra: reachability.yaml, reach 1: from "Pod/wbe" is not there; did you mean Pod/web?\n',
    );
  });
});

test('without kubectl and helm the rest is checked, and what is missing is said', async () => {
  write('tools/app/kustomization.yaml', 'resources: []\n');
  write('tools/chart/Chart.yaml', 'apiVersion: v2\nname: chart\nversion: 1.0.0\n');
  write(
    'tools/pod.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ image: a }] }\n',
  );
  const { code, out } = await run(['tools'], { env: { PATH: join(folder, 'nothing') } });
  expect(code).toBe(1);
  expect(out).toContain('it is rendered by `kustomize` or `kubectl`, which is not on PATH');
  expect(out).toContain('it is rendered by `helm`, which is not on PATH');
  expect(out).toContain('image-not-pinned');
  expect(out).toMatch(/\n3 findings in 3 places\n$/);
});

test('an object that no API server takes is a finding, and the rest is checked', async () => {
  write(
    'odd/pods.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata: { name: no }\nspec: { containers: [{ name: c, image: "a:1" }] }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: c, image: b }] }\n',
  );
  write(
    'odd/service.yaml',
    'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: x } }\n',
  );
  const { code, out } = await run(['odd'], { width: 200 });
  expect(code).toBe(1);
  expect(out).toContain('a Pod has a name that kubectl reads as false');
  expect(out).toContain('image-not-pinned');
  expect(out).toContain('service-without-pods: not decided, since not everything could be read\n');
});

test('links are not followed, and told', async () => {
  write(
    'outside/secret.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ image: a }] }\n',
  );
  write('linked/pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [] }\n');
  symlinkSync(join(folder, 'outside/secret.yaml'), join(folder, 'linked/link.yaml'));
  symlinkSync(join(folder, 'outside'), join(folder, 'linked/folder'));
  symlinkSync(join(folder, 'linked'), join(folder, 'linked/loop.yaml'));
  expect(await run(['linked'])).toEqual({
    code: 0,
    err: '',
    out: 'single files: 1 object\nlink.yaml and 1 more: not looked at, links are not followed\n\nno findings\n',
  });
});

test('what files say does not steer the terminal', async () => {
  const name = 'a\\u001b[2Jb\\u202ec';
  write(
    'hostile/pod.yaml',
    `apiVersion: v1\nkind: Pod\nmetadata: { name: "${name}" }\nspec: { containers: [{ name: "${name}", image: "x\\ny" }] }\n`,
  );
  const { out } = await run(['hostile', '--matrix']);
  expect(out).toContain('Pod/a?[2Jb?c');
  expect(out).not.toMatch(/[\u001b\u202e]/);
  const { err } = await run(['no\u001b[2Jwhere']);
  expect(err).not.toContain('\u001b');
});

test('YAML that grows without end, or is not text, ends in a finding or in nothing', async () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghi'.split('').map((letter, index) => {
      const before = 'abcdefgh'[index];
      return `${letter}: &${letter} [${Array(9).fill(`*${before}`).join(', ')}]`;
    }),
  ].join('\n');
  write('bomb/bomb.yaml', `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n${bomb}\n`);
  const { code, out } = await run(['bomb']);
  expect(code).toBe(1);
  expect(out).toContain('broken-yaml');
  write('binary/a.yaml', '\u0000\u0001\u0002');
  write('binary/b.json', '{'.repeat(100_000));
  expect((await run(['binary'])).code).toBe(2);
});

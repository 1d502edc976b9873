import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../core/gate/index.ts';
import { InputError } from '../../../core/inputs/index.ts';
import {
  accuracy,
  commit,
  day,
  digest,
  documentOf,
  edited,
  type Made,
  now,
  otherCommit,
  put,
  sha256,
  theWorkspace,
  verify,
} from './harness.ts';

describe('a document that counts', () => {
  test.each<[string, Made, string]>([
    ['names this commit', {}, 'validate-model passed with 1 check for this commit'],
    [
      'names this image, and another commit',
      { commit: otherCommit, image: digest },
      'validate-model passed with 1 check for this image',
    ],
    [
      'names this image, and no commit',
      { commit: null, image: digest },
      'validate-model passed with 1 check for this image',
    ],
    [
      'passed with a warning',
      { judged: [accuracy(0.9), accuracy(0.1, 'warn', 'f1')] },
      'validate-model passed with 2 checks for this commit',
    ],
    ['is as old as is allowed', { ageMs: 7 * day }, 'validate-model passed with 1 check for this commit'],
    [
      'comes from a clock that is a little ahead',
      { ageMs: -60_000 },
      'validate-model passed with 1 check for this commit',
    ],
  ])('%s', async (_, made, reason) => {
    const text = documentOf(made);
    await put('gate-results/model.json', text);
    const { record, judged } = await verify(['gate-results/*.json']);
    expect(record).toEqual([
      {
        path: 'gate-results/model.json',
        action: 'validate-model',
        verdict: 'pass',
        commit: made.commit === undefined ? commit : made.commit,
        digest: sha256(text),
        finishedAt: new Date(now.getTime() - (made.ageMs ?? 3_600_000)).toISOString(),
        accepted: true,
        reason,
      },
    ]);
    expect(judged.map(({ check, verdict, reason: said }) => [check.id, verdict, said])).toEqual([
      ['evidence(gate-results/model.json)', 'pass', reason],
    ]);
  });

  test('has the digest that is required', async () => {
    const text = documentOf();
    await put('a.json', text);
    const { judged } = await verify([`a.json@${sha256(text)}`, '*.json']);
    expect(judged.map(({ check, verdict }) => [check.id, verdict])).toEqual([['evidence(a.json)', 'pass']]);
  });
});

describe('a document that does not count', () => {
  const failing = { judged: [accuracy(0.91, 'fail', 'f1'), accuracy(0.8)] };
  test.each<[string, string, string]>([
    ['failed', documentOf(failing), 'a.json did not pass: fail of accuracy >= 0.85: 0.8 is below 0.85'],
    [
      'is inconclusive',
      documentOf({
        judged: [
          judge(
            accuracy(0.9).check,
            { ...accuracy(0.9).measurement, inconclusive: 'the slice is too small' },
            { confidence: 0.95 },
          ),
        ],
      }),
      'a.json did not pass: inconclusive of accuracy >= 0.85: the slice is too small',
    ],
    [
      'is of another commit',
      documentOf({ commit: otherCommit }),
      'a.json is of something else: it is of commit deadbeefdead, this is c0ffee00c0ff, and the image is not among its subjects',
    ],
    [
      'is of no commit',
      documentOf({ commit: null }),
      'a.json is of something else: it names no commit, this is c0ffee00c0ff, and the image is not among its subjects',
    ],
    [
      'is too old',
      documentOf({ ageMs: 7 * day + 1000 }),
      'a.json is too old: it was finished 7 d ago, and at most 7 d are allowed',
    ],
    [
      'is of the future',
      documentOf({ ageMs: -3_600_000 }),
      'a.json is of the future: it was finished at 2026-11-30T13:00:00.000Z',
    ],
    ['is no JSON', '{"_type": ', 'a.json is not JSON'],
    ['is empty', '', 'a.json is not JSON'],
    ['is other JSON', '[]', 'a.json is no gate result: the document must be object'],
    [
      'is a statement of another kind',
      edited(documentOf(), (result: object) =>
        Object.assign(result, { predicateType: 'https://slsa.dev/provenance/v1' }),
      ),
      'a.json is no gate result: /predicateType must be "https://in-toto.io/attestation/test-result/v0.1"',
    ],
    [
      'lacks a field',
      edited(documentOf(), ({ predicate }: { predicate: Record<string, unknown> }) => {
        delete predicate.configuration;
      }),
      'a.json is no gate result: /predicate lacks `configuration`',
    ],
    [
      'is nested without an end',
      edited(documentOf(), () => {}).replace(
        '"details":{}',
        `"details":{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
      ),
      'a.json is no gate result: it is nested too deep',
    ],
  ])('%s', async (_, text, reason) => {
    await put('a.json', text);
    const { record, judged } = await verify(['a.json']);
    expect(record).toMatchObject([{ path: 'a.json', digest: sha256(text), accepted: false, reason }]);
    expect(judged).toMatchObject([
      { check: { id: 'evidence(a.json)', severity: 'fail' }, verdict: 'fail', reason },
    ]);
  });

  test('is of a run whose commit is not known', async () => {
    await put('a.json', documentOf());
    expect((await verify(['a.json'], { commit: null })).record[0]?.reason).toBe(
      'a.json is of something else: it is of commit c0ffee00c0ff, the commit of this run is not known, and the image is not among its subjects',
    );
  });

  test('has another digest than is required', async () => {
    const text = documentOf();
    await put('a.json', text);
    const { record } = await verify([`a.json@${digest}`]);
    expect(record[0]?.reason).toBe(
      `a.json is another document: its digest is ${sha256(text)}, and ${digest} is required`,
    );
  });

  test('is too large', async () => {
    await put('a.json', new Uint8Array(33 * 1024 * 1024).fill(32));
    expect((await verify(['a.json'])).record).toMatchObject([
      { accepted: false, digest: null, reason: 'a.json has more than 32 MiB' },
    ]);
  });

  test('says what it says in one line', async () => {
    const hostile = 'x\n::error::boom\u001b[31m\u2028y';
    await put('a.json', documentOf({ judged: [{ ...accuracy(0.1), reason: hostile }] }));
    expect((await verify(['a.json'])).record[0]?.reason).toBe(
      'a.json did not pass: fail of accuracy >= 0.85: x ::error::boom [31m y',
    );
  });
});

describe('lines of require-results', () => {
  test('none requires nothing', async () => {
    expect(await verify([])).toEqual({ record: [], judged: [] });
  });

  test('stand for each document once, and each has its own check', async () => {
    await put('gate-results/model.json', documentOf());
    await put('gate-results/data/data.json', documentOf({ judged: [accuracy(0.1)] }));
    const { judged } = await verify(['gate-results/**/*.json', 'gate-results/model.json', 'gate-results']);
    expect(judged.map(({ check, verdict }) => [check.selector, verdict])).toEqual([
      ['gate-results/data/data.json', 'fail'],
      ['gate-results/model.json', 'pass'],
    ]);
  });

  test.each([
    ['gate-results/*.json', 'gate-results does not exist'],
    ['present/perf-*.json', 'no file matches "present/perf-*.json"'],
    ['present/modle.json', 'present/modle.json does not exist; did you mean present/model.json?'],
    ['../outside.json', '"../outside.json" leads outside the workspace'],
    ['/etc/passwd', '"/etc/passwd" leads outside the workspace'],
    ['link.json', '"link.json" leads outside the workspace'],
    ['linked/*.json', '"linked" leads outside the workspace (at "linked/*.json")'],
    ['dangling.json', 'dangling.json is a symbolic link to nothing'],
  ])('%s stands for nothing that may be read, which is a failure that names it', async (pattern, reason) => {
    await put('present/model.json', documentOf());
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    try {
      await writeFile(join(outside, 'a.json'), documentOf());
      await symlink(join(outside, 'a.json'), join(theWorkspace(), 'link.json'));
      await symlink(outside, join(theWorkspace(), 'linked'));
      await symlink(join(theWorkspace(), 'nowhere'), join(theWorkspace(), 'dangling.json'));
      const { record, judged } = await verify(['present/model.json', pattern]);
      expect(record).toMatchObject([
        { accepted: true },
        { path: pattern, accepted: false, digest: null, reason },
      ]);
      expect(judged[1]).toMatchObject({ check: { id: `evidence(${pattern})` }, verdict: 'fail', reason });
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  test('with mistakes are all named', async () => {
    const error = await verify([
      'a.json@sha256:abc',
      `*.json@${digest}`,
      `@${digest}`,
      `b.json@${digest.toUpperCase()}`,
    ]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    const allowed =
      '; allowed: path@sha256: and 64 digits of 0-9 and a-f, as the output result-digest has it';
    expect((error as InputError).message.split('\n')).toEqual([
      `require-results: "sha256:abc" is no digest${allowed}`,
      `require-results: "*.json" may stand for several documents, and a digest is of one${allowed}`,
      `require-results: "@${digest}" names no document${allowed}`,
      `require-results: "${digest.toUpperCase()}" is no digest${allowed}`,
    ]);
  });
});

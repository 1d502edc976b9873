import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { recordingLog } from '../../test/support/github-setup.ts';
import { type ResultsServer, startResultsServer } from '../../test/support/results-server.ts';
import {
  type ArtifactUploader,
  artifactName,
  describeUploadFailure,
  officialUploader,
  uploadArtifact,
} from './artifact.ts';

const OPTIONS = { suffix: () => '7f3a', timeoutMs: 20_000, log: recordingLog() };

describe('with the official client', () => {
  let server: ResultsServer;
  let root: string;

  beforeEach(async () => {
    server = await startResultsServer();
    root = await mkdtemp(join(tmpdir(), 'ml-gates-artifact-'));
    for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
    vi.stubEnv('GITHUB_SERVER_URL', 'https://github.com');
    // The client reports its progress there, which would be noise in the tests' output.
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await rm(root, { recursive: true });
    await server.close();
    server.expectNoViolations();
  });

  test('what is uploaded is what was written', async () => {
    const html = '<p>größer 🙂</p>'.repeat(10_000);
    await writeFile(join(root, 'report.html'), html);
    await mkdir(join(root, 'results'));
    await writeFile(join(root, 'results', 'model.json'), '{"verdict":"pass"}');
    const files = [join(root, 'report.html'), join(root, 'results', 'model.json')];
    const uploaded = await uploadArtifact(
      officialUploader,
      { name: 'validate-model-report', files, root },
      OPTIONS,
    );
    expect(uploaded).toMatchObject({ id: 5000, name: 'validate-model-report' });
    expect(uploaded.digest).toMatch(/^[0-9a-f]{64}$/);
    const [stored] = server.artifacts;
    expect(
      Object.fromEntries([...(stored?.files ?? [])].map(([path, data]) => [path, data.toString()])),
    ).toEqual({
      'report.html': html,
      'results/model.json': '{"verdict":"pass"}',
    });
  });

  test('a name that is taken gets a suffix; both reports are kept', async () => {
    await writeFile(join(root, 'a.txt'), 'first');
    const request = { name: 'report', files: [join(root, 'a.txt')], root };
    await uploadArtifact(officialUploader, request, OPTIONS);
    await writeFile(join(root, 'a.txt'), 'second');
    const second = await uploadArtifact(officialUploader, request, OPTIONS);
    expect(second.name).toBe('report-7f3a');
    expect(server.artifacts.map(({ name, files }) => [name, files.get('a.txt')?.toString()])).toEqual([
      ['report', 'first'],
      ['report-7f3a', 'second'],
    ]);
  });

  test('a refusal is a plain sentence', async () => {
    server.fail('CreateArtifact', 403, 'insufficient usage to upload artifact');
    await writeFile(join(root, 'a.txt'), 'x');
    const request = { name: 'report', files: [join(root, 'a.txt')], root };
    const error = await uploadArtifact(officialUploader, request, OPTIONS).catch((e: unknown) => e);
    expect(describeUploadFailure(error)).toBe('the storage quota for artifacts is used up');
  });

  test('a runner without an artifact service is a plain sentence', async () => {
    vi.stubEnv('ACTIONS_RUNTIME_TOKEN', '');
    await writeFile(join(root, 'a.txt'), 'x');
    const request = { name: 'report', files: [join(root, 'a.txt')], root };
    const error = await uploadArtifact(officialUploader, request, OPTIONS).catch((e: unknown) => e);
    expect(describeUploadFailure(error)).toContain('this runner offers no artifact service');
  });
});

test('a service that hangs is given up', async () => {
  const hangs: ArtifactUploader = () => new Promise(() => {});
  const upload = uploadArtifact(hangs, { name: 'r', files: [], root: '/' }, { ...OPTIONS, timeoutMs: 10 });
  await expect(upload).rejects.toThrow('the artifact service took longer than 0.01 s');
});

test('signed URLs do not come into messages', () => {
  const error = new Error('PUT https://store.test/blob?sig=secret failed\nat x');
  expect(describeUploadFailure(error)).toBe('PUT https://store.test/blob failed');
});

test.each([
  ['validate-model-report', '', 'validate-model-report'],
  ['validate-model-report', 'eu', 'validate-model-report-eu'],
  ['report', 'a/b:c*"d"\n', 'report-a-b-c--d--'],
])('%s with the id %j: %s', (wanted, id, expected) => {
  expect(artifactName(wanted, id)).toBe(expected);
});

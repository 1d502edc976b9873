import { expect, test } from 'vitest';
import { serverForTests, testClient } from '../../test/support/github-setup.ts';
import { type CheckAnnotation, type CheckRunRequest, conclusionOf, writeCheckRun } from './check-run.ts';

const start = serverForTests();
const PLACE = {
  owner: 'octo',
  repo: 'models',
  sha: 'a'.repeat(40),
  detailsUrl: 'https://github.com/octo/models/actions/runs/99',
  externalId: '99/1',
  workspace: '/checkout',
};

function request(changes: Partial<CheckRunRequest> = {}): CheckRunRequest {
  return {
    action: 'validate-model',
    id: 'eu',
    verdict: 'fail',
    enforce: true,
    onInconclusive: 'fail',
    title: '2 of 5 checks fail',
    summary: '**fail**',
    annotations: [],
    ...changes,
  };
}

const notes = (count: number): CheckAnnotation[] =>
  Array.from({ length: count }, (_, i) => ({
    level: 'failure',
    message: `row ${i + 1}`,
    path: 'data/test.csv',
    line: i + 1,
  }));

test('names the action and the id, and links to the run', async () => {
  const server = await start();
  await writeCheckRun(testClient(server), PLACE, request());
  expect(server.state.checkRuns).toMatchObject([
    {
      name: 'validate-model (eu)',
      headSha: PLACE.sha,
      conclusion: 'failure',
      detailsUrl: PLACE.detailsUrl,
      externalId: '99/1',
      output: { title: '2 of 5 checks fail', summary: '**fail**', text: null },
    },
  ]);
});

test.each([
  [0, 0],
  [50, 0],
  [51, 1],
  [120, 2],
])('%i annotations take %i updates and arrive in order', async (count, updates) => {
  const server = await start();
  const outcome = await writeCheckRun(testClient(server), PLACE, request({ annotations: notes(count) }));
  expect(outcome).toMatchObject({ annotations: { written: count, wanted: count }, error: null });
  expect(server.count('checks/update')).toBe(updates);
  expect(server.state.checkRuns[0]?.annotations.map((a) => a.start_line)).toEqual(
    Array.from({ length: count }, (_, i) => i + 1),
  );
});

test('a failure half-way leaves a complete check with the annotations so far', async () => {
  const server = await start();
  const fault = { kind: 'status', status: 422, message: 'Validation Failed' } as const;
  server.fail({ operation: 'checks/update', after: 1, fault });
  const outcome = await writeCheckRun(testClient(server), PLACE, request({ annotations: notes(170) }));
  expect(outcome.annotations).toEqual({ written: 100, wanted: 170 });
  expect(outcome.error).toMatchObject({ status: 422 });
  expect(server.state.checkRuns[0]?.conclusion).toBe('failure');
});

test('annotations without a place in the repository stand in the text, where nothing is Markdown', async () => {
  const server = await start();
  await writeCheckRun(
    testClient(server),
    PLACE,
    request({
      annotations: [
        { level: 'warning', title: 'p95', message: 'slow `x` <b>\n# head' },
        { level: 'notice', message: 'elsewhere', path: '/etc/passwd', line: 3 },
        { level: 'notice', message: 'up', path: '../other/file' },
        { level: 'failure', message: 'inside', path: '/checkout/a/b.csv' },
      ],
    }),
  );
  const [run] = server.state.checkRuns;
  expect(run?.output.text).toBe(
    [
      '- **warning** `` p95: slow `x` <b> # head ``',
      '- **notice** ` elsewhere (/etc/passwd:3) `',
      '- **notice** ` up (../other/file) `',
    ].join('\n'),
  );
  expect(run?.annotations.map((a) => a.path)).toEqual(['a/b.csv']);
});

test('columns only within a line, and nothing above the limits', async () => {
  const server = await start();
  await writeCheckRun(
    testClient(server),
    PLACE,
    request({
      title: 't'.repeat(400),
      summary: 's\n'.repeat(50_000),
      annotations: [
        {
          level: 'failure',
          message: 'm'.repeat(100_000),
          title: 'x'.repeat(300),
          path: './a',
          line: 2,
          column: 4,
        },
        { level: 'failure', message: ' ', path: 'a', line: 2, endLine: 3, column: 4, endColumn: 5 },
      ],
    }),
  );
  const [run] = server.state.checkRuns;
  expect(run?.output.title).toHaveLength(255);
  expect(run?.output.summary.length).toBeLessThanOrEqual(65_535);
  const [first, second] = run?.annotations ?? [];
  expect(first).toMatchObject({ path: 'a', start_line: 2, end_line: 2, start_column: 4, end_column: 4 });
  expect(Buffer.byteLength(String(first?.message))).toBeLessThanOrEqual(65_536);
  expect(String(first?.title)).toHaveLength(255);
  expect(second).toEqual({
    path: 'a',
    start_line: 2,
    end_line: 3,
    annotation_level: 'failure',
    message: '(no message)',
  });
});

test.each([
  ['pass', true, 'fail', 'success'],
  ['pass', false, 'fail', 'success'],
  ['fail', true, 'fail', 'failure'],
  ['fail', true, 'warn', 'failure'],
  ['fail', false, 'fail', 'neutral'],
  ['inconclusive', true, 'fail', 'failure'],
  ['inconclusive', true, 'warn', 'neutral'],
  ['inconclusive', false, 'fail', 'neutral'],
] as const)(
  '%s, enforce %s, on-inconclusive %s: %s, as the step ends',
  (verdict, enforce, onInconclusive, expected) => {
    expect(conclusionOf({ verdict, enforce, onInconclusive })).toBe(expected);
  },
);

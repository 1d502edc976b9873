import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runPerfGate } from '../../../test/support/run-perf-gate.ts';
import { factsOf } from '../service/process-tree.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-duet-'));
  writeFileSync(
    join(folder, 'server.mjs'),
    `import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
const [name, ms] = process.argv.slice(2);
createServer((_, response) => setTimeout(() => response.end('{}'), Number(ms))).listen(
  Number(process.env.PORT),
  '127.0.0.1',
  () => appendFileSync(name + '.pids', process.pid + '\\n'),
);
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = (name: string, ms: number): string => `exec "${process.execPath}" server.mjs ${name} ${ms}`;

async function duet(name: string, candidateMs: number, thresholds: string) {
  const { result } = await runPerfGate(
    {
      url: 'http://127.0.0.1:{port}/',
      'start-command': command(`${name}-candidate`, candidateMs),
      'baseline-start-command': command(`${name}-baseline`, 20),
      rate: '50/s',
      duration: '3s',
      warmup: '0.2s',
      thresholds,
    },
    folder,
  );
  const { checks, details } = result.predicate.gate;
  return { details, of: (id: string) => checks.find((check) => check.id === id) };
}

const pidsOf = (name: string): number[] =>
  readFileSync(join(folder, `${name}.pids`), 'utf8')
    .trim()
    .split('\n')
    .map(Number);

test('a candidate that is three times as slow fails, over lives of processes that are started anew and stopped', async () => {
  const line = 'p50 <= baseline * 1.3';
  const { details, of } = await duet('slow', 60, line);
  expect(of(line)).toMatchObject({ verdict: 'fail' });
  expect(of(line)?.baseline).toBeGreaterThan(19);
  expect(of(line)?.value).toBeGreaterThan(59);
  expect(details.duet).toMatchObject({ restarts: true, lives: 6 });
  const pids = [...pidsOf('slow-baseline'), ...pidsOf('slow-candidate')];
  expect(new Set(pids).size).toBe(12);
  for (const pid of pids) expect(factsOf(pid)?.zombie ?? true).toBe(true);
});

test('an equal one passes, and both were sent as many requests', async () => {
  const line = 'p50 <= baseline * 2';
  const { details, of } = await duet('equal', 20, line);
  expect(of(line)).toMatchObject({ verdict: 'pass' });
  const p50 = details.duet?.metrics.find(({ metric }) => metric === 'p50');
  expect(p50?.lives).toHaveLength(6);
  expect(p50?.change?.detectable.change).toBeGreaterThan(0);
  expect(p50?.baseline).toMatchObject({ defined: true, n: p50?.candidate.n });
});

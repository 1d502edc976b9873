/** A thread of the generator: one that sends, or the one that wakes those. Started by `generator.ts`. */

import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { pace } from './pacer.ts';
import type { FromThread, RunSetup, ThreadReport, ThreadRole, ToThread } from './protocol.ts';
import { Sender } from './sender.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');
const role = workerData as ThreadRole;
const tell = (message: FromThread): void => port.postMessage(message);

let setup: RunSetup | null = null;
let sender: Sender | null = null;

port.on('message', (message: ToThread) => {
  if (message.kind === 'prepare') {
    setup = message.setup;
    sender = role.kind === 'sender' ? new Sender(setup, role) : null;
    tell({ kind: 'ready' });
    return;
  }
  run(message.originMs).then(
    (report) => tell({ kind: 'done', report }),
    (error: unknown) => tell({ kind: 'defect', stack: describe(error) }),
  );
});

process.on('uncaughtException', (error) => tell({ kind: 'defect', stack: describe(error) }));

async function run(originMs: number): Promise<ThreadReport> {
  if (setup === null) throw new Error('a start without a setup');
  const cpuBefore = process.threadCpuUsage();
  const wallBefore = performance.now();
  const starvedBefore = starvedMs();
  let counts: Omit<ThreadReport, 'cpuMs' | 'wallMs' | 'starvedMs'> = nothing;
  if (sender === null) {
    pace(setup.columns.schedule.dueMs, originMs, role);
  } else {
    await sender.run(originMs);
    counts = sender.report();
  }
  const cpu = process.threadCpuUsage(cpuBefore);
  const starvedAfter = starvedMs();
  return {
    ...counts,
    cpuMs: (cpu.user + cpu.system) / 1000,
    wallMs: performance.now() - wallBefore,
    starvedMs: starvedBefore === null || starvedAfter === null ? null : starvedAfter - starvedBefore,
  };
}

const nothing = {
  examples: [],
  opened: 0,
  failed: 0,
  reconnects: 0,
  peak: 0,
  tcpMs: new Float64Array(0),
  tlsMs: new Float64Array(0),
  exhausted: [],
};

/** The second number is the time spent waiting for a core, in ns (kernel, Documentation/scheduler/sched-stats.rst). */
function starvedMs(): number | null {
  try {
    const waited = Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]);
    return Number.isFinite(waited) ? waited / 1e6 : null;
  } catch {
    return null;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

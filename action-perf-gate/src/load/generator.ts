/** The load generator: threads that send by a schedule, and the main thread that starts, watches and ends them. */

import type { Worker } from 'node:worker_threads';
import { startThread } from '../../../core/threads/index.ts';
import { type Redact, redactor, secretsOf } from '../inputs/secrets.ts';
import type { Address } from './client/index.ts';
import { requestBytes } from './client/index.ts';
import { clockOffset } from './clock.ts';
import { counters, cutSamples, lowerBound, outcomeIndex, sharedColumns } from './columns.ts';
import { cpuTicks, judgeHealth } from './health.ts';
import { connectionLimit, freeFiles, threadCount } from './limits.ts';
import { newCounters, progressOf } from './progress.ts';
import {
  type FromThread,
  type RunSetup,
  type ThreadReport,
  type ThreadRole,
  type ToThread,
  tickStride,
} from './protocol.ts';
import { resolve } from './resolve.ts';
import type { Connects, LoadOptions, LoadResult, OutcomeExample, Samples } from './types.ts';

/** Between the threads being ready and time 0 of the schedule: the start has to reach them all. */
const startDelayMs = 30;
const progressMs = 250;
const defaultBodyLimit = 64 * 1024 * 1024;
const limits = { headBytes: 64 * 1024, keptBytes: 1024 * 1024 };

/**
 * Sends the requests of a schedule when they are due, whatever becomes of those before, and returns what came of each.
 * Failed requests are results; the promise is rejected when the run cannot be made.
 * @throws RunError for a host that is not known, a request that cannot be sent, too many connections.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { schedule, targets, templates, signal } = options;
  const addresses = targets.map(({ url }) => url.href);
  const resolved = await Promise.all(targets.map(({ url }) => resolve(url)));
  const requests = targets.map(({ url }) => templates.map((template) => requestBytes(template, url)));
  const limit = connectionLimit(options.connections, targets.length, freeFiles());
  const threads = threadCount(options.threads, schedule, limit);
  const columns = sharedColumns(schedule);
  const counts = Array.from({ length: threads }, newCounters);
  const ticks = new Int32Array(new SharedArrayBuffer(4 * tickStride * threads));
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const role = (kind: ThreadRole['kind'], thread: number): ThreadRole => ({
    kind,
    ticks,
    stop,
    thread,
    threads,
  });
  const senders = counts.map((_, thread) => new Thread(role('sender', thread)));
  const pacer = new Thread(role('pacer', 0));
  const all = [...senders, pacer];
  const cancel = (): void => {
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
    for (let thread = 0; thread < threads; thread++) {
      Atomics.add(ticks, thread * tickStride, 1);
      Atomics.notify(ticks, thread * tickStride);
    }
  };
  try {
    const shared = shareOf(options, { columns, requests, addresses: resolved.map(({ address }) => address) });
    await Promise.all(
      all.map((thread, i) =>
        thread.prepare({
          ...shared,
          // The one that wakes the others needs no requests, and a corpus may be large.
          requests: i < threads ? shared.requests : [],
          // What is left over by the division goes to the first threads.
          connectionLimit: Math.max(1, Math.floor((limit + threads - 1 - (i % threads)) / threads)),
          counters: counts[i] ?? newCounters(),
        }),
      ),
    );
    const before = cpuTicks();
    const offset = clockOffset();
    const originMs = performance.now() + startDelayMs;
    const reports = Promise.all(all.map((thread) => thread.run(originMs + offset)));
    options.started?.(originMs);
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - originMs;
      if (elapsedMs >= 0) options.progress?.(progressOf(columns, counts, elapsedMs));
    }, progressMs);
    let cancelledMs: number | null = null;
    const abort = (): void => {
      cancelledMs = performance.now() - originMs;
      cancel();
    };
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    let told: ThreadReport[];
    try {
      told = await reports;
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', abort);
    }
    const sent = counts.reduce((sum, each) => sum + (each[counters.sent] ?? 0), 0);
    const [pacerReport, senderReports] = [told.at(-1) as ThreadReport, told.slice(0, -1)];
    const parts = split(columns, options.warmupMs ?? 0, cancelledMs);
    options.progress?.(progressOf(columns, counts, performance.now() - originMs));
    return {
      ...parts,
      examples: examplesOf(senderReports, redactor(secretsOf(addresses, templates))),
      connects: connectsOf(senderReports, dnsOf(resolved)),
      health: judgeHealth({
        samples: parts.samples,
        senders: senderReports,
        pacer: pacerReport,
        sent,
        before,
        after: cpuTicks(),
      }),
      complete: cancelledMs === null,
    };
  } finally {
    cancel();
    await Promise.all(all.map((thread) => thread.end()));
  }
}

function shareOf(
  options: LoadOptions,
  made: { columns: Samples; requests: Uint8Array[][]; addresses: Address[] },
): Omit<RunSetup, 'connectionLimit' | 'counters'> {
  return {
    ...made,
    templates: options.templates.map(({ method, headers }) => ({
      isHead: method === 'HEAD',
      closes: headers.some(
        ([name, value]) => name.toLowerCase() === 'connection' && /\bclose\b/i.test(value),
      ),
    })),
    expects: options.expects,
    timeoutMs: options.timeoutMs,
    ca: options.tls?.ca ?? null,
    insecure: options.tls?.insecure === true,
    limits: { ...limits, bodyBytes: options.bodyLimit ?? defaultBodyLimit },
  };
}

/** The measured part, and what the warm-up came to. A cancelled run ends with what was due. */
function split(
  columns: Samples,
  warmupMs: number,
  cancelledMs: number | null,
): Pick<LoadResult, 'samples' | 'warmup'> {
  const { dueMs, durationMs } = columns.schedule;
  const from = lowerBound(dueMs, warmupMs);
  const endMs = cancelledMs === null ? durationMs : Math.min(durationMs, Math.max(cancelledMs, warmupMs));
  let to = lowerBound(dueMs, endMs);
  // Of a cancelled run the last ones may not have been taken up any more.
  if (cancelledMs !== null) while (to > from && Number.isNaN(columns.attemptMs[to - 1])) to--;
  const whole: Samples = { ...columns, schedule: { ...columns.schedule, durationMs: endMs } };
  let [sent, failed] = [0, 0];
  for (let i = 0; i < from; i++) {
    if (Number.isNaN(columns.attemptMs[i])) continue;
    sent++;
    if (columns.outcome[i] !== outcomeIndex.ok) failed++;
  }
  return {
    samples: cutSamples(whole, from, Math.max(from, to), warmupMs),
    warmup: { sent, failed },
  };
}

/** The first of each kind among all threads. */
function examplesOf(reports: readonly ThreadReport[], redact: Redact): OutcomeExample[] {
  const first = new Map<string, OutcomeExample>();
  for (const example of reports.flatMap(({ examples }) => examples)) {
    const key = `${example.outcome} ${example.target} ${example.status}`;
    const known = first.get(key);
    if (known !== undefined && known.dueMs <= example.dueMs) continue;
    first.set(key, { ...example, message: redact(example.message) });
  }
  return [...first.values()].sort((a, b) => a.dueMs - b.dueMs);
}

function connectsOf(reports: readonly ThreadReport[], dnsMs: number | null): Connects {
  const sum = (read: (report: ThreadReport) => number): number =>
    reports.reduce((total, report) => total + read(report), 0);
  return {
    opened: sum(({ opened }) => opened),
    failed: sum(({ failed }) => failed),
    reconnects: sum(({ reconnects }) => reconnects),
    peak: sum(({ peak }) => peak),
    tcpMs: Float64Array.from(reports.flatMap(({ tcpMs }) => [...tcpMs])),
    tlsMs: Float64Array.from(reports.flatMap(({ tlsMs }) => [...tlsMs])),
    dnsMs,
  };
}

function dnsOf(resolved: readonly { readonly dnsMs: number | null }[]): number | null {
  const times = resolved.map(({ dnsMs }) => dnsMs).filter((time) => time !== null);
  return times.length === 0 ? null : Math.max(...times);
}

class Thread {
  private readonly worker: Worker;
  private answer: { resolve: (message: FromThread) => void; reject: (error: Error) => void } | null = null;
  private failure: Error | null = null;

  constructor(role: ThreadRole) {
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker/index.js';
    this.worker = startThread(new URL(file, import.meta.url), role);
    this.worker.on('message', (message: FromThread) => {
      if (message.kind === 'defect') {
        this.fail(Object.assign(new Error('a thread of the generator failed'), { stack: message.stack }));
      } else {
        this.answer?.resolve(message);
      }
    });
    this.worker.on('error', (error: Error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('a thread of the generator ended')));
  }

  async prepare(setup: RunSetup): Promise<void> {
    await this.ask({ kind: 'prepare', setup });
  }

  async run(originMs: number): Promise<ThreadReport> {
    const answer = await this.ask({ kind: 'start', originMs });
    if (answer.kind !== 'done') throw new Error(`a thread answered ${answer.kind} to its start`);
    return answer.report;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private ask(message: ToThread): Promise<FromThread> {
    return new Promise((resolve, reject) => {
      if (this.failure !== null) {
        reject(this.failure);
        return;
      }
      this.answer = { resolve, reject };
      this.worker.postMessage(message);
    });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.answer?.reject(this.failure);
  }
}

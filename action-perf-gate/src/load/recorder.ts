/** What a thread writes down: how requests end, and what became of connections. */

import { counters, outcomeIndex } from './columns.ts';
import type { ThreadReport } from './protocol.ts';
import type { Outcome, OutcomeExample, Samples } from './types.ts';

/** More kinds of failures than anybody reads. */
const mostExamples = 50;

export class Recorder {
  private readonly columns: Samples;
  private readonly counters: Int32Array;
  private readonly examples = new Map<string, OutcomeExample>();
  private readonly tcpMs: number[] = [];
  private readonly tlsMs: number[] = [];
  private readonly exhausted = new Set<string>();
  private failures = 0;
  private reconnects = 0;
  private peak = 0;

  constructor(columns: Samples, counters: Int32Array) {
    this.columns = columns;
    this.counters = counters;
  }

  sent(): void {
    this.count(counters.sent);
  }

  /** @param message is made for the first of its kind only */
  end(arrival: number, outcome: Outcome, now: number, message: () => string): void {
    this.columns.doneMs[arrival] = now;
    this.columns.outcome[arrival] = outcomeIndex[outcome];
    this.count(counters.done);
    this.count(counters.outcomes + outcomeIndex[outcome]);
    if (outcome !== 'ok') this.remember(arrival, outcome, message);
  }

  /** @param tlsMs null: without TLS */
  opened(tcpMs: number, tlsMs: number | null): void {
    this.tcpMs.push(tcpMs);
    if (tlsMs !== null) this.tlsMs.push(tlsMs);
  }

  failedToOpen(): void {
    this.failures++;
  }

  /** The machine ran out of something. */
  ranOut(code: string): void {
    this.exhausted.add(code);
  }

  reconnected(): void {
    this.reconnects++;
  }

  /** How many connections there are now. */
  connections(count: number): void {
    this.counters[counters.connections] = count;
    if (count > this.peak) this.peak = count;
  }

  report(): Omit<ThreadReport, 'cpuMs' | 'wallMs' | 'starvedMs'> {
    return {
      examples: [...this.examples.values()],
      opened: this.tcpMs.length,
      failed: this.failures,
      reconnects: this.reconnects,
      peak: this.peak,
      tcpMs: Float64Array.from(this.tcpMs),
      tlsMs: Float64Array.from(this.tlsMs),
      exhausted: [...this.exhausted],
    };
  }

  private remember(arrival: number, outcome: Outcome, message: () => string): void {
    const { schedule, status } = this.columns;
    const target = schedule.target[arrival] as number;
    const key = `${outcome} ${target} ${status[arrival]}`;
    if (this.examples.has(key) || this.examples.size >= mostExamples) return;
    this.examples.set(key, {
      outcome,
      target,
      request: schedule.request[arrival] as number,
      status: status[arrival] as number,
      dueMs: schedule.dueMs[arrival] as number,
      message: message(),
    });
  }

  private count(counter: number): void {
    this.counters[counter] = (this.counters[counter] as number) + 1;
  }
}

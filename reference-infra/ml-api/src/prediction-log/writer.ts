/** The log itself: takes entries at once, and writes them in batches while predictions go on. */

import { messageOf } from '../message-of.ts';
import type { Logger, PredictionEntry, PredictionLog } from '../types.ts';
import { type Bounds, Ring, rowsOf, type Slice } from './ring.ts';

/** Where batches go. */
export interface Sink {
  /** For messages, without credentials. */
  readonly description: string;
  /**
   * Writes all rows, or fails as a whole and may be asked again with the same batch, whose rows must not double.
   * Returns the rows that the store does not take whatever happens. @throws Error with one sentence when it is not there.
   */
  write(batch: readonly Slice[]): Promise<number>;
  /** Breaks off a write that runs, and lets go of everything. Never rejects. */
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly logger: Logger;
  /** Share of the requests that are kept, from 0 to 1. */
  readonly sample: number;
  readonly capacity?: Bounds;
  readonly batch?: Bounds;
  /** How long a row waits for others, in milliseconds. */
  readonly intervalMs?: number;
  /** The first wait after a failure, doubled up to the last. */
  readonly backoffMs?: { readonly first: number; readonly last: number };
  /** How long `close` may take. */
  readonly closeMs?: number;
  readonly random?: () => number;
}

const MiB = 2 ** 20;
const defaultCapacity: Bounds = { rows: 20_000, bytes: 64 * MiB };
/** Making the text of one keeps requests waiting: 2 ms with 20 columns (8 µs a row were measured). */
const defaultBatch: Bounds = { rows: 200, bytes: MiB / 2 };
const defaultBackoff = { first: 500, last: 30_000 };
/** Between two warnings that the store is too slow. */
const warningIntervalMs = 60_000;

interface Outage {
  readonly since: number;
  /** Rows that were lost before it. */
  readonly droppedBefore: number;
}

export class Writer implements PredictionLog {
  private readonly sink: Sink;
  private readonly options: Required<WriterOptions>;
  private readonly ring: Ring;
  private readonly ended: Promise<void>;
  /** Ends the pause that is going on. */
  private wake: (() => void) | undefined;
  /** After a failure only time and `close` end a pause, not rows that come. */
  private backingOff = false;
  private closing = false;
  private abandoned = false;
  private outage: Outage | null = null;
  private warnedAt = Number.NEGATIVE_INFINITY;
  private lost = 0;

  constructor(sink: Sink, options: WriterOptions) {
    this.sink = sink;
    this.options = {
      capacity: defaultCapacity,
      batch: defaultBatch,
      intervalMs: 1_000,
      backoffMs: defaultBackoff,
      closeMs: 5_000,
      random: Math.random,
      ...options,
    };
    this.ring = new Ring(this.options.capacity);
    this.ended = this.run().catch((error: unknown) => {
      this.closing = true;
      this.warnOfLoss(`it ended: ${messageOf(error)}`);
    });
  }

  get dropped(): number {
    return this.lost;
  }

  wanted(): boolean {
    return this.options.random() < this.options.sample;
  }

  record(entry: PredictionEntry): void {
    try {
      if (this.closing) this.lost += entry.rows;
      else this.keep(entry);
    } catch (error) {
      this.lost += entry.rows;
      this.warnOfLoss(`an entry could not be taken: ${messageOf(error)}`);
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    this.wake?.();
    const timer = setTimeout(() => {
      this.abandoned = true;
      void this.sink.close();
      this.wake?.();
    }, this.options.closeMs);
    await this.ended;
    clearTimeout(timer);
    await this.sink.close();
  }

  private keep(entry: PredictionEntry): void {
    const before = this.ring.rows;
    const dropped = this.ring.push(entry);
    if (dropped > 0) {
      this.lost += dropped;
      if (this.outage === null)
        this.warnOfLoss(`${this.sink.description} takes rows more slowly than they come`);
    }
    const { rows } = this.options.batch;
    const due = before === 0 || (before < rows && this.ring.rows >= rows);
    if (due && !this.backingOff) this.wake?.();
  }

  private async run(): Promise<void> {
    while (!this.abandoned) {
      if (this.ring.rows === 0) {
        if (this.closing) return;
        await this.pause(null);
      } else if (this.ring.rows < this.options.batch.rows && !this.closing) {
        await this.pause(this.options.intervalMs);
        await this.writeBatch(this.ring.take(this.options.batch));
      } else await this.writeBatch(this.ring.take(this.options.batch));
    }
    this.giveUp();
  }

  private async writeBatch(batch: readonly Slice[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const last = this.closing;
      try {
        const refused = await this.sink.write(batch);
        this.lost += refused;
        this.endOutage();
        if (refused > 0) this.warnOfLoss(`${this.sink.description} refused rows: ${refused}`);
        return;
      } catch (error) {
        this.beginOutage(messageOf(error));
      }
      if (last || this.abandoned) {
        this.lost += rowsOf(batch);
        this.abandoned = true;
        return;
      }
      const { first, last: longest } = this.options.backoffMs;
      // Half of it at random: replicas must not all come back at the same moment.
      this.backingOff = true;
      await this.pause(Math.min(first * 2 ** attempt, longest) * (0.5 + 0.5 * this.options.random()));
      this.backingOff = false;
    }
  }

  private giveUp(): void {
    this.lost += this.ring.clear();
    if (this.outage === null) return;
    const rows = this.lost - this.outage.droppedBefore;
    this.options.logger.warn(
      { rows },
      `prediction log: ${this.sink.description} did not come back; rows lost: ${rows}`,
    );
  }

  /** Until the time is over, or somebody wakes us. @param ms null: without end. */
  private pause(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => this.wake?.(), ms);
      // Waiting rows are written by `close`; they must not keep the process alive on their own.
      timer?.unref();
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }

  private beginOutage(reason: string): void {
    if (this.outage !== null) return;
    this.outage = { since: performance.now(), droppedBefore: this.lost };
    const { rows } = this.options.capacity;
    this.options.logger.warn(
      { reason },
      `prediction log: ${this.sink.description} cannot be written to; it is tried again, and predictions go on. Up to ${rows} rows are kept until then`,
    );
  }

  private endOutage(): void {
    if (this.outage === null) return;
    const lost = this.lost - this.outage.droppedBefore;
    const seconds = Math.round((performance.now() - this.outage.since) / 1000);
    this.outage = null;
    this.options.logger.info(
      { lost, seconds },
      `prediction log: ${this.sink.description} can be written to again; rows lost: ${lost}`,
    );
  }

  private warnOfLoss(what: string): void {
    const now = performance.now();
    if (now - this.warnedAt < warningIntervalMs) return;
    this.warnedAt = now;
    this.options.logger.warn({ lost: this.lost }, `prediction log: ${what}; rows lost so far: ${this.lost}`);
  }
}

/**
 * What a thread does that sends: takes up its arrivals when they are due, gives each to a free connection or lets it wait for
 * one, and writes down what comes of it.
 */

import { secureContext } from './client/authorities.ts';
import { Connection, type Means, type Owner } from './client/connection.ts';
import { exhaustedCodes, type Failure } from './client/failure.ts';
import { Pool } from './client/pool.ts';
import { clockOffset } from './clock.ts';
import { outcomeIndex, pending } from './columns.ts';
import { needsBody, unmet } from './expect/evaluate.ts';
import { type RunSetup, type ThreadRole, threadOf, tickStride } from './protocol.ts';
import { Recorder } from './recorder.ts';
import type { Outcome } from './types.ts';

/**
 * An arrival so near is awaited on the spot: to sleep again would take longer. More than what the pacer is early by, since the
 * clocks of two threads may differ by some microseconds, and no second tick comes for an arrival.
 */
const spinMs = 0.1;
/** After so many sends, responses are read before the rest is sent. */
const burst = 64;
/**
 * A connection closed without a response had been given up by the server before the request reached it, when it had rested so
 * long and the end came so soon. Only then the request is sent again.
 */
const restForReuseRaceMs = 500;
const reuseRaceMs = 250;

export class Sender implements Owner {
  private readonly setup: RunSetup;
  private readonly role: ThreadRole;
  /** Makes of `performance.now()` the time of the schedule. */
  private offset = 0;
  /** The arrivals of this thread, by index. */
  private readonly arrivals: Uint32Array;
  private readonly pools: readonly Pool[];
  private readonly poolOf = new Map<Connection, Pool>();
  private readonly means: Means;
  private readonly wantsBody: boolean;
  private readonly now = (): number => performance.now() + this.offset;
  /** Positions in `arrivals`: the next to be sent, and the first whose end has not come. */
  private next = 0;
  private oldest = 0;
  private hasEnded = false;
  private deadline: NodeJS.Timeout | null = null;
  private finish: () => void = () => {};

  private readonly recorder: Recorder;
  private readonly retried = new Set<number>();

  constructor(setup: RunSetup, role: ThreadRole) {
    this.setup = setup;
    this.role = role;
    this.recorder = new Recorder(setup.columns, setup.counters);
    const all = setup.columns.outcome.length;
    const own = new Uint32Array(all);
    let count = 0;
    for (let i = 0; i < all; i++) if (threadOf(i, role.threads) === role.thread) own[count++] = i;
    this.arrivals = own.subarray(0, count);
    this.wantsBody = needsBody(setup.expects);
    this.means = {
      context: setup.addresses.some(({ secure }) => secure !== null) ? secureContext(setup.ca) : null,
      insecure: setup.insecure,
      limits: setup.limits,
      now: this.now,
    };
    this.pools = setup.addresses.map((address) => {
      const pool = new Pool(address, setup.connectionLimit, () => {
        const connection = new Connection(address, this.means, this);
        this.poolOf.set(connection, pool);
        return connection;
      });
      return pool;
    });
  }

  /**
   * Sends everything; resolves when every arrival has ended.
   * @param originMs time 0 of the schedule on the clock of the process
   */
  async run(originMs: number): Promise<void> {
    this.offset = clockOffset() - originMs;
    const ended = new Promise<void>((resolve) => {
      this.finish = resolve;
    });
    // Neither the ticks nor their promises keep the thread alive. Nothing is due here that no tick has told.
    const alive = setInterval(() => this.sendDue(), 200);
    this.takeUp();
    await ended;
    clearInterval(alive);
    clearTimeout(this.deadline ?? undefined);
    for (const pool of this.pools) pool.close();
  }

  report(): ReturnType<Recorder['report']> {
    return this.recorder.report();
  }

  opened(connection: Connection, tcpMs: number, tlsMs: number | null): void {
    this.recorder.opened(tcpMs, tlsMs);
    const pool = this.poolFor(connection);
    pool.opened();
    this.use(connection, pool);
  }

  responding({ current }: Connection, now: number): void {
    this.setup.columns.firstByteMs[current] = now;
  }

  answered(connection: Connection, now: number): void {
    const { parser, current } = connection;
    connection.current = -1;
    this.setup.columns.status[current] = parser.head.status;
    if (parser.fault !== null) {
      const outcome = parser.isTooLarge ? 'body-too-large' : 'protocol';
      this.end(current, outcome, now, () => `the response ${parser.fault}`);
    } else {
      const failed = unmet(this.setup.expects, parser);
      this.end(current, failed === null ? 'ok' : 'unexpected', now, () => failed?.() ?? '');
    }
    const pool = this.poolFor(connection);
    const request = this.setup.columns.schedule.request[current] as number;
    if (parser.head.keepAlive && this.setup.templates[request]?.closes === false) this.use(connection, pool);
    else this.discard(connection, pool);
  }

  failed(connection: Connection, failure: Failure, now: number): void {
    const pool = this.poolFor(connection);
    const { current, phase } = connection;
    connection.current = -1;
    if (exhaustedCodes.includes(failure.code)) this.recorder.ranOut(failure.code);
    if (phase !== 'open') this.recorder.failedToOpen();
    this.discard(connection, pool, () => {
      if (current !== -1) {
        if (this.isReuseRace(connection, current, now)) this.again(current, pool);
        else this.end(current, failure.outcome, now, () => `the connection ${failure.message}`);
      } else if (phase !== 'open') {
        // The one that waits longest bears it; the others have another try.
        const waiting = pool.nextWaiting();
        if (waiting !== -1)
          this.end(waiting, failure.outcome, now, () => `the connection ${failure.message}`);
      }
    });
  }

  /** Takes up what is due, then sleeps until the next tick. */
  private readonly takeUp = (): void => {
    const { ticks, stop, thread } = this.role;
    while (!this.hasEnded) {
      const seen = Atomics.load(ticks, thread * tickStride);
      if (stop[0] !== 0) {
        this.cancel();
        return;
      }
      if (!this.sendDue()) {
        setImmediate(this.takeUp);
        return;
      }
      if (this.next === this.arrivals.length) this.checkEnd();
      if (this.hasEnded) return;
      // Not a wait with a time-out: those leave a timer behind each.
      const wait = Atomics.waitAsync(ticks, thread * tickStride, seen);
      if (wait.async) {
        wait.value.then(this.takeUp, this.takeUp);
        return;
      }
    }
  };

  /** @returns false when there is more than one burst. */
  private sendDue(): boolean {
    const { dueMs } = this.setup.columns.schedule;
    for (let sent = 0; this.next < this.arrivals.length; sent++) {
      const arrival = this.arrivals[this.next] as number;
      const due = dueMs[arrival] as number;
      let now = this.now();
      if (due > now + spinMs) return true;
      if (sent === burst) return false;
      while (now < due) now = this.now();
      this.next++;
      this.takeOne(arrival, now);
    }
    return true;
  }

  private takeOne(arrival: number, now: number): void {
    const { columns } = this.setup;
    columns.attemptMs[arrival] = now;
    const pool = this.pools[columns.schedule.target[arrival] as number] as Pool;
    const connection = pool.waitingCount === 0 ? pool.take(now) : null;
    if (connection === null) {
      pool.wait(arrival);
      this.countConnections();
    } else {
      this.send(connection, arrival, now);
    }
    if (this.deadline === null) this.armDeadline();
  }

  private send(connection: Connection, arrival: number, now: number): void {
    const { columns, requests, templates } = this.setup;
    const target = columns.schedule.target[arrival] as number;
    const request = columns.schedule.request[arrival] as number;
    const bytes = requests[target]?.[request];
    const template = templates[request];
    if (bytes === undefined || template === undefined) throw new Error(`no request ${request}`);
    if (!this.retried.has(arrival)) this.recorder.sent();
    columns.sentMs[arrival] = now;
    connection.send(arrival, bytes, { head: template.isHead, body: this.wantsBody }, now);
  }

  /** Gives a free connection to the next request that waits for one. */
  private use(connection: Connection, pool: Pool): void {
    const waiting = pool.nextWaiting();
    if (waiting === -1) pool.rest(connection);
    else this.send(connection, waiting, this.now());
  }

  private discard(connection: Connection, pool: Pool, then: () => void = () => {}): void {
    pool.remove(connection);
    this.poolOf.delete(connection);
    connection.destroy();
    then();
    pool.grow();
    this.countConnections();
  }

  private isReuseRace(connection: Connection, arrival: number, now: number): boolean {
    const sent = this.setup.columns.sentMs[arrival] as number;
    return (
      connection.responses > 0 &&
      Number.isNaN(this.setup.columns.firstByteMs[arrival]) &&
      connection.restedMs >= restForReuseRaceMs &&
      now - sent <= reuseRaceMs &&
      !this.retried.has(arrival)
    );
  }

  private again(arrival: number, pool: Pool): void {
    this.retried.add(arrival);
    this.recorder.reconnected();
    // On a new connection: the others have rested as long.
    pool.wait(arrival);
  }

  private end(arrival: number, outcome: Outcome, now: number, message: () => string): void {
    this.recorder.end(arrival, outcome, now, message);
    this.checkEnd();
  }

  private armDeadline(): void {
    this.passEnded();
    if (this.oldest >= this.next) {
      this.deadline = null;
      return;
    }
    const due = this.setup.columns.schedule.dueMs[this.arrivals[this.oldest] as number] as number;
    this.deadline = setTimeout(this.expire, Math.max(1, Math.ceil(due + this.setup.timeoutMs - this.now())));
  }

  /** Ends what is due since longer than the time-out: arrivals up to a certain one, since they are in order. */
  private readonly expire = (): void => {
    const { columns, timeoutMs } = this.setup;
    const now = this.now();
    this.passEnded();
    let last = -1;
    for (let i = this.oldest; i < this.next; i++) {
      const arrival = this.arrivals[i] as number;
      if ((columns.schedule.dueMs[arrival] as number) + timeoutMs > now) break;
      last = arrival;
    }
    const seconds = timeoutMs / 1000;
    for (const pool of this.pools) {
      const { waitingCount, connectingCount } = pool;
      for (let waiting = pool.nextWaitingUpTo(last); waiting !== -1; waiting = pool.nextWaitingUpTo(last)) {
        const connections = `${pool.connections.size - connectingCount} open and ${connectingCount} being opened`;
        this.end(
          waiting,
          'unsent',
          now,
          () => `no connection was free within ${seconds} s: ${waitingCount} requests waited, ${connections}`,
        );
      }
      for (const connection of [...pool.connections]) {
        const { current } = connection;
        if (current !== -1 && current <= last) {
          connection.current = -1;
          const part = Number.isNaN(columns.firstByteMs[current]) ? 'no' : 'only a part of the';
          this.discard(connection, pool, () =>
            this.end(current, 'timeout', now, () => `${part} response came within ${seconds} s`),
          );
        } else if (connection.phase !== 'open' && now - connection.startedMs > timeoutMs) {
          this.recorder.failedToOpen();
          this.discard(connection, pool);
        }
      }
    }
    this.armDeadline();
  };

  private passEnded(): void {
    const { outcome } = this.setup.columns;
    while (this.oldest < this.next && outcome[this.arrivals[this.oldest] as number] !== pending)
      this.oldest++;
  }

  /** What is on its way stays without an end. */
  private cancel(): void {
    const { outcome } = this.setup.columns;
    for (let i = this.oldest; i < this.next; i++) {
      const arrival = this.arrivals[i] as number;
      if (outcome[arrival] === pending) outcome[arrival] = outcomeIndex.unfinished;
    }
    this.hasEnded = true;
    this.finish();
  }

  private checkEnd(): void {
    if (this.hasEnded || this.next < this.arrivals.length) return;
    this.passEnded();
    if (this.oldest < this.next) return;
    this.hasEnded = true;
    this.finish();
  }

  private countConnections(): void {
    this.recorder.connections(this.pools.reduce((sum, { connections }) => sum + connections.size, 0));
  }

  private poolFor(connection: Connection): Pool {
    const pool = this.poolOf.get(connection);
    if (pool === undefined) throw new Error('a connection without its pool');
    return pool;
  }
}

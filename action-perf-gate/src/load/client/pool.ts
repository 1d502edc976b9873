/**
 * The connections to one target. A request takes the connection that was free last; without a free one it waits, and
 * another is opened as long as the limit allows. What waits is served in order.
 */

import type { Address, Connection } from './connection.ts';

/** A server says how long it keeps an idle connection; so much before that it is left alone. */
const keepAliveMarginMs = 500;

export class Pool {
  readonly connections = new Set<Connection>();
  private readonly address: Address;
  private readonly limit: number;
  private readonly open: (address: Address) => Connection;
  private idle: Connection[] = [];
  private waiting: number[] = [];
  private waitingFrom = 0;
  private connecting = 0;

  constructor(address: Address, limit: number, open: (address: Address) => Connection) {
    this.address = address;
    this.limit = limit;
    this.open = open;
  }

  get waitingCount(): number {
    return this.waiting.length - this.waitingFrom;
  }

  get connectingCount(): number {
    return this.connecting;
  }

  /** A free connection, or null: then `wait`. */
  take(now: number): Connection | null {
    for (;;) {
      const connection = this.idle.pop();
      if (connection === undefined) return null;
      if (connection.isClosed) continue;
      if (now - connection.idleSinceMs <= connection.parser.head.keepAliveMs - keepAliveMarginMs)
        return connection;
      this.remove(connection);
      connection.destroy();
    }
  }

  wait(arrival: number): void {
    this.waiting.push(arrival);
    this.grow();
  }

  /** Opens what is missing for those that wait. */
  grow(): void {
    while (this.connecting < this.waitingCount && this.connections.size < this.limit) {
      this.connecting++;
      this.connections.add(this.open(this.address));
    }
  }

  /** The arrival that has waited longest; -1: none waits. */
  nextWaiting(): number {
    if (this.waitingCount === 0) return -1;
    const arrival = this.waiting[this.waitingFrom++] ?? -1;
    // Not at each step: the list is moved as a whole.
    if (this.waitingFrom > 1024 && this.waitingFrom * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.waitingFrom);
      this.waitingFrom = 0;
    }
    return arrival;
  }

  /** As `nextWaiting`, of those up to an arrival. */
  nextWaitingUpTo(last: number): number {
    return this.waitingCount > 0 && (this.waiting[this.waitingFrom] ?? -1) <= last ? this.nextWaiting() : -1;
  }

  opened(): void {
    this.connecting--;
  }

  rest(connection: Connection): void {
    this.idle.push(connection);
  }

  /** The connection is no longer; one that never opened makes room for another try. */
  remove(connection: Connection): void {
    if (!this.connections.delete(connection)) return;
    if (connection.phase !== 'open') this.connecting--;
    // Closed ones lie among those at rest until they are taken; not for ever.
    if (this.idle.length > 2 * this.connections.size + 64) {
      this.idle = this.idle.filter(({ isClosed }) => !isClosed);
    }
  }

  close(): void {
    for (const connection of this.connections) connection.destroy();
    this.connections.clear();
    this.idle = [];
    this.waiting = [];
    this.waitingFrom = 0;
    this.connecting = 0;
  }
}

import { expect, test } from 'vitest';
import { listeningLogger, until } from '../testing.ts';
import { rowsOf, type Slice } from './ring.ts';
import { makeEntry } from './testing.ts';
import { type Sink, Writer, type WriterOptions } from './writer.ts';

/** A store that works, fails or hangs on demand. */
class FakeSink implements Sink {
  readonly description = 'the store';
  state: 'works' | 'fails' | 'hangs' = 'works';
  refused = 0;
  attempts = 0;
  readonly batches: string[][] = [];
  private release: (() => void) | undefined;

  get written(): string[] {
    return this.batches.flat();
  }

  async write(batch: readonly Slice[]): Promise<number> {
    this.attempts += 1;
    if (this.state === 'hangs') await new Promise<void>((resolve) => (this.release = resolve));
    if (this.state !== 'works') throw new Error('it is gone');
    this.batches.push(batch.flatMap(({ entry, from, to }) => Array(to - from).fill(entry.requestId)));
    return Math.min(this.refused, rowsOf(batch));
  }

  async close(): Promise<void> {
    this.release?.();
  }
}

function open(given: Partial<WriterOptions> = {}) {
  const sink = new FakeSink();
  const logger = listeningLogger();
  const writer = new Writer(sink, {
    logger,
    sample: 1,
    intervalMs: 5,
    backoffMs: { first: 1, last: 4 },
    closeMs: 50,
    ...given,
  });
  const record = (from: number, to: number): void => {
    for (let i = from; i < to; i++) writer.record(makeEntry({ requestId: String(i) }));
  };
  return { sink, logger, writer, record };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));

test('rows are written in order: soon when they are few, at once when they fill a batch', async () => {
  const { sink, writer, record } = open({ batch: { rows: 10, bytes: 1e6 } });
  record(0, 3);
  await until(() => sink.written.length === 3);
  const slow = open({ batch: { rows: 10, bytes: 1e6 }, intervalMs: 3_600_000 });
  slow.record(0, 25);
  await until(() => slow.sink.written.length >= 20);
  expect(slow.sink.batches.map((batch) => batch.length)).toEqual([10, 10]);
  await slow.writer.close();
  expect(slow.sink.written).toEqual(numbers(0, 25));
  await writer.close();
  expect([writer.dropped, slow.writer.dropped]).toEqual([0, 0]);
});

test('a store that was gone gets all that was kept; each outage is logged once', async () => {
  const { sink, logger, writer, record } = open();
  sink.state = 'fails';
  record(0, 5);
  await until(() => sink.attempts >= 6);
  record(5, 9);
  sink.state = 'works';
  await until(() => sink.written.length === 9);
  expect(sink.written).toEqual(numbers(0, 9));
  expect(logger.lines).toEqual([
    expect.stringMatching(/^warn .*the store cannot be written to.*"reason":"it is gone"/),
    expect.stringMatching(/^info .*the store can be written to again; rows lost: 0/),
  ]);
  await writer.close();
  expect(writer.dropped).toBe(0);
});

test('rows that come do not shorten the wait for a store that is gone', async () => {
  const { sink, writer, record } = open({ backoffMs: { first: 3_600_000, last: 3_600_000 }, intervalMs: 1 });
  sink.state = 'fails';
  record(0, 1);
  await until(() => sink.attempts === 1);
  record(1, 5_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sink.attempts).toBe(1);
  await writer.close();
});

test('during a long outage the newest rows are kept, and what was lost is counted and said once', async () => {
  const { sink, logger, writer, record } = open({
    capacity: { rows: 100, bytes: 1e9 },
    batch: { rows: 10, bytes: 1e9 },
  });
  sink.state = 'fails';
  record(0, 10);
  await until(() => sink.attempts >= 1);
  record(10, 1_010);
  expect(writer.dropped).toBe(900);
  sink.state = 'works';
  await until(() => sink.written.length === 110);
  expect(sink.written).toEqual([...numbers(0, 10), ...numbers(910, 1_010)]);
  expect(logger.lines).toHaveLength(2);
  expect(logger.lines[1]).toMatch(/rows lost: 900/);
  await writer.close();
});

test('rows that the store refuses are counted and warned of once a minute', async () => {
  const { sink, logger, writer, record } = open({ batch: { rows: 1, bytes: 1e6 } });
  sink.refused = 1;
  record(0, 3);
  await until(() => writer.dropped === 3);
  expect(logger.lines).toEqual([expect.stringMatching(/^warn .*refused rows: 1/)]);
  await writer.close();
});

test('closing writes what waits, and later entries are counted as lost', async () => {
  const { sink, writer, record } = open({ intervalMs: 3_600_000 });
  record(0, 700);
  await writer.close();
  expect(sink.written).toEqual(numbers(0, 700));
  record(700, 702);
  expect(writer.dropped).toBe(2);
});

test.each(['fails', 'hangs'] as const)('closing ends in time when the store %s', async (state) => {
  const { sink, logger, writer, record } = open({ backoffMs: { first: 3_600_000, last: 3_600_000 } });
  sink.state = state;
  record(0, 1_200);
  await until(() => sink.attempts === 1);
  await writer.close();
  expect(writer.dropped).toBe(1_200);
  expect(logger.lines.at(-1)).toMatch(/rows lost: 1200/);
});

test('a share of the requests is kept', async () => {
  const draws = [0.05, 0.5, 0.0999, 0.1];
  const { writer } = open({ sample: 0.1, random: () => draws.shift() ?? 0 });
  expect([0, 1, 2, 3].map(() => writer.wanted())).toEqual([true, false, true, false]);
  await writer.close();
});

/** What a truth server does with a request, chosen by its path: latencies of a known distribution, and faults. */

import type { Socket } from 'node:net';
import { Random } from '../../core/stats/index.ts';
import { monotonicMs, type TruthTimer } from './truth-timer.ts';

/** How a request is answered: after a time, in a way. */
export interface Plan {
  /** When the answer is due, as `monotonicMs`. */
  readonly atMs: number;
  answer(socket: Socket): void;
}

export type Behaviour = (query: URLSearchParams, receivedMs: number) => Plan;

const crlf = '\r\n';

/** A response with a short body. */
export function plain(status: number, body = 'true\n', headers: readonly string[] = []): string {
  const lines = [`HTTP/1.1 ${status} -`, `content-length: ${Buffer.byteLength(body)}`, ...headers];
  return `${lines.join(crlf)}${crlf}${crlf}${body}`;
}

/** @param seed of all that is random here */
export function behaviours(timer: TruthTimer, seed: number): ReadonlyMap<string, Behaviour> {
  const random = new Random(seed, 77);
  const number = (query: URLSearchParams, name: string, otherwise: number): number =>
    Number(query.get(name) ?? otherwise);
  const ok = (socket: Socket): void => {
    socket.write(plain(200));
  };
  const delayed =
    (delay: (query: URLSearchParams) => number): Behaviour =>
    (query, receivedMs) => ({ atMs: receivedMs + delay(query), answer: ok });
  const atOnce =
    (answer: (socket: Socket, query: URLSearchParams) => void): Behaviour =>
    (query, receivedMs) => ({ atMs: receivedMs, answer: (socket) => answer(socket, query) });
  /** Pieces one after the other, `everyMs` apart, as long as the client listens. */
  const drip = (socket: Socket, pieces: Iterator<string>, everyMs: number): void => {
    const next = pieces.next();
    if (next.done === true || socket.destroyed) return;
    socket.write(next.value);
    timer.at(monotonicMs() + everyMs, () => drip(socket, pieces, everyMs));
  };
  let freeAtMs = 0;
  let firstMs = Number.NaN;

  return new Map<string, Behaviour>([
    ['/constant', delayed((query) => number(query, 'ms', 0))],
    // Median exp(mu), here in ms.
    [
      '/lognormal',
      delayed(
        (query) => number(query, 'median', 5) * Math.exp(number(query, 'sigma', 0.5) * random.normal()),
      ),
    ],
    // A single server with exponential service, first come, first served.
    [
      '/queue',
      (query, receivedMs) => {
        freeAtMs = Math.max(freeAtMs, receivedMs) - number(query, 'mean', 1) * Math.log1p(-random.uniform());
        return { atMs: freeAtMs, answer: ok };
      },
    ],
    // For the first `stall` ms of each `period`, from the first request on, nothing is answered.
    [
      '/stall',
      (query, receivedMs) => {
        if (Number.isNaN(firstMs)) firstMs = receivedMs;
        const phase = (receivedMs - firstMs) % number(query, 'period', 10_000);
        const held = Math.max(0, number(query, 'stall', 1000) - phase);
        return { atMs: receivedMs + held + number(query, 'ms', 2), answer: ok };
      },
    ],
    [
      '/errors',
      (query, receivedMs) => {
        const isError = random.uniform() < number(query, 'share', 0.01);
        return {
          atMs: receivedMs + number(query, 'ms', 2),
          answer: (socket) => socket.write(plain(isError ? 500 : 200)),
        };
      },
    ],
    ['/status', atOnce((socket, query) => socket.write(plain(number(query, 'code', 200))))],
    [
      '/resets',
      (query, receivedMs) => {
        const isReset = random.uniform() < number(query, 'share', 1);
        return {
          atMs: receivedMs + number(query, 'ms', 0),
          answer: (socket) => (isReset ? socket.resetAndDestroy() : ok(socket)),
        };
      },
    ],
    ['/close', atOnce((socket) => socket.end())],
    ['/cut', atOnce((socket) => socket.end(`HTTP/1.1 200 OK${crlf}content-length: 10${crlf}${crlf}half`))],
    ['/never', atOnce(() => {})],
    [
      '/slow-headers',
      atOnce((socket, query) => drip(socket, plain(200)[Symbol.iterator](), number(query, 'ms', 1))),
    ],
    [
      '/slow-body',
      atOnce((socket, query) => {
        socket.write(`HTTP/1.1 200 OK${crlf}content-length: 10${crlf}${crlf}`);
        drip(socket, '0123456789'[Symbol.iterator](), number(query, 'ms', 10));
      }),
    ],
    [
      '/endless',
      atOnce((socket, query) => {
        socket.write(`HTTP/1.1 200 OK${crlf}transfer-encoding: chunked${crlf}${crlf}`);
        const piece = 'x'.repeat(number(query, 'bytes', 1000));
        drip(socket, endless(`${piece.length.toString(16)}${crlf}${piece}${crlf}`), number(query, 'ms', 1));
      }),
    ],
    [
      '/chunked',
      atOnce((socket) =>
        socket.write(
          `HTTP/1.1 200 OK${crlf}Transfer-Encoding: chunked${crlf}Trailer: x-sum${crlf}${crlf}4;a=b${crlf}{"a"${crlf}3${crlf}:1}${crlf}0${crlf}x-sum: 7${crlf}${crlf}`,
        ),
      ),
    ],
    ['/last', atOnce((socket) => socket.end(plain(200, 'true\n', ['connection: close'])))],
    ['/until-close', atOnce((socket) => socket.end(`HTTP/1.1 200 OK${crlf}${crlf}all of it`))],
    [
      '/hints',
      atOnce((socket) =>
        socket.write(`HTTP/1.1 103 Early Hints${crlf}link: </a>${crlf}${crlf}${plain(200)}`),
      ),
    ],
    ['/empty', atOnce((socket) => socket.write(`HTTP/1.1 204 No Content${crlf}${crlf}`))],
    ['/malformed', atOnce((socket) => socket.write(`HTTP/1.1 OK${crlf}${crlf}`))],
    ['/other-protocol', atOnce((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'))],
    ['/two-answers', atOnce((socket) => socket.write(plain(200) + plain(500)))],
    [
      '/redirect',
      atOnce((socket, query) => socket.write(plain(307, '', [`location: ${query.get('to') ?? '/'}`]))),
    ],
    // From 0 to 1 and on, and back to 0 after `size`.
    [
      '/circle',
      atOnce((socket, query) => {
        const [size, n] = [number(query, 'size', 2), number(query, 'n', 0)];
        socket.write(plain(302, '', [`location: ?size=${size}&n=${(n + 1) % size}`]));
      }),
    ],
    ['/json', atOnce((socket, query) => socket.write(plain(200, query.get('body') ?? '{}')))],
  ]);
}

function* endless(piece: string): Generator<string> {
  for (;;) yield piece;
}

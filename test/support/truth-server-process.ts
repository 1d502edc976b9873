/** The process of a truth server. Started by `truth-server.ts`. */

import { createServer as createTcp, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { type Behaviour, behaviours, plain } from './truth-behaviours.ts';
import type { FromServer, ServerSetup, ToServer } from './truth-server.ts';
import { monotonicMs, TruthTimer } from './truth-timer.ts';

const setup = JSON.parse(process.argv[2] ?? '{}') as ServerSetup;
const timer = new TruthTimer();
const known = behaviours(timer, setup.seed);
const received: number[] = [];
const planned: number[] = [];
const answered: number[] = [];
const routes = new Map<string, { behaviour: Behaviour; query: URLSearchParams }>();
let connections = 0;

function serve(socket: Socket): void {
  connections++;
  let rest: Buffer | null = null;
  let closer: NodeJS.Timeout | undefined;
  const rested = (): void => {
    if (setup.keepAliveMs === null) return;
    clearTimeout(closer);
    closer = setTimeout(() => socket.end(), setup.keepAliveMs);
  };
  socket.setNoDelay(true);
  socket.on('error', () => {
    // The client went away: its own tests look at that.
  });
  socket.on('close', () => clearTimeout(closer));
  socket.on('data', (chunk: Buffer) => {
    const receivedMs = monotonicMs();
    let bytes = rest === null ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1) break;
      const head = bytes.toString('latin1', 0, end);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (bytes.length < end + 4 + length) break;
      answer(socket, head, receivedMs);
      bytes = bytes.subarray(end + 4 + length);
    }
    rest = bytes.length === 0 ? null : bytes;
    rested();
  });
}

function answer(socket: Socket, head: string, receivedMs: number): void {
  const target = head.slice(head.indexOf(' ') + 1, head.indexOf(' ', head.indexOf(' ') + 1));
  let route = routes.get(target);
  if (route === undefined) {
    const url = new URL(target, 'http://truth');
    if (url.pathname === '/echo') {
      socket.write(plain(200, head));
      return;
    }
    const behaviour = known.get(url.pathname);
    if (behaviour === undefined) {
      socket.write(plain(404));
      return;
    }
    route = { behaviour, query: url.searchParams };
    routes.set(target, route);
  }
  const plan = route.behaviour(route.query, receivedMs);
  const record = received.push(receivedMs) - 1;
  planned.push(plan.atMs);
  answered.push(Number.NaN);
  const run = (): void => {
    answered[record] = monotonicMs();
    if (!socket.destroyed) plan.answer(socket);
  };
  if (plan.atMs <= receivedMs) run();
  else timer.at(plan.atMs, run);
}

const server =
  setup.tls === null ? createTcp(serve) : createTls({ ...setup.tls, ALPNProtocols: ['http/1.1'] }, serve);
server.listen({ port: setup.port, host: setup.host, backlog: 4096 }, () => {
  const address = server.address();
  tell({ kind: 'ready', port: typeof address === 'object' && address !== null ? address.port : 0 });
});

process.on('message', (message: ToServer) => {
  switch (message.kind) {
    case 'records':
      tell({
        kind: 'records',
        connections,
        receivedMs: Float64Array.from(received),
        plannedMs: Float64Array.from(planned),
        answeredMs: Float64Array.from(answered),
      });
      break;
    case 'forget':
      for (const list of [received, planned, answered]) list.length = 0;
      connections = 0;
      break;
  }
});
// The test is gone, and with it what would end this process.
process.on('disconnect', () => process.exit(0));

function tell(message: FromServer): void {
  process.send?.(message);
}

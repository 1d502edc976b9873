/**
 * A small service for the duet's experiment: `node service.ts cpu|timer <amount> <seed>`; prints its port. Each request takes
 * the amount times a log-normal factor: `cpu` loops so many times, `timer` waits so many ms.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '../../core/stats/index.ts';
import { work } from './work.ts';

const [kind = 'cpu', amount = '100', seed = '0'] = process.argv.slice(2);
const random = new Random(Number(seed));
const deviation = kind === 'cpu' ? 0.3 : 0.5;

const server = createServer(async (_request, response) => {
  const size = Number(amount) * Math.exp(deviation * random.normal());
  const answer = kind === 'cpu' ? work(Math.round(size)) : await wait(size, 0);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ answer }));
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

/** The experiment ends it by closing its input, also when the experiment itself is killed. */
process.stdin.on('end', () => process.exit(0)).resume();

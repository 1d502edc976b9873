/** Services that the gate starts: their commands, and how it knows that they are ready. */

import { type InputReader, quote } from '../../../core/inputs/index.ts';
import { type Address, readAddress } from './address.ts';

export interface ServiceConfig {
  /** For a shell; `{port}` in it stands for the port of the address. */
  readonly command: string;
  /** Asked until it answers; null: the address itself. A path is one of the service's own address. */
  readonly ready: { readonly path: string } | { readonly address: Address } | null;
  readonly readyTimeoutMs: number;
}

export interface Services {
  readonly candidate: ServiceConfig | null;
  readonly baseline: ServiceConfig | null;
}

const usualReadyTimeout = 60;
const longestReadyTimeout = 3600;

export function readServices(reader: InputReader): Services {
  const command = readCommand(reader, 'start-command');
  const baseline = readCommand(reader, 'baseline-start-command');
  const ready = readReady(reader);
  const readyTimeoutMs = readReadyTimeout(reader) * 1000;
  if (baseline !== null && command === null) {
    reader.add({
      input: 'baseline-start-command',
      message: 'starts the baseline, and nothing starts the candidate',
      allowed: '`start-command` beside it, or `baseline-url` for a service that runs already',
    });
  }
  if (ready !== null && command === null) {
    reader.add({
      input: 'ready-url',
      message: 'is asked while a service starts, and none is started',
      allowed: '`start-command` beside it',
    });
  }
  if (ready !== null && 'address' in ready && baseline !== null && ready.address.port !== null) {
    reader.add({
      input: 'ready-url',
      message: `${quote(ready.address.shown)} is one address, and two services are started`,
      allowed: 'a path, as /ready, or {port} in the place of the port',
    });
  }
  const service = (of: string | null): ServiceConfig | null =>
    of === null ? null : { command: of, ready, readyTimeoutMs };
  return { candidate: service(command), baseline: service(baseline) };
}

function readCommand(reader: InputReader, input: string): string | null {
  const text = reader.text(input);
  if (text.includes('\0')) reader.add({ input, message: 'a command cannot hold a NUL character' });
  return text === '' ? null : text;
}

function readReady(reader: InputReader): ServiceConfig['ready'] {
  const text = reader.text('ready-url');
  if (text.startsWith('/') && !text.startsWith('//')) return { path: text };
  const address = readAddress(reader, 'ready-url');
  return address === null ? null : { address };
}

function readReadyTimeout(reader: InputReader): number {
  const seconds = reader.duration('ready-timeout', usualReadyTimeout);
  if (seconds >= 1 && seconds <= longestReadyTimeout) return seconds;
  reader.add({
    input: 'ready-timeout',
    message: `${quote(reader.text('ready-timeout'))} is out of range`,
    allowed: 'times from 1s to 1h',
  });
  return usualReadyTimeout;
}

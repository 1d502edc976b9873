/** Starting and ending threads. */

import { setFlagsFromString } from 'node:v8';
import { type MessagePort, Worker } from 'node:worker_threads';

/** `workerData` is what the thread finds under that name. */
export function startThread(url: URL, workerData?: unknown): Worker {
  if (url.pathname.endsWith('.ts')) keepWrappers();
  return new Worker(url, { workerData, execArgv: [] });
}

/**
 * Sources run by type stripping, which is WebAssembly, in each thread. V8 of Node 24 keeps the code that calls out of
 * WebAssembly for all threads of a process, and sometimes aborts it (ThreadIsolation::UnregisterWasmAllocation, below
 * Runtime_TierUpWasmToJSWrapper) when one thread replaces such code by a faster one while others end. It is not replaced
 * then. Bundles are JavaScript, and their threads use no WebAssembly.
 */
function keepWrappers(): void {
  setFlagsFromString('--wasm-wrapper-tiering-budget=2147483647');
}

/** Among the messages of a thread's own protocol, which are objects. */
const end = 'end';

/** In the thread: answers the messages of its own protocol until it is asked to end and has nothing left to do. */
export function listen<Message extends object>(
  port: MessagePort,
  onMessage: (message: Message) => void,
): void {
  port.on('message', (message: Message | typeof end) => {
    if (message === end) port.close();
    else onMessage(message);
  });
}

/**
 * Lets a thread end by itself, and stops it only when it does not: being stopped in the middle of native code can end the
 * process.
 */
export async function endThread(worker: Worker, patienceMilliseconds = 500): Promise<void> {
  if (worker.threadId === -1) return;
  const ended = new Promise<true>((done) => worker.once('exit', () => done(true)));
  worker.postMessage(end);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), patienceMilliseconds);
  });
  if (!(await Promise.race([ended, late]))) await worker.terminate();
  clearTimeout(timer);
}

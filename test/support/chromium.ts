/** A headless Chromium driven over its DevTools protocol, with Node's own WebSocket. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from '../../scripts/tools/chromium.ts';

export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  readonly javascript: boolean;
}

export interface Tab {
  /** Shows the HTML as a page of its own. */
  show(html: string, view: View): Promise<void>;
  /** Runs an expression from outside of the page; also where the page's own scripts are off. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** PNG of the whole page. */
  screenshot(): Promise<Buffer>;
  pdf(): Promise<Buffer>;
  /** Requests for anything but the page itself, and what the page's policy refused. */
  complaints(): readonly string[];
}

type Parameters = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Parameters;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
}

const startSeconds = 60;

export interface RunningChromium {
  readonly tab: Tab;
  close(): Promise<void>;
}

/** Starts Chromium, installed where it is missing, with a fresh profile and one tab. */
export async function openChromium(): Promise<RunningChromium> {
  const program = await ensureChromium();
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const browser = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const close = async () => {
    await stop(browser);
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    return { tab: await openTab(await debuggerAddress(browser)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--no-first-run',
  '--hide-scrollbars',
  '--remote-debugging-address=127.0.0.1',
  '--remote-debugging-port=0',
];

/** Chromium names its address on standard error once it listens. */
function debuggerAddress(browser: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const timer = setTimeout(
      () => reject(new Error(`Chromium did not start:\n${seen}`)),
      startSeconds * 1000,
    );
    browser.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`Chromium cannot be started: ${error.message}`));
    });
    browser.once('exit', (code) => reject(new Error(`Chromium ended with code ${code}:\n${seen}`)));
    browser.stderr?.on('data', (chunk: Buffer) => {
      seen += chunk.toString('utf8');
      const address = /DevTools listening on (ws:\/\/\S+)/.exec(seen)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}

async function stop(browser: ChildProcess): Promise<void> {
  if (browser.exitCode !== null || browser.pid === undefined) return;
  const ended = new Promise((resolve) => browser.once('exit', resolve));
  // Its own process group: renderers and helpers end with it.
  process.kill(-browser.pid, 'SIGKILL');
  await ended;
}

async function openTab(address: string): Promise<Tab> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error(`no connection to ${address}`)), { once: true });
  });
  let last = 0;
  const waiting = new Map<number, { resolve(value: Parameters): void; reject(error: Error): void }>();
  const listeners = new Map<string, () => void>();
  const complaints: string[] = [];
  socket.addEventListener('message', (event) => {
    const message = JSON.parse(String(event.data)) as Message;
    if (message.id !== undefined) {
      const caller = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error !== undefined) caller?.reject(new Error(message.error.message));
      else caller?.resolve(message.result ?? {});
      return;
    }
    listeners.get(message.method ?? '')?.();
    const complaint = complaintOf(message);
    if (complaint !== null) complaints.push(complaint);
  });
  let session: string | undefined;
  const send = (method: string, params: Parameters = {}): Promise<Parameters> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      socket.send(
        JSON.stringify({
          id: last,
          method,
          params,
          ...(session === undefined ? {} : { sessionId: session }),
        }),
      );
    });

  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  session = String((await send('Target.attachToTarget', { targetId, flatten: true })).sessionId);
  for (const domain of ['Page', 'Log', 'Runtime', 'Network']) await send(`${domain}.enable`);

  return {
    async show(html, view) {
      complaints.length = 0;
      await send('Emulation.setScriptExecutionDisabled', { value: !view.javascript });
      await send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: view.scheme }],
      });
      await send('Emulation.setDeviceMetricsOverride', {
        width: view.width,
        height: view.height,
        deviceScaleFactor: 1,
        mobile: false,
      });
      const loaded = new Promise<void>((resolve) => listeners.set('Page.loadEventFired', resolve));
      await send('Page.navigate', {
        url: `data:text/html;charset=utf-8;base64,${Buffer.from(html).toString('base64')}`,
      });
      await loaded;
    },
    async evaluate<Value>(expression: string) {
      const answer = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      const details = answer.exceptionDetails as { exception?: { description?: string } } | undefined;
      if (details !== undefined) throw new Error(details.exception?.description ?? 'evaluation failed');
      return (answer.result as { value: Value }).value;
    },
    async screenshot() {
      const { data } = await send('Page.captureScreenshot', { captureBeyondViewport: true });
      return Buffer.from(String(data), 'base64');
    },
    async pdf() {
      const { data } = await send('Page.printToPDF', {
        preferCSSPageSize: true,
        paperWidth: 8.27,
        paperHeight: 11.69,
      });
      return Buffer.from(String(data), 'base64');
    },
    complaints: () => [...complaints],
  };
}

function complaintOf(message: Message): string | null {
  const params = message.params as
    | { request?: { url: string }; entry?: { text: string }; exceptionDetails?: { text: string } }
    | undefined;
  switch (message.method) {
    case 'Network.requestWillBeSent': {
      const url = params?.request?.url ?? '';
      return url.startsWith('data:text/html') ? null : `request for ${url}`;
    }
    case 'Log.entryAdded':
      return `log: ${params?.entry?.text}`;
    case 'Runtime.exceptionThrown':
      return `script: ${params?.exceptionDetails?.text}`;
    default:
      return null;
  }
}

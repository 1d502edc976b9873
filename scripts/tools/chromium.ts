import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

const programNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const attempts = 3;

/** Where Chromium was found before any install, or undefined. */
export async function findChromium(): Promise<string | undefined> {
  for (const name of programNames) {
    const found = await findProgram(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The path of a Chromium: one on PATH, else installed by apt-get, which needs root. */
export async function ensureChromium(options: { log?: (line: string) => void } = {}): Promise<string> {
  const existing = await findChromium();
  if (existing !== undefined) return existing;
  if ((await findProgram('apt-get')) === undefined || process.getuid?.() !== 0) {
    throw new Error(
      `Chromium is not on PATH (${programNames.join(', ')}) and can be installed here only by apt-get as root; install it with the package manager of this system`,
    );
  }
  await aptInstall(options.log);
  const installed = await findChromium();
  if (installed === undefined) throw new Error('apt-get installed chromium, yet it is not on PATH');
  return installed;
}

/** Mirrors answer with passing errors, and another apt process may hold the lock: worth more than one attempt. */
async function aptInstall(log?: (line: string) => void): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  let failure = '';
  for (let attempt = 1; attempt <= attempts; attempt++) {
    log?.(`installing chromium by apt-get (attempt ${attempt} of ${attempts})`);
    const update = await runProcess('apt-get', ['update', ...lock], { env, timeoutMs: 300_000 });
    const install = await runProcess(
      'apt-get',
      ['install', '-y', '--no-install-recommends', ...lock, 'chromium'],
      { env, timeoutMs: 600_000 },
    );
    if (install.code === 0) return;
    failure = lastLines(`${update.stderr}\n${install.stdout}\n${install.stderr}`, 10);
    if (attempt < attempts) await sleep(attempt * 5_000);
  }
  throw new Error(`apt-get could not install chromium:\n${failure}`);
}

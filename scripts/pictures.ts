/**
 * `node scripts/pictures.ts`: the pictures in the READMEs, taken of the reports that `npm run demo` has written.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureChromium } from './tools/chromium.ts';

const root = resolve(import.meta.dirname, '..');
const pictures = [
  { report: 'gate-results/failing.html', picture: 'docs/images/report.png', size: '1000,860' },
];

const chromium = await ensureChromium();
for (const { report, picture, size } of pictures) {
  const page = join(root, report);
  if (!existsSync(page)) throw new Error(`${report} is missing: run \`npm run demo\` first`);
  const profile = mkdtempSync(join(tmpdir(), 'pictures-'));
  mkdirSync(dirname(join(root, picture)), { recursive: true });
  try {
    execFileSync(
      chromium,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--no-first-run',
        '--hide-scrollbars',
        `--user-data-dir=${profile}`,
        `--window-size=${size}`,
        `--screenshot=${join(root, picture)}`,
        pathToFileURL(page).href,
      ],
      { stdio: 'ignore' },
    );
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
  console.log(picture);
}

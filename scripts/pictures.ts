/**
 * `node scripts/pictures.ts [picture …]`: the pictures in the READMEs, all or those named, taken of the reports that
 * `npm run demo` has written.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureChromium } from './tools/chromium.ts';

const root = resolve(import.meta.dirname, '..');

interface Picture {
  readonly report: string;
  readonly picture: string;
  readonly size: string;
  /** Title of a section that is left out of the picture, so that what the README speaks of stands in it. */
  readonly without?: string;
}

const pictures: readonly Picture[] = [
  { report: 'gate-results/failing.html', picture: 'docs/images/report.png', size: '1000,860' },
  {
    report: 'gate-results/orders-broken.html',
    picture: 'docs/images/data-report.png',
    size: '1152,1340',
    without: '8 checks',
  },
  {
    report: 'gate-results/parcels-drifted.html',
    picture: 'docs/images/drift-report.png',
    size: '1000,1500',
    without: '11 checks',
  },
  { report: 'gate-results/ml-api-refusing.html', picture: 'docs/images/perf-report.png', size: '1000,1235' },
  {
    report: 'gate-results/deploy-rolled-back.html',
    picture: 'docs/images/deploy-report.png',
    size: '1000,520',
    without: '2 checks',
  },
];
const wanted = process.argv.slice(2);

const chromium = await ensureChromium();
for (const { report, picture, size, without } of pictures) {
  if (wanted.length > 0 && !wanted.includes(picture)) continue;
  const page = join(root, report);
  if (!existsSync(page)) throw new Error(`${report} is missing: run \`npm run demo\` first`);
  const profile = mkdtempSync(join(tmpdir(), 'pictures-'));
  mkdirSync(dirname(join(root, picture)), { recursive: true });
  try {
    const shown = join(profile, 'page.html');
    writeFileSync(shown, withoutSection(readFileSync(page, 'utf8'), without));
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
        pathToFileURL(shown).href,
      ],
      { stdio: 'ignore' },
    );
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
  console.log(picture);
}

function withoutSection(html: string, title: string | undefined): string {
  if (title === undefined) return html;
  const start = html.indexOf(`<section><h2>${title}</h2>`);
  const end = html.indexOf('</section>', start);
  if (start < 0 || end < 0) throw new Error(`the report has no section "${title}"`);
  return html.slice(0, start) + html.slice(end + '</section>'.length);
}

/** docs/monitoring_guide.md: each of its commands, in its order, and what it says that they say. */

import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ensureAlertmanager } from '../../../scripts/tools/alertmanager.ts';
import { ensurePromtool } from '../../../scripts/tools/promtool.ts';
import { blocksOf, runBlock } from '../../support/guide-blocks.ts';
import { stepsUsing } from '../../support/readme-steps.ts';
import { freePort, type RunningServer, startServer } from '../../support/server-process.ts';
import { alertRules, monitoring, readRuleFiles } from './rule-files.ts';

const root = resolve(monitoring, '../..');
const guide = await readFile(join(root, 'docs/monitoring_guide.md'), 'utf8');
const blocks = blocksOf(guide);
const background = blocks.filter(({ kind }) => kind === 'background');

let folder: string;
let env: NodeJS.ProcessEnv;
let platform: RunningServer;
/** The guide's ports, and those of this run. */
const ports = new Map<string, number>();
const withPorts = (text: string): string =>
  text.replaceAll(
    /(localhost:|-port )(\d+)/g,
    (_, before: string, port: string) => `${before}${ports.get(port)}`,
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guide-'));
  await cp(monitoring, join(folder, 'reference-infra/monitoring'), { recursive: true });
  await mkdir(join(folder, 'scripts'));
  await cp(join(root, 'scripts/generate-monitoring.ts'), join(folder, 'scripts/generate-monitoring.ts'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const [{ promtool }, { amtool }] = await Promise.all([ensurePromtool(), ensureAlertmanager()]);
  const tools = join(folder, 'tools');
  await mkdir(tools);
  for (const tool of [promtool, amtool]) await symlink(tool, join(tools, basename(tool)));
  await writeFile(
    join(tools, 'npx'),
    `#!/bin/sh\n[ "$1" = ml-gates ] && shift && exec ${process.execPath} ${root}/cli/ml-gates.ts "$@"\n`,
  );
  await chmod(join(tools, 'npx'), 0o755);
  // The Node that runs this comes before another one of the machine.
  await symlink(process.execPath, join(tools, 'node'));
  env = { ...process.env, PATH: `${tools}:${process.env.PATH}`, HOME: folder };
  for (const port of new Set([...guide.matchAll(/-port (\d+)/g)].map(([, each = '']) => each))) {
    ports.set(port, await freePort());
  }
  const [command = ''] = background.map(({ commands }) => withPorts(commands));
  const [, flags = ''] = command.split(' -- ');
  platform = await startServer({
    command: process.execPath,
    args: [join(root, 'scripts/platform.ts'), ...flags.split(' ')],
    env: process.env,
    cwd: root,
    readyUrl: `http://127.0.0.1:${ports.get('9090')}/-/ready`,
  });
  await untilTraffic();
});

afterAll(async () => {
  await platform?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('all its commands are found, and one of them is the platform', () => {
  expect(blocks).toHaveLength([...guide.matchAll(/^```sh/gm)].length);
  expect(blocks.length).toBeGreaterThan(15);
  expect(background.map(({ commands }) => commands)).toEqual([
    expect.stringMatching(/^npm run platform -- /),
  ]);
});

test.each(blocks.filter(({ kind }) => kind !== 'background'))('$commands', async (block) => {
  const here = { ...block, commands: withPorts(block.commands) };
  expect(await runBlock(here, { cwd: folder, env })).toBeNull();
});

test('the step of a workflow names inputs that the action has', async () => {
  const steps = stepsUsing('org/action-drift-check@v1', guide);
  const action = parse(await readFile(join(root, 'action-drift-check/action.yml'), 'utf8')) as {
    inputs: Record<string, unknown>;
  };
  expect(steps).toHaveLength(1);
  for (const name of Object.keys(steps[0]?.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
});

test('the table of alerts in the README is that of the rules', async () => {
  const readme = await readFile(join(monitoring, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| \[(\w+)\]\(runbooks\/\1\.md\)(?: ([^|]*?))? \| (\w+) \|/gm)];
  const told = rows.flatMap(([, alert = '', windows, severity = '']) =>
    windows === undefined
      ? [`${alert} ${severity}`]
      : windows.split(', ').map((window) => `${alert} ${window.replaceAll('`', '')} ${severity}`),
  );
  const rules = alertRules(readRuleFiles()).map(({ key, labels }) => `${key} ${labels?.severity}`);
  expect(told.toSorted()).toEqual(rules.toSorted());
});

/** A reader needs longer to come to the first question than the platform to have an answer. */
async function untilTraffic(): Promise<void> {
  const query = encodeURIComponent(
    'sum(rate(ml_api_requests_total{route="/predict", status="200"}[1m])) > 0',
  );
  const deadline = performance.now() + 60_000;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${ports.get('9090')}/api/v1/query?query=${query}`);
    const { data } = (await response.json()) as { data: { result: unknown[] } };
    if (data.result.length > 0) return;
    if (performance.now() > deadline) throw new Error(`no traffic is seen:\n${platform.log()}`);
    await sleep(500);
  }
}

/** The README of the reference infrastructure: its commands, addresses and links. */

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startService } from '../../../reference-infra/ml-api/test/service.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { infra, loadProject } from './compose-project.ts';

const root = resolve(infra, '..');
const readme = readFileSync(join(infra, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.replaceAll('\\\n', '').trim().split('\n'))
  .map((line) => line.replaceAll(/ +/g, ' '));

test('every command is one that is tested here', () => {
  const known =
    /^(npm install|npm run platform\b.*|cd reference-infra|cp \.env\.example \.env|docker compose .*|curl .*)$/;
  expect(commands.filter((command) => !known.test(command))).toEqual([]);
});

test.each(commands.filter((command) => command.includes('--seconds')))('%s', async (command) => {
  const { code, stdout, stderr } = await runProcess('/bin/sh', ['-c', command], {
    cwd: root,
    timeoutMs: 120_000,
  });
  // npm has an opinion of its own on the settings in .npmrc.
  const said = stderr.replaceAll(/^npm warn .*\n/gm, '');
  expect({ code, said }, stdout).toEqual({ code: 0, said: '' });
  const port = /--prometheus-port (\d+)/.exec(command)?.[1];
  if (port !== undefined) expect(stdout).toContain(`http://127.0.0.1:${port}`);
  // In the form that the README shows.
  const form =
    /^\d+\.\d requests\/s \| p95 \d+ ms \| failed \d+\.\d % \| alerts firing: \d+ \(.*Watchdog\)$/m;
  expect(stdout).toMatch(form);
  expect(readme).toMatch(form);
  expect(stdout).toContain('stopped: nothing is left running');
});

test('the request is answered', async () => {
  const curl = commands.find((command) => command.startsWith('curl ')) ?? '';
  const service = await startService({ model: 'mlflow-onnx/model' });
  try {
    const run = curl.replace('http://127.0.0.1:8000', service.url);
    const { stdout } = await runProcess('/bin/sh', ['-c', run], { timeoutMs: 20_000 });
    expect(JSON.parse(stdout)).toMatchObject({ predictions: [0] });
  } finally {
    await service.stop();
  }
});

test('addresses are those that Compose publishes, and services and variables that it names are there', async () => {
  const { services } = await loadProject();
  const published = Object.values(services).flatMap(({ ports = [] }) =>
    ports.map(({ host_ip, published: port }) => `http://${host_ip}:${port}`),
  );
  const table = [...readme.matchAll(/^\| (http:\S+) \|/gm)].map(([, address]) => address);
  expect(table.sort()).toEqual(published.sort());
  for (const [, name = ''] of readme.matchAll(/docker compose (?:logs --follow|exec) ([a-z-]+)/g)) {
    expect(services, name).toHaveProperty(name);
  }
  const example = readFileSync(join(infra, '.env.example'), 'utf8');
  for (const [, name] of readme.matchAll(/`([A-Z_]{6,})[`=]/g)) expect(example).toContain(`${name}=`);
});

test('links lead somewhere, and every part has its line', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((link) => !existsSync(join(infra, link)))).toEqual([]);
});

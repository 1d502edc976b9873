/**
 * The commands of a guide: blocks of the language `sh`, and the block `text` below one, whose lines must be among what the
 * commands said, with `…` for anything. `sh fails` ends with another exit code than 0, `sh background` goes on running.
 */

import { runProcess } from '../../scripts/tools/process.ts';

export interface GuideBlock {
  readonly commands: string;
  readonly kind: 'runs' | 'fails' | 'background';
  readonly said: readonly string[];
}

export function blocksOf(guide: string): readonly GuideBlock[] {
  const pattern = /^```sh(?: (fails|background))?\n([\s\S]*?)\n```$(?:\n\n```text\n([\s\S]*?)\n```$)?/gm;
  return [...guide.matchAll(pattern)].map(([, kind = 'runs', commands = '', said = '']) => ({
    commands,
    kind: kind as GuideBlock['kind'],
    said: said === '' ? [] : said.split('\n'),
  }));
}

/** What is wrong with how the block ran; null: nothing. */
export async function runBlock(
  { commands, kind, said }: GuideBlock,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string | null> {
  const { code, stdout, stderr } = await runProcess('bash', ['-euo', 'pipefail', '-c', commands], {
    ...options,
    timeoutMs: 240_000,
  });
  const output = `${stdout}\n${stderr}`;
  if ((code === 0) === (kind === 'fails')) return `exit code ${code}\n${output}`;
  const lines = output.split('\n').map(squeezed);
  const missing = said.filter((line) => {
    const parts = line.split('…').map((part) => escaped(squeezed(part)));
    const wanted = new RegExp(parts.join('.*'));
    return !lines.some((each) => wanted.test(each));
  });
  return missing.length === 0 ? null : `${missing.join('\n')}\n\nis not in\n\n${output}`;
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** A gate at the command line: inputs from flags, the summary in the terminal, progress on standard error. */

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { readContext } from '../github/index.ts';
import { unknownFlags } from '../inputs/index.ts';
import { escapeTerminal, type Log, renderTerminal } from '../report/index.ts';
import type { Host } from './host.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Values of flags, defaults of action.yml already in place. */
  readonly flags: ReadonlyMap<string, string>;
  /** Flags as the user gave them. */
  readonly given: readonly string[];
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** ANSI colours are welcome. */
  readonly color: boolean;
  readonly width: number;
}

export function terminalHost(terminal: Terminal): Host {
  const { out, err } = terminal;
  const context = readContext(terminal.env, (path) => readFileSync(path, 'utf8'));
  const clock = (): Date => new Date();
  const log = terminalLog(err);
  const shown = (path: string): string => relative(terminal.cwd, path) || path;
  return {
    env: terminal.env,
    log,
    source: { get: (name) => terminal.flags.get(name) ?? '', workspace: terminal.cwd },
    clock,
    commit: context.sha,
    run: null,
    github: async () => null,
    unknownInputs: (known) => unknownFlags(terminal.given, known),

    async report({ result, resultPath, reportPath, follow }) {
      out(`${renderTerminal(result, { color: terminal.color, width: terminal.width }).trimEnd()}\n\n`);
      out(`result: ${shown(resultPath)}\nreport: ${shown(reportPath)}\n`);
      await follow({ log, clock, reportUrl: null, github: null });
    },

    async fail({ title, message, detail }) {
      err(`${title} could not run\n${message.split('\n').map(escapeTerminal).join('\n')}\n`);
      if (detail !== null && terminal.env.ML_GATES_DEBUG !== undefined) err(`${detail}\n`);
    },
  };
}

function terminalLog(err: (text: string) => void): Log {
  const line = (text: string): void => err(`${escapeTerminal(text)}\n`);
  return { info: line, notice: line, warning: (text) => line(`warning: ${text}`), debug: () => {} };
}

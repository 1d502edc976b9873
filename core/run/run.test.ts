import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serverForTests } from '../../test/support/github-setup.ts';
import { judge } from '../gate/index.ts';
import type { Check, MetricCatalogue, Verdict } from '../gate/types.ts';
import { commonInputs, InputError, RunError } from '../inputs/index.ts';
import type { Gate } from './gate.ts';
import { githubHost } from './github-host.ts';
import { exitCode, runGate } from './run.ts';
import { terminalHost } from './terminal-host.ts';

/** The smallest gate: its one number is an input. */
const catalogue: MetricCatalogue = new Map([
  [
    'size',
    {
      name: 'size',
      label: 'Size',
      unit: 'number',
      direction: 'higher',
      definition: 'A number.',
      source: 'https://example.com',
      selectorHelp: null,
      selector: 'never',
    },
  ],
]);

const check: Check = {
  id: 'size >= 3',
  metric: 'size',
  selector: null,
  condition: { kind: 'compare', operator: '>=', bound: { kind: 'number', value: 3, text: '3' } },
  confidence: null,
  severity: 'fail',
  place: null,
};

interface Config {
  readonly size: string;
}

const gate: Gate<Config, { readonly said: string }> = {
  action: 'weigh',
  title: 'Weight gate',
  inputs: [...commonInputs, 'size'],
  catalogue,
  readConfig: (reader) => ({ size: reader.required('size') }),
  measure: async ({ size }, { log }) => {
    log.info(`weighing ${size}`);
    if (size === 'gone') throw new RunError('scales.csv does not exist');
    if (size === 'defect') throw new TypeError('x is undefined');
    const value = Number(size);
    const measurement = {
      metric: 'size',
      selector: null,
      estimate: Number.isFinite(value)
        ? ({ defined: true, value, interval: null, n: 5 } as const)
        : ({ defined: false, reason: 'the scales say nothing', n: 5 } as const),
      baseline: null,
      contrast: null,
    };
    return {
      subject: [{ name: 'scales.csv', digest: { sha256: 'a'.repeat(64) } }],
      configuration: [],
      judged: [judge(check, measurement, { confidence: 0.95 })],
      metrics: { size: Number.isFinite(value) ? value : null },
      undefinedMetrics: Number.isFinite(value) ? {} : { size: 'the scales say nothing' },
      notices: [],
      details: { said: size },
    };
  },
  sections: () => [],
  summaryDetails: () => [],
  outputs: ({ predicate }) => ({ said: predicate.gate.details.said }),
};

const startServer = serverForTests();
let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-gates-run-'));
  log = '';
  writeFileSync(join(folder, 'output'), '');
  writeFileSync(join(folder, 'summary'), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(
  inputs: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
  changes: Partial<typeof gate> = {},
): Promise<0 | 1> {
  const variables = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const env = {
    ...Object.fromEntries(variables),
    GITHUB_WORKSPACE: folder,
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    ...more,
  };
  return await runGate(
    { ...gate, ...changes },
    githubHost(env, (text) => {
      log += text;
    }),
  );
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** Outputs as the runner reads them. */
function outputs(): Record<string, string> {
  const entries = read('output').matchAll(/^([\w-]+)<<(\S+)\n(.*?)\n\2$/gms);
  return Object.fromEntries([...entries].map(([, name, , value]) => [name, value]));
}

test.each<{ verdict: Verdict; enforce: boolean; onInconclusive: 'fail' | 'warn'; code: 0 | 1 }>([
  { verdict: 'pass', enforce: true, onInconclusive: 'fail', code: 0 },
  { verdict: 'fail', enforce: true, onInconclusive: 'warn', code: 1 },
  { verdict: 'fail', enforce: false, onInconclusive: 'fail', code: 0 },
  { verdict: 'inconclusive', enforce: true, onInconclusive: 'fail', code: 1 },
  { verdict: 'inconclusive', enforce: true, onInconclusive: 'warn', code: 0 },
  { verdict: 'inconclusive', enforce: false, onInconclusive: 'fail', code: 0 },
])(
  '$verdict, enforce $enforce, on-inconclusive $onInconclusive: exit $code',
  ({ verdict, code, ...common }) => {
    expect(exitCode(verdict, common)).toBe(code);
  },
);

describe('under GitHub', () => {
  test('a pass writes outputs, the summary with the verdict first, the result and the page', async () => {
    expect(await run({ size: '4' })).toBe(0);
    expect(outputs()).toMatchObject({
      verdict: 'pass',
      'result-path': 'gate-results/weigh.json',
      'report-path': 'gate-results/weigh.html',
      'result-digest': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      'report-url': '',
      'failed-checks': '[]',
      said: '4',
    });
    expect(read('summary').split('\n')[0]).toMatch(/^## ✅ .*passed: 1 check/);
    expect(JSON.parse(read('gate-results/weigh.json')).predicate.result).toBe('PASSED');
    expect(read('gate-results/weigh.html')).toMatch(/^<!doctype html>/i);
  });

  test('a fail is an annotation with its reason, and tells which checks failed', async () => {
    expect(await run({ size: '2' })).toBe(1);
    expect(outputs()).toMatchObject({ verdict: 'fail', 'failed-checks': '["size >= 3"]' });
    expect(log).toMatch(/^::error title=.*::2 is below 3/m);
  });

  test('an undefined number is inconclusive and red', async () => {
    expect(await run({ size: 'nothing' })).toBe(1);
    expect(outputs().verdict).toBe('inconclusive');
    expect(log).toContain('the scales say nothing');
  });

  test('a run that cannot be done sets no verdict and says why first', async () => {
    expect(await run({ size: 'gone' })).toBe(1);
    expect(log).toMatch(/^::error title=Weight gate could not run::scales\.csv does not exist$/m);
    expect(read('output')).toBe('');
    expect(read('summary')).toContain('## ⛔ Weight gate could not run');
    expect(existsSync(join(folder, 'gate-results/weigh.json'))).toBe(false);
  });

  test('what was written beside the document until a run failed is offered as an artifact', async () => {
    const changes: Partial<typeof gate> = {
      besides: ['.log'],
      measure: async (_, { beside }) => {
        writeFileSync(await beside('.log'), 'the last words');
        throw new RunError('the service ended');
      },
    };
    expect(await run({ size: '4', 'report-artifact': 'weigh-report' }, {}, changes)).toBe(1);
    // There is no artifact service here: that it was asked for shows in the notice.
    expect(log).toMatch(/^::notice::The report artifact weigh-report was not uploaded/m);
    expect(await run({ size: 'gone', 'report-artifact': 'weigh-report' })).toBe(1);
    expect(log.match(/weigh-report was not uploaded/g)).toHaveLength(1);
  });

  test('all mistakes in the inputs come at once', async () => {
    expect(await run({ comment: 'alway', sizes: '4' })).toBe(1);
    expect(log).toContain('comment: "alway" is not one of its values; allowed: auto, on-failure, never');
    expect(log).toContain('size: a value is required');
    expect(log).toContain('sizes: unknown input; did you mean `size`?');
    expect(read('output')).toBe('');
  });

  test.each([
    ['cannot be done', { size: 'gone' }],
    ['has wrong inputs', { size: '4', enforce: 'nope' }],
  ])('a document of an earlier pass does not outlive a run that %s', async (_, inputs) => {
    expect(await run({ size: '4' })).toBe(0);
    expect(await run(inputs)).toBe(1);
    expect(existsSync(join(folder, 'gate-results/weigh.json'))).toBe(false);
    expect(existsSync(join(folder, 'gate-results/weigh.html'))).toBe(false);
  });

  test('a summary that cannot be written is a warning; verdict and outputs stand', async () => {
    rmSync(join(folder, 'summary'));
    mkdirSync(join(folder, 'summary'));
    expect(await run({ size: '4' })).toBe(0);
    expect(log).toMatch(/^::warning::the job summary could not be written: EISDIR/m);
    expect(outputs().verdict).toBe('pass');
  });

  test('escape sequences and reordering marks of data are shown, not sent', async () => {
    await run({ size: '\u001b[31m4\u202e\r::error::boo' });
    expect(log).toContain('weighing ‹U+001B›[31m4‹U+202E›↵::error::boo');
    expect(log).not.toMatch(/[\u001b\u202e\r]/);
  });

  test('a defect of ours is called one; its stack goes to the debug log only', async () => {
    expect(await run({ size: 'defect' })).toBe(1);
    expect(log).toMatch(/^::error .*a defect of this action, not of your model or data: x is undefined$/m);
    const stacks = log.split('\n').filter((line) => /\bat .*run\.test/.test(line));
    expect(stacks.every((line) => line.startsWith('::debug::'))).toBe(true);
  });

  test('the token is masked before anything else is said', async () => {
    await run({ size: '4', 'github-token': 'ghs_secret' });
    expect(log.startsWith('::add-mask::ghs_secret\n')).toBe(true);
  });

  test('the check run holds an annotation at the file that was judged', async () => {
    const server = await startServer();
    writeFileSync(join(folder, 'scales.csv'), 'size\n2\n');
    writeFileSync(join(folder, 'event.json'), '{}');
    const code = await run(
      { size: '2', 'github-token': 'test-token', 'check-run': 'true' },
      {
        GITHUB_API_URL: server.url,
        GITHUB_REPOSITORY: 'octo/models',
        GITHUB_EVENT_NAME: 'push',
        GITHUB_EVENT_PATH: join(folder, 'event.json'),
        GITHUB_SHA: 'a'.repeat(40),
      },
    );
    expect(code).toBe(1);
    expect(server.state.checkRuns).toHaveLength(1);
    expect(server.state.checkRuns[0]).toMatchObject({
      conclusion: 'failure',
      annotations: [
        { path: 'scales.csv', start_line: 1, annotation_level: 'failure', message: '2 is below 3.' },
      ],
    });
  });

  test('a line of data that looks like a command is none', async () => {
    await run({ size: '::error::boo\n##[error]boo' });
    const commands = log.split('\n').filter((line) => /^\s*::error|##\[/.test(line));
    expect(commands).toEqual([]);
  });
});

describe('what follows the verdict', () => {
  test('knows the result as it was written, the event and the configuration, and adds outputs', async () => {
    const seen: unknown[] = [];
    const follow: NonNullable<typeof gate.follow> = async (config, { result, digest }, { github }) => {
      seen.push(config, digest, github?.context.eventName, github?.client);
      return { verdict: result.predicate.gate.verdict, 'issue-number': '7' };
    };
    expect(await run({ size: '2' }, { GITHUB_EVENT_NAME: 'schedule' }, { follow })).toBe(1);
    expect(outputs()).toMatchObject({ verdict: 'fail', said: '2', 'issue-number': '7' });
    expect(seen).toEqual([{ size: '2' }, outputs()['result-digest'], 'schedule', null]);
  });

  test('when it goes wrong is a warning; verdict and outputs stand', async () => {
    const follow = async () => {
      throw new RunError('no luck');
    };
    expect(await run({ size: '4' }, {}, { follow })).toBe(0);
    expect(log).toMatch(/^::warning::what follows the verdict could not be done: no luck$/m);
    expect(outputs()).toMatchObject({ verdict: 'pass', said: '4' });
  });

  test('does not happen when there is no verdict', async () => {
    const follow = async () => {
      throw new Error('never');
    };
    await run({ size: 'gone' }, {}, { follow });
    expect(log).not.toContain('never');
  });

  test('at the command line comes after the report, without GitHub', async () => {
    let out = '';
    const seen: unknown[] = [];
    const terminal = terminalHost({
      env: {},
      cwd: folder,
      flags: new Map([['size', '4']]),
      given: ['size'],
      out: (text) => {
        out += text;
      },
      err: () => {},
      color: false,
      width: 100,
    });
    const follow: NonNullable<typeof gate.follow> = async (_, __, { github }) => {
      seen.push(github, out.includes('report:'));
      return {};
    };
    expect(await runGate({ ...gate, follow }, terminal)).toBe(0);
    expect(seen).toEqual([null, true]);
  });
});

test('an InputError lists every problem', () => {
  const error = new InputError([
    { input: 'a', message: 'one' },
    { input: 'b', message: 'two', nearest: 'c' },
  ]);
  expect(error.message).toBe('a: one\nb: two; did you mean `c`?');
});

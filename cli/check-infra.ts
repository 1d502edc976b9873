/** `ml-gates check-infra PATH`: reads the arguments, and writes the findings so that they read well in a narrow terminal. */

import { resolve } from 'node:path';
import { checkInfra, checks, type PlacedMatrix, type Report } from '../check-infra/index.ts';
import { matrixText } from '../check-infra/reachability/index.ts';
import { nearest } from '../core/gate/index.ts';
import { isUserFacing, quote } from '../core/inputs/index.ts';

export interface CheckInfraHost {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly width: number;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const flags = ['--json', '--matrix', '--skip', '--values', '--help'];

type Arguments =
  | { readonly is: 'help' }
  | { readonly is: 'wrong'; readonly problems: readonly string[] }
  | {
      readonly is: 'run';
      readonly path: string;
      readonly skip: readonly string[];
      readonly values: readonly string[];
      readonly json: boolean;
      readonly matrix: boolean;
    };

/** 0: nothing was found. 1: something was. 2: the run could not be done. */
export async function runCheckInfra(args: readonly string[], host: CheckInfraHost): Promise<number> {
  const read = readArguments(args);
  if (read.is === 'help') {
    host.out(helpText(host.width));
    return 0;
  }
  const fail = (problems: readonly string[]): 2 => {
    for (const problem of problems) host.err(`ml-gates check-infra: ${printable(problem)}\n`);
    return 2;
  };
  if (read.is === 'wrong') return fail(read.problems);
  const { path, skip, values, json, matrix } = read;
  try {
    const wanted = {
      folder: resolve(host.cwd, path),
      shown: path,
      skip,
      matrix,
      values: values.map((file) => resolve(host.cwd, file)),
    };
    const report = await checkInfra(wanted, { env: host.env, signal: host.signal });
    host.out(json ? jsonText(report) : reportText(report, host.width));
    return report.findings.length === 0 ? 0 : 1;
  } catch (error) {
    if (isUserFacing(error)) return fail([error.message]);
    throw error;
  }
}

function readArguments(args: readonly string[]): Arguments {
  if (args.includes('--help') || args.includes('-h')) return { is: 'help' };
  const problems: string[] = [];
  const paths: string[] = [];
  const skip: string[] = [];
  const values: string[] = [];
  const names = checks.map(({ name }) => name);
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    const [flag, given] = arg.split(/=(.*)/s);
    if (flag === '--skip' || flag === '--values') {
      const value = given ?? args[++index] ?? '';
      if (flag === '--values' && value === '') problems.push('--values needs a file');
      else if (flag === '--values') values.push(value);
      else if (names.includes(value)) skip.push(value);
      else problems.push(skipProblem(value, names));
    } else if (arg.startsWith('-')) {
      if (!flags.includes(arg)) problems.push(`${quote(arg)} is no flag; ${suggestion(arg, flags)}`);
    } else paths.push(arg);
  }
  const [path] = paths;
  if (path === undefined || path === '') problems.push('name a folder: ml-gates check-infra PATH');
  else if (paths.length > 1)
    problems.push(`one folder at a time; these are ${paths.length}: ${paths.map(quote).join(', ')}`);
  if (path === undefined || problems.length > 0) return { is: 'wrong', problems };
  return { is: 'run', path, skip, values, json: args.includes('--json'), matrix: args.includes('--matrix') };
}

/** There are too many to name them all. */
function skipProblem(name: string, names: readonly string[]): string {
  if (name === '') return '--skip needs the name of a check; --help lists them';
  const near = nearest(name, names);
  return `--skip ${quote(name)} is no check; ${near === undefined ? '--help lists them' : `did you mean ${near}?`}`;
}

function suggestion(name: string, allowed: readonly string[]): string {
  const near = nearest(name, allowed);
  return near === undefined ? `there are ${allowed.join(', ')}` : `did you mean ${near}?`;
}

function jsonText({ seen, findings, matrices }: Report): string {
  const shown = matrices.map(({ place, matrix }) => ({ place, matrix: matrixText(matrix).split('\n') }));
  const value = { seen, findings, ...(shown.length === 0 ? {} : { matrices: shown }) };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function reportText({ seen, findings, matrices }: Report, width: number): string {
  const places = Map.groupBy(findings, ({ place }) => place);
  const lines = [
    ...seen.flatMap((line) => wrapped(line, width, '')),
    '',
    ...matrices.flatMap((one) => [...matrixLines(one), '']),
  ];
  for (const [place, found] of places) {
    lines.push(...wrapped(place, width, ''));
    for (const { check, message, mend } of found) {
      lines.push(
        `  ${check}`,
        ...wrapped(message, width, '    '),
        ...wrapped(`mend: ${mend}`, width, '    '),
      );
    }
    lines.push('');
  }
  return `${[...lines, lastLine(findings.length, places.size)].join('\n')}\n`;
}

function lastLine(findings: number, places: number): string {
  if (findings === 0) return 'no findings';
  const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  return `${plural(findings, 'finding')} in ${plural(places, 'place')}`;
}

function matrixLines({ place, matrix }: PlacedMatrix): string[] {
  return [`${printable(place)}, namespace ${printable(matrix.namespace)}`, printable(matrixText(matrix))];
}

function helpText(width: number): string {
  const lines = checks.flatMap(({ name, refuses }) => [`  ${name}`, ...wrapped(refuses, width, '      ')]);
  return [
    'ml-gates check-infra PATH',
    '',
    ...wrapped(
      'Looks for mistakes that a schema does not see in the kustomizations, charts, manifests, rules, dashboards, policies of AWS, files and plans of Terraform below a folder. Exits with 0 when there are none, with 1 for findings, and with 2 when it could not look.',
      width,
      '',
    ),
    '',
    '  --matrix         who reaches what, by the network policies',
    '  --skip CHECK     leaves a check out; may be given again',
    '  --values FILE    values for the charts; may be given again',
    '  --json           findings as JSON',
    '',
    'Checks, and what each refuses:',
    '',
    ...lines,
    '',
  ].join('\n');
}

/** What comes from files does not steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/gu, '?');
}

function wrapped(text: string, width: number, indent: string): string[] {
  const most = Math.max(20, Math.min(width, 100) - indent.length);
  const lines: string[] = [];
  for (const word of printable(text).split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > most) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => indent + line);
}

/** The drift check beside what a team would use instead: the same two sides of a table, and which columns each flags. */

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type GateDocument, type GateReading, runGate } from './gate.ts';
import { type Contest, child, type Rival, type Subject, wholeProcess } from './measure.ts';
import type { PreparedDrift, Sides } from './prepare.ts';
import type { Scaling } from './scaling.ts';

const rows = 1_000_000;
/** Those that `peers/make_drift.py` has drifted. */
const drifted = ['x04', 'n2', 'c2'] as const;
/** MiB, on 20 columns. */
const limitMb = 400;
/** MiB, on 5 columns of any length. */
const scalingLimitMb = 600;
const here = import.meta.dirname;

type Format = 'parquet' | 'csv';

export async function driftContests(prepared: PreparedDrift): Promise<Contest[]> {
  const sides = await prepared.sides(rows, 20);
  const profile = join(sides.folder, 'profile.json');
  const shared = { rows, limitMb, expected: { rows: 2 * rows } };
  return [
    {
      ...shared,
      id: 'drift-parquet',
      title: `${named(rows)} rows x 20 against as many, Parquet`,
      ours: check(sides, 'parquet'),
      flags: drifted,
      peers: [
        peer('parquet', 'evidently', 1, 25),
        peer('parquet', 'evidently-tests', 1, null),
        peer('parquet', 'whylogs', 1, null),
        peer('parquet', 'deepchecks', 1, null),
        peer('parquet', 'nannyml', 1, null),
        peer('parquet', 'alibi', 1, null),
        peer('parquet', 'duckdb-windows', 3, null),
        peer('parquet', 'frouros', 3, null),
        peer('parquet', 'scipy', 3, 2),
        peer('parquet', 'duckdb-sketch', 3, null),
      ],
    },
    {
      ...shared,
      id: 'drift-csv',
      title: `${named(rows)} rows x 20 against as many, CSV`,
      ours: check(sides, 'csv'),
      flags: drifted,
      peers: [
        peer('csv', 'evidently', 1, null),
        peer('csv', 'scipy', 3, null),
        peer('csv', 'duckdb-sketch', 3, null),
      ],
    },
    {
      ...shared,
      id: 'drift-profile',
      title: `${named(rows)} rows x 20 against a profile, Parquet`,
      ours: againstProfile(sides, profile),
      flags: drifted,
      peers: [{ ...whylogsProfile(), repeats: 1, target: null }],
    },
    {
      ...shared,
      id: 'drift-write',
      title: `writing a profile of ${named(rows)} rows x 20, Parquet`,
      ours: { name: 'the bundled action', run: () => writeProfile(sides, profile) },
      expected: { rows },
      peers: [
        {
          id: 'drift-write-whylogs',
          subject: whylogs(sides.file('reference', 'parquet'), written(), 'write'),
          repeats: 1,
          target: null,
        },
      ],
    },
  ];

  function peer(format: Format, tool: keyof typeof tools, repeats: number, target: number | null): Rival {
    const [packageName, title, script, ...args] = tools[tool];
    const called = title.replace('#', prepared.versions.get(packageName) ?? '');
    const files = [sides.file('reference', format), sides.file('current', format)];
    return {
      id: `drift-${format}-${tool}`,
      subject: whole(called, script, ...files, ...args),
      repeats,
      target,
    };
  }

  function whole(name: string, script: string, ...args: string[]): Subject {
    return wholeProcess(child(name, prepared.python, [join(here, 'peers', script), ...args]));
  }

  function whylogs(...args: string[]): Subject {
    return whole(`whylogs ${prepared.versions.get('whylogs')}`, 'drift_whylogs.py', ...args);
  }

  function written(): string {
    return join(sides.folder, 'reference.bin');
  }

  /** Whose profile of the reference is written before, outside the clock. */
  function whylogsProfile(): Pick<Rival, 'id' | 'subject'> {
    const subject = whylogs(written(), sides.file('current', 'parquet'));
    const run = async () => {
      if (!existsSync(written())) await whylogs(sides.file('reference', 'parquet'), written(), 'write').run();
      return subject.run();
    };
    return { id: 'drift-profile-whylogs', subject: { name: subject.name, run } };
  }
}

/** Package, what the table calls it (`#` is the version), script and its words after the two files. */
const tools = {
  evidently: ['evidently', 'evidently #, default preset', 'drift_evidently.py'],
  'evidently-tests': ['evidently', 'evidently #, KS and chi-square', 'drift_evidently.py', 'tests'],
  whylogs: ['whylogs', 'whylogs #', 'drift_whylogs.py'],
  deepchecks: ['deepchecks', 'deepchecks #, 100,000 rows drawn', 'drift_deepchecks.py'],
  nannyml: ['nannyml', 'NannyML #, default', 'drift_nannyml.py'],
  alibi: ['alibi-detect', 'alibi-detect #', 'drift_alibi.py'],
  frouros: ['frouros', 'frouros #', 'drift_frouros.py'],
  scipy: ['scipy', 'scipy # `ks_2samp` in a loop, pandas', 'drift_scipy.py'],
  'duckdb-windows': ['duckdb', 'DuckDB #, KS by windows', 'drift_duckdb.py', 'windows'],
  'duckdb-sketch': ['duckdb', 'DuckDB #, 199 approximate quantiles', 'drift_duckdb.py', 'sketch'],
} as const;

/** Ten times the rows, twice: time should follow, memory should not. */
export function driftScaling({ sides }: PreparedDrift): Scaling {
  return {
    id: 'drift-scaling',
    title: 'drift, Parquet',
    sizes: [rows / 10, rows, rows * 10],
    repeats: 3,
    // Sorting takes a little more than ten times the time.
    wanted: 12,
    limitMb: scalingLimitMb,
    subject: async (size) => ({
      subject: check(await sides(size, 5), 'parquet'),
      expected: { rows: 2 * size },
      flags: drifted,
    }),
  };
}

/** Drifted columns fail the gate; here that is what is to be found. */
const reported = { enforce: 'false' };

function check(sides: Sides, format: Format): Subject {
  const files = [sides.file('reference', format), sides.file('current', format)];
  const [reference = '', current = ''] = files.map((file) => basename(file));
  const inputs = { ...reported, 'reference-path': reference, 'current-path': current };
  return {
    name: 'the bundled action',
    run: () => runGate({ action: 'action-drift-check', inputs, files, said }),
  };
}

/** The profile is written by this very bundle before the first run, outside the clock. */
function againstProfile(sides: Sides, profile: string): Subject {
  const current = sides.file('current', 'parquet');
  const inputs = { ...reported, 'reference-path': basename(profile), 'current-path': basename(current) };
  let made: Promise<GateReading> | undefined;
  return {
    name: 'the bundled action',
    run: async () => {
      made ??= writeProfile(sides, profile);
      await made;
      return runGate({ action: 'action-drift-check', inputs, files: [current], copies: [profile], said });
    },
  };
}

function writeProfile(sides: Sides, profile: string): Promise<GateReading> {
  const reference = sides.file('reference', 'parquet');
  return runGate({
    action: 'action-drift-check',
    inputs: { mode: 'profile', 'reference-path': basename(reference), 'profile-path': basename(profile) },
    files: [reference],
    keep: { name: basename(profile), to: profile },
    said,
  });
}

function said({ details }: GateDocument): Record<string, number> {
  return { rows: (details.reference?.rows ?? Number.NaN) + (details.current?.rows ?? 0) };
}

function named(count: number): string {
  return count.toLocaleString('en');
}

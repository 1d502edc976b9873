/** JUnit XML, in the form that Jenkins, GitLab and GitHub's test reporters read. Well-formed XML 1.0 whatever the text. */

import { escapeHtml, shorten } from './escape.ts';
import { writeWhole } from './write-whole.ts';

export interface JunitSuite {
  /** `Data gate`. */
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

export interface JunitCase {
  /** Groups cases in viewers: `Data gate.checks`. */
  readonly classname: string;
  readonly name: string;
  /** Where the first finding is; `line` null: the format has none. */
  readonly place: { readonly file: string; readonly line: number | null } | null;
  readonly outcome: JunitOutcome;
}

/** JUnit knows no warnings: a case that only warns passes, and says so in its output. */
export type JunitOutcome =
  | { readonly kind: 'passed'; readonly output: readonly string[] }
  | {
      readonly kind: 'failed';
      /** `fail`, `inconclusive`, or the rule that is broken. */
      readonly type: string;
      readonly message: string;
      /** Lines. */
      readonly text: readonly string[];
    };

const nameLimit = 300;
const lineLimit = 1000;

/** Writes the file, whole or not at all. */
export async function writeJunit(target: string, suite: JunitSuite): Promise<void> {
  await writeWhole(target, junitXml(suite));
}

/** The document, piece by piece. */
export function* junitXml({ name, cases }: JunitSuite): Generator<string> {
  const failures = cases.filter(({ outcome }) => outcome.kind === 'failed').length;
  const counts = `name="${attribute(name)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0"`;
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n<testsuite ${counts}>\n`;
  for (const each of cases) yield* caseXml(each);
  yield '</testsuite>\n</testsuites>\n';
}

function* caseXml({ classname, name, place, outcome }: JunitCase): Generator<string> {
  const file = place === null ? '' : ` file="${attribute(place.file)}"`;
  const line = place === null || place.line === null ? '' : ` line="${place.line}"`;
  yield `<testcase classname="${attribute(classname)}" name="${attribute(name)}"${file}${line}`;
  if (outcome.kind === 'failed') {
    yield `>\n<failure type="${attribute(outcome.type)}" message="${attribute(outcome.message, lineLimit)}">`;
    yield* lines(outcome.text);
    yield '</failure>\n</testcase>\n';
  } else if (outcome.output.length > 0) {
    yield '>\n<system-out>';
    yield* lines(outcome.output);
    yield '</system-out>\n</testcase>\n';
  } else {
    yield '/>\n';
  }
}

function* lines(text: readonly string[]): Generator<string> {
  for (const [index, line] of text.entries()) yield `${index === 0 ? '' : '\n'}${attribute(line, lineLimit)}`;
}

/** One line; `]]>` and control characters cannot occur in what `escapeHtml` gives. */
function attribute(text: string, limit = nameLimit): string {
  return escapeHtml(shorten(text, limit));
}

/**
 * SARIF 2.1.0 (OASIS Standard, Errata 01), as GitHub code scanning takes it: findings with file and line, streamed to
 * disk, so that memory does not grow with their number.
 */

import { createHash } from 'node:crypto';
import { shorten, visible } from './escape.ts';
import { fairShares } from './fair-shares.ts';
import { counted } from './format.ts';
import { writeWhole } from './write-whole.ts';

export interface SarifRun {
  readonly tool: {
    readonly name: string;
    readonly version: string;
    readonly informationUri?: string;
  };
  /**
   * Tells analyses of one commit apart: `validate-data`, `validate-data/europe`. Written with a slash at the end, which
   * makes all of it the category of code scanning (SARIF 3.17.3: what stands after the last slash names the run).
   */
  readonly category: string;
  /** How many results are to come, in all and of the rules that are known; decides which of too many are kept. */
  readonly expected: { readonly total: number; readonly byRule: ReadonlyMap<string, number> };
  /** Results that are written; GitHub refuses a run with more than 25,000. */
  readonly limit?: number;
}

export interface SarifRule {
  /** `age/minimum`, `unique(id)`: the same from run to run. */
  readonly id: string;
  /** A few words. */
  readonly title: string;
  /** A sentence: what is wrong and what to do. */
  readonly help: string;
}

export interface SarifResult {
  readonly rule: SarifRule;
  readonly level: 'error' | 'warning';
  readonly message: string;
  /** Relative to the root of the repository, with `/`. */
  readonly file: string;
  /** From 1; null: the format has no lines. */
  readonly line: number | null;
  /** From 1. */
  readonly row: number;
  /** From 0, in formats that have such. */
  readonly rowGroup?: number;
  readonly column: string | null;
  /** Of rule and content, not of the place. */
  readonly fingerprint: string;
}

export const sarifLimit = 25_000;

/** GitHub cuts a rule's name at 255 characters and its short description at 1,024. */
const idLimit = 255;
const titleLimit = 300;
const messageLimit = 1000;

export interface SarifWritten {
  readonly written: number;
  /** Not written, for the limit. */
  readonly left: number;
}

/**
 * Writes the file, whole or not at all. Of more results than the limit, each rule keeps its fair share, the first ones
 * of the file; how many are left out stands in the file.
 */
export async function writeSarif(
  target: string,
  run: SarifRun,
  results: AsyncIterable<SarifResult> | Iterable<SarifResult>,
): Promise<SarifWritten> {
  const { total } = run.expected;
  const limit = run.limit ?? sarifLimit;
  const rules = new RuleList();
  let written = 0;
  let seen = 0;

  async function* text(): AsyncGenerator<string> {
    yield start;
    const chooser = new Chooser(run.expected, limit);
    const place = new Fingerprints();
    for await (const result of results) {
      seen += 1;
      if (!chooser.takes(result.rule.id)) continue;
      yield `${written === 0 ? '\n' : ',\n'}${JSON.stringify(resultOf(result, rules.indexOf(result), place))}`;
      written += 1;
      if (written === limit && total >= seen) break;
    }
    yield end(run, rules, { written, left: Math.max(total, seen) - written });
  }

  await writeWhole(target, text());
  return { written, left: Math.max(total, seen) - written };
}

const start =
  '{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",' +
  '"version":"2.1.0","runs":[{"columnKind":"utf16CodeUnits","results":[';

/** The rest of the run: rules are known once all results are written. */
function end(run: SarifRun, rules: RuleList, { written, left }: SarifWritten): string {
  const { tool, category, limit = sarifLimit } = run;
  const rest = {
    tool: { driver: { ...tool, rules: rules.descriptors() } },
    automationDetails: { id: `${category}/` },
    originalUriBaseIds: { [rootId]: { description: { text: 'The root of the repository.' } } },
    invocations: [
      {
        executionSuccessful: true,
        ...(left === 0
          ? {}
          : {
              toolExecutionNotifications: [
                {
                  level: 'warning',
                  message: {
                    text: messageText(
                      `${counted(left, 'more result')} left out: code scanning takes at most ${counted(limit, 'result')} of a run. The file of violations has them all.`,
                    ),
                  },
                },
              ],
            }),
      },
    ],
    properties: { results: written + left, resultsLeftOut: left },
  };
  return `\n],${JSON.stringify(rest).slice(1)}]}\n`;
}

const rootId = '%SRCROOT%';

function resultOf(result: SarifResult, ruleIndex: number, fingerprints: Fingerprints): object {
  const { row, rowGroup, column, line } = result;
  const name = column === null ? `row ${row}` : shorten(visible(column), idLimit);
  const inGroup = rowGroup === undefined ? '' : `row group ${rowGroup}/`;
  return {
    ruleId: ruleId(result.rule.id),
    ruleIndex,
    level: result.level,
    message: { text: messageText(result.message) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: relativeUri(result.file), uriBaseId: rootId },
          ...(line === null ? {} : { region: { startLine: line } }),
        },
        logicalLocations: [
          {
            name,
            fullyQualifiedName: `${inGroup}row ${row}${column === null ? '' : `/${name}`}`,
            kind: column === null ? 'row' : 'cell',
          },
        ],
      },
    ],
    // `primaryLocationLineHash` is left to the upload: github/codeql-action computes it from the file itself, and warns
    // of every one that differs from its own.
    partialFingerprints: { 'mlGatesViolation/v1': fingerprints.of(result) },
    properties: { row, ...(rowGroup === undefined ? {} : { row_group: rowGroup }) },
  };
}

/** Percent-encoded as RFC 3986 asks, each segment for itself, so that `a:b.csv` is no scheme. */
function relativeUri(file: string): string {
  return file.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

/**
 * Plain text in which nothing is a placeholder or a link: braces are doubled (SARIF 3.11.5), and `](`, without which
 * there is no link (3.11.6), gets a blank, since the standard has no way to write it literally.
 */
function messageText(text: string, limit = messageLimit): string {
  return shorten(visible(text), limit)
    .replace(/[{}]/g, (brace) => brace + brace)
    .replaceAll('](', '] (');
}

/** Within the limit and still one of its own: the hash tells ids apart that begin alike. */
function ruleId(id: string): string {
  const text = visible(id);
  if (text.length <= idLimit) return text;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 12);
  return `${text.slice(0, idLimit - 14).toWellFormed()}… ${hash}`.slice(0, idLimit);
}

/** Rules in the order in which they are first seen. */
class RuleList {
  readonly #rules = new Map<string, { readonly rule: SarifRule; readonly index: number; level: string }>();

  indexOf({ rule, level }: SarifResult): number {
    const known = this.#rules.get(rule.id);
    if (known !== undefined) {
      if (level === 'error') known.level = level;
      return known.index;
    }
    const index = this.#rules.size;
    this.#rules.set(rule.id, { rule, index, level });
    return index;
  }

  /** Those that code scanning shows: https://docs.github.com/en/code-security, "reportingDescriptor object". */
  descriptors(): readonly object[] {
    return [...this.#rules.values()].map(({ rule, level }) => {
      const help = messageText(rule.help);
      return {
        id: ruleId(rule.id),
        shortDescription: { text: messageText(rule.title, titleLimit) },
        fullDescription: { text: help },
        help: { text: help },
        defaultConfiguration: { level },
      };
    });
  }
}

/** Which results are kept when there are more than the limit. */
class Chooser {
  readonly #left: Map<string | null, number>;

  constructor({ total, byRule }: SarifRun['expected'], limit: number) {
    const known = [...byRule.values()].reduce((sum, count) => sum + count, 0);
    this.#left = fairShares(
      // Rules that are not known beforehand have one share together.
      new Map<string | null, number>([...byRule, [null, Math.max(0, total - known)]]),
      limit,
    );
  }

  takes(id: string): boolean {
    const key = this.#left.has(id) ? id : null;
    const left = this.#left.get(key) ?? 0;
    if (left === 0) return false;
    this.#left.set(key, left - 1);
    return true;
  }
}

/** Rows that are alike have the same fingerprint; the second and later ones of a file get an ordinal. */
class Fingerprints {
  readonly #seen = new Map<string, number>();

  of({ file, fingerprint }: SarifResult): string {
    const key = `${fingerprint} ${file}`;
    const ordinal = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, ordinal);
    return ordinal === 1 ? fingerprint : `${fingerprint}:${ordinal}`;
  }
}

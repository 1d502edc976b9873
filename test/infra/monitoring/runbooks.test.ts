/**
 * What the runbooks name exists: metrics and labels, objects of the cluster, settings of the service, dashboards, other runbooks.
 * Whoever is woken should not find out that a command was for something that has another name now.
 */

import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { contractOf, knowledgeOfFolder, lintPromql } from '../../../check-infra/promql/index.ts';
import { variables as exporterVariables } from '../../../reference-infra/cost/exporter/src/config/variables.ts';
import { variables } from '../../../reference-infra/ml-api/src/config/variables.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { filesOf, monitoring } from './rule-files.ts';

const infra = resolve(monitoring, '..');
const rules = filesOf('rules/*.yml').map((path) => ({ place: basename(path), value: parse(text(path)) }));
const scrapes = [{ value: parse(text(join(monitoring, 'prometheus/prometheus.yml'))) }];
const dashboards = filesOf('dashboards/*.json').map(
  (path) => (JSON.parse(text(path)) as { title: string }).title,
);
const objects = new Set(
  globSync('{kubernetes/base,security/kubernetes}/**/*.{yaml,example}', { cwd: infra })
    .flatMap((path) => parseAllDocuments(text(join(infra, path))))
    .map((document) => document.toJS() as { kind?: string; metadata?: { name?: string } } | null)
    .flatMap((object) =>
      object?.metadata?.name === undefined ? [] : [`${object.kind}/${object.metadata.name}`.toLowerCase()],
    ),
);
const kinds: Readonly<Record<string, string>> = { hpa: 'horizontalpodautoscaler' };

const knowledge = knowledgeOfFolder({
  rules,
  dashboards: [],
  scrapes,
  contract: contractOf(JSON.parse(text(join(monitoring, 'metrics.json')))),
});

function mistakesIn(expressions: readonly string[]): readonly string[] {
  return expressions.flatMap((each) => lintPromql(each, knowledge).mistakes.map(({ message }) => message));
}

describe.each(filesOf('runbooks/*.md'))('%s', (path) => {
  const runbook = text(path);
  const blocks = (language: string): readonly string[] =>
    [...runbook.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, 'gm'))].map(
      ([, block = '']) => block,
    );

  test('asks for metrics and labels that are there', () => {
    expect(mistakesIn(blocks('promql'))).toEqual([]);
  });

  test('has commands that a shell can read, for objects that the cluster has', async () => {
    const commands = [
      ...blocks('sh'),
      ...[...runbook.matchAll(/`(kubectl [^`]+)`/g)].map(([, each = '']) => each),
    ];
    for (const command of commands) {
      const { code, stderr } = await runProcess('bash', ['-n', '-c', command], { timeoutMs: 10_000 });
      expect({ code, stderr }, command).toEqual({ code: 0, stderr: '' });
      const named = [
        ...command.matchAll(/\b(deployment|statefulset)\/([\w-]+)/g),
        ...command.matchAll(/\bget (secret|hpa) ([a-z][\w-]+)/g),
      ];
      for (const [, kind = '', name] of named) expect(objects).toContain(`${kinds[kind] ?? kind}/${name}`);
      for (const [, name] of command.matchAll(/app\.kubernetes\.io\/name=([\w-]+)/g)) {
        expect(
          [...objects].some((object) => object.endsWith(`/${name}`)),
          command,
        ).toBe(true);
      }
    }
  });

  test('names settings that the service or the exporter reads', () => {
    for (const [, name] of runbook.matchAll(/`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`/g)) {
      expect([...Object.keys(variables), ...Object.keys(exporterVariables)]).toContain(name);
    }
  });

  test('leads to dashboards and runbooks that are there', () => {
    for (const [, title] of runbook.matchAll(/dashboard \*\*([^*]+)\*\*/g))
      expect(dashboards).toContain(title);
    for (const [, link = ''] of runbook.matchAll(/\]\(([^)]+)\)/g)) {
      const [file = '', anchor] = link.split('#');
      const target = join(monitoring, 'runbooks', file);
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(text(target)), link).toContain(anchor);
    }
  });

  test('says which installation its commands are about, and searches all of a log', () => {
    const commands = [...runbook.matchAll(/^.*kubectl.*$/gm)].map(([line]) => line);
    for (const command of commands.filter((line) => !line.includes('kubectl describe` the pod'))) {
      // What no namespace has.
      if (/kubectl top nodes/.test(command)) continue;
      expect(command).toMatch(/--namespace "\$\{NAMESPACE:\?\}"/);
      // With a selector, kubectl's own default is the last ten lines of each pod.
      if (/ logs .*--selector.*\| *grep/.test(command)) expect(command).toContain('--tail=-1');
    }
    if (commands.length > 0 || blocks('promql').length > 0)
      expect(runbook).toContain('(../README.md#with-a-runbook)');
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('what the lint of a runbook would find', () => {
  expect(mistakesIn(['sum(ml_api_requests_totl)']).join()).toContain('ml_api_requests_totl');
  expect(mistakesIn(['ml_model_accuracy{colour="red"}']).join()).toContain('colour');
});

function text(path: string): string {
  return readFileSync(path, 'utf8');
}

import { describe, expect, test } from 'vitest';
import { parseManifests } from './documents.ts';

const placeOf = (line: number): string => `web.yaml:${line}`;

function namesIn(text: string): string[] {
  return parseManifests(text, placeOf).map(
    ({ object, place }) => `${object.apiVersion} ${object.kind}/${object.metadata.name} at ${place}`,
  );
}

const map = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

describe('what is read', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['comments and empty documents', '---\n# later\n---\n\n---\n', []],
    ['one object', map('a'), ['v1 ConfigMap/a at web.yaml:1']],
    [
      'several documents, each with the line that it begins at',
      `# web\n---\n${map('a')}---\n---\n# the second\n${map('b')}`,
      ['v1 ConfigMap/a at web.yaml:3', 'v1 ConfigMap/b at web.yaml:10'],
    ],
    ['lines that end as on Windows', map('a').replaceAll('\n', '\r\n'), ['v1 ConfigMap/a at web.yaml:1']],
    [
      'JSON',
      '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}',
      ['v1 ConfigMap/a at web.yaml:1'],
    ],
    [
      'a List, and a List in it',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } },
          {
            apiVersion: 'v1',
            kind: 'List',
            items: [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'b' } }],
          },
        ],
      }),
      ['v1 Secret/a at web.yaml:1', 'apps/v1 Deployment/b at web.yaml:1'],
    ],
    [
      'a list of one kind, whose items do not name it',
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'DeploymentList',
        items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
      }),
      ['apps/v1 Deployment/a at web.yaml:1', 'apps/v1 Deployment/b at web.yaml:1'],
    ],
    ['a List of nothing', 'apiVersion: v1\nkind: List\nitems: []\n', []],
    [
      'a kind that only ends like a list',
      'apiVersion: example.com/v1\nkind: AllowList\nmetadata: { name: a }\n',
      ['example.com/v1 AllowList/a at web.yaml:1'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(namesIn(text)).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ['0644', 0o644],
    ['0o644', 0o644],
    ['yes', true],
    ['off', false],
    ['12:30', '12:30'],
    ['2026-01-02', '2026-01-02'],
    ['"0644"', '0644'],
    ['1e3', 1000],
    ['~', null],
  ])('the value %s as kubectl has it', (written, value) => {
    const [manifest] = parseManifests(`${map('a')}value: ${written}\n`, placeOf);
    expect(manifest?.object.value).toEqual(value);
  });

  test('anchors and merges', () => {
    const text = `${map('a')}usual: &usual { cpu: 1 }\nlimits:\n  <<: *usual\n  memory: 2\n`;
    const [manifest] = parseManifests(text, placeOf);
    expect(manifest?.object.limits).toEqual({ cpu: 1, memory: 2 });
  });
});

describe('what is refused', () => {
  test.each<[string, string, string | RegExp]>([
    ['no YAML, with its line', `${map('a')}---\nkind: [\n`, /^web\.yaml:\d+ is not YAML: /],
    ['no mapping', '- a\n', 'web.yaml:1 is not an object of Kubernetes: it is no mapping'],
    ['a text', 'hello\n', 'web.yaml:1 is not an object of Kubernetes: it is no mapping'],
    ['no kind', `${map('a')}---\nreplicas: 3\n`, 'web.yaml:6 is not an object of Kubernetes: it has no kind'],
    [
      'no version',
      'kind: ConfigMap\nmetadata: { name: a }\n',
      'web.yaml:1 is not an object of Kubernetes: it has no apiVersion',
    ],
    [
      'an item of a List that is none',
      'apiVersion: v1\nkind: List\nitems: [1]\n',
      'web.yaml:1 is not an object of Kubernetes: it is no mapping',
    ],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\n', 'web.yaml:1: a ConfigMap has no metadata.name'],
    [
      'a name that is a number',
      map('12'),
      'web.yaml:1: a ConfigMap has no metadata.name that is a text, but "12"',
    ],
    [
      'a name that is made up each time',
      'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: train- }\n',
      /^web\.yaml:1: a Job with generateName has another name each time/,
    ],
    ['an alias of nothing', `${map('a')}value: *absent\n`, /^web\.yaml:\d+ (?:is not YAML|cannot be read): /],
    [
      'aliases that grow without end',
      `${map('a')}${['a', 'b', 'c', 'd', 'e']
        .map((name, index, all) => {
          const former = index === 0 ? '1' : `*${all[index - 1]}`;
          return `${name}: &${name} [${Array(20).fill(former).join(', ')}]\n`;
        })
        .join('')}`,
      /^web\.yaml:1 cannot be read: /,
    ],
  ])('%s', (_name, text, message) => {
    const read = (): unknown => parseManifests(text, placeOf);
    if (typeof message === 'string')
      expect(read).toThrow(expect.objectContaining({ name: 'RunError', message }));
    else
      expect(read).toThrow(
        expect.objectContaining({ name: 'RunError', message: expect.stringMatching(message) }),
      );
  });
});

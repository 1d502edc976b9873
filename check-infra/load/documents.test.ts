/** What a file is and what objects it holds, however oddly it is written. */

import { describe, expect, test } from 'vitest';
import { looseReleases } from './loose.ts';
import { parseFile, type Read } from './parse.ts';

function loose(text: string, name = 'a.yaml') {
  const read: Read = { path: `/root/${name}`, place: name, text, ...parseFile(name, text) };
  const { releases, odd } = looseReleases([read], String);
  const objects = releases.flatMap(({ manifests }) => manifests);
  return {
    names: objects.map(({ object, place }) => `${place} ${object.kind}/${object.metadata.name}`),
    odd: odd.map(({ place, why }) => `${place}: ${why}`),
    broken: read.broken,
    objects: objects.map(({ object }) => object),
  };
}

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: web, labels: { app: web } }\nspec: { containers: [] }\n';
const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n';

test('line ends of Windows and of old Macs are line ends', () => {
  for (const end of ['\r\n', '\r']) {
    const { names, broken, objects } = loose(`${service}---\n${pod}`.replaceAll('\n', end));
    expect(broken).toBeNull();
    expect(names).toEqual(['a.yaml:1 Service/web', 'a.yaml:9 Pod/web']);
    expect(objects[0]?.spec).toEqual({ selector: { app: 'web' } });
  }
});

describe('lists', () => {
  test('of one kind, whose items need not name it', () => {
    const { names } = loose(
      'apiVersion: apps/v1\nkind: DeploymentList\nitems:\n  - metadata: { name: a }\n  - { kind: StatefulSet, apiVersion: apps/v1, metadata: { name: b } }\n',
    );
    expect(names).toEqual(['a.yaml:1 Deployment/a', 'a.yaml:1 StatefulSet/b']);
  });
  test('one odd item takes no other with it', () => {
    const item = (metadata: string) => `{ apiVersion: v1, kind: Pod, metadata: ${metadata} }`;
    const { names, odd } = loose(
      `# a list\napiVersion: v1\nkind: List\nitems: [${item('{ name: a }')}, ${item('{}')}, ${item('{ name: 7 }')}, ${item('{ name: b }')}]\n`,
    );
    expect(names).toEqual(['a.yaml:2 Pod/a', 'a.yaml:2 Pod/b']);
    expect(odd).toEqual([
      'a.yaml:2: a Pod has no metadata.name',
      'a.yaml:2: a Pod has a name that is no text: 7',
    ]);
  });
  test('in JSON', () => {
    const { names } = loose(
      '{ "apiVersion": "v1", "kind": "List", "items": [{ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" } }] }',
      'a.json',
    );
    expect(names).toEqual(['a.json:1 Pod/a']);
  });
});

test('an object that gets its name when it is made is one', () => {
  const { names } = loose('apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: train- }\n');
  expect(names).toEqual(['a.yaml:1 Job/train-…']);
});

test.each([
  ['a name that kubectl reads as a boolean', 'no', 'a Pod has a name that kubectl reads as false'],
  ['a name that is a number', '7', 'a Pod has a name that is no text: 7'],
])('%s is told, and the rest is read', (_, name, why) => {
  const { names, odd } = loose(
    `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [{ name: c }] }\n---\n${service}`,
  );
  expect(names).toEqual(['a.yaml:6 Service/web']);
  expect(odd).toEqual([expect.stringContaining(`a.yaml:1: ${why}`)]);
});

test('a pod without a name is told; a file of another tool is nothing', () => {
  expect(loose('apiVersion: v1\nkind: Pod\nspec: { containers: [{ image: a }] }\n').odd).toEqual([
    'a.yaml:1: a Pod has no metadata.name',
  ]);
  const { odd, names } = loose('apiVersion: v1\nkind: Config\nclusters: []\n');
  expect([odd, names]).toEqual([[], []]);
});

test('folders that hold the same object are environments, and each is taken by itself', () => {
  const file = (path: string, text: string): Read => ({
    path: `/root/${path}`,
    place: path,
    text,
    ...parseFile(path, text),
  });
  const places = (...files: readonly Read[]) =>
    looseReleases(files, (folder) => folder.replace('/root/', '')).releases.map(
      ({ place, manifests }) => `${place}: ${manifests.length}`,
    );
  const files = [
    file('dev/app/pod.yaml', pod),
    file('dev/service.yaml', service),
    file('prod/app/pod.yaml', pod),
    file('shared.yaml', pod.replaceAll('web', 'other')),
  ];
  expect(places(...files)).toEqual(['single files of dev: 2', 'single files of prod: 1', 'single files: 1']);
  const named = pod.replace('name: web,', 'name: web, namespace: ml,');
  expect(places(file('a/pod.yaml', named), file('b/pod.yaml', named))).toEqual(['single files: 2']);
  expect(places(file('a/pod.yaml', pod), file('b/service.yaml', service))).toEqual(['single files: 2']);
});

test('an anchor that holds itself is broken, whatever else is there', () => {
  const { broken, names } = loose(
    `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: &a { self: *a }\n---\n${pod}`,
  );
  expect(broken).toEqual({
    line: 1,
    why: 'an anchor stands for something that holds itself, and so has no end',
  });
  expect(names).toEqual(['a.yaml:6 Pod/web']);
  expect(loose('resources: &a [*a]\n', 'kustomization.yaml').broken).not.toBeNull();
});

describe('braces that are no YAML', () => {
  const rule = (description: string) =>
    `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: a }\nspec:\n  description: ${description}\n`;
  test('are a mistake where Prometheus would fill them in', () => {
    for (const text of [
      '{{ $labels.job }} is down',
      '{{ $value | humanize }}',
      '{{ humanize $value }}',
      '{{$labels.job}}',
    ])
      expect(loose(rule(text)).broken, text).not.toBeNull();
  });
  test('are a template of another tool elsewhere, and no mistake', () => {
    for (const text of ['{{ .Values.name }}', '{{- include "a" . }}', '{{ name }}', '{{ $name }}'])
      expect(loose(rule(text)).broken, text).toBeNull();
  });
});

/** ConfigMaps, whose keys are flat: what lies in folders does not come with them. */

import { dirname, resolve } from 'node:path/posix';
import { type Json, type JsonObject, listAt, objectAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, KustomizationFile } from '../infra.ts';
import { parseFile } from '../load/parse.ts';
import {
  containersOf,
  type Found,
  inRelease,
  isSameNamespace,
  named,
  objectsOf,
  type Problem,
  type Workload,
  workloadsOf,
} from './objects.ts';

export const nestedConfigMap: Check = {
  name: 'config-map-with-folders',
  refuses: 'a ConfigMap that is expected to carry a folder: it has files only',
  run: (infra) =>
    named('config-map-with-folders', [
      ...infra.kustomizations.flatMap(folderGenerators),
      ...objectsOf(infra, 'ConfigMap').flatMap(keysWithFolders),
      ...workloadsOf(infra).flatMap(expectedFolders),
    ]),
};

const flatMend =
  'one ConfigMap for each folder, mounted where it belongs; or `items` in the volume, whose `path` may have folders';

function folderGenerators({ place, folders }: KustomizationFile): Problem[] {
  return folders.map((folder) => ({
    place,
    message: `a ConfigMap is made from ${folder}, which is a folder, and a ConfigMap holds files alone`,
    mend: `list each file; ${flatMend}`,
  }));
}

function keysWithFolders({ object, place }: Found): Problem[] {
  return ['data', 'binaryData'].flatMap((field) =>
    Object.keys(objectAt(object, field))
      .filter((key) => key.includes('/'))
      .map((key) => ({
        place,
        message: `the key ${key} is a path: a ConfigMap holds files, not folders, and the API server refuses it`,
        mend: flatMend,
      })),
  );
}

/** Grafana reads folders below the one that it is provisioned from. */
const provisioning = '/etc/grafana/provisioning';

/** Paths within a mounted ConfigMap, in the files of another one, that lie in a folder of it. */
function expectedFolders(workload: Workload): Problem[] {
  const found = containersOf(workload.spec).flatMap((container) => {
    const mounts = mountsOf(workload, container);
    return [
      ...mounts
        .filter(({ path, files }) => path === provisioning && files?.every((file) => !file.includes('/')))
        .filter(({ path }) => !mounts.some((other) => other.path.startsWith(`${path}/`)))
        .map(
          ({ path, name, files }): Problem => ({
            place: workload.place,
            message: `Grafana looks for the folders datasources and dashboards below ${path}, but ConfigMap/${name} there holds ${listed(files)}`,
            mend: flatMend,
          }),
        ),
      ...mounts
        .flatMap(({ path, texts }) =>
          texts.flatMap(([file, text]) => pathsIn(text, dirname(`${path}/${file}`))),
        )
        .flatMap(({ path, what }): Problem[] => {
          const mount = mountOf(mounts, path);
          if (mount?.files === undefined || holds(mount, path)) return [];
          return [
            {
              place: workload.place,
              message: `${what} is ${path.replace(/\/\*$/, '')}, but ConfigMap/${mount.name} at ${mount.path} holds ${listed(mount.files)}`,
              mend: flatMend,
            },
          ];
        }),
    ];
  });
  return found;
}

interface NamedPath {
  readonly path: string;
  readonly what: string;
}

/** Of Prometheus's rules, which are relative to its configuration, and of Grafana's providers. */
function pathsIn(text: string, folder: string): NamedPath[] {
  // Dashboards are long, and have neither.
  if (!/^(?:rule_files|providers):/m.test(text)) return [];
  const { value } = parseFile('file.yaml', text);
  if (value === null) return [];
  const rules = listAt(value, 'rule_files').map((path) => ({
    path: typeof path === 'string' ? resolve(folder, path) : path,
    what: 'a path of rule_files',
  }));
  const folders = listAt(value, 'providers').map((provider) => ({
    path: `${textAt(provider, 'options', 'path').replace(/\/$/, '')}/*`,
    what: `the folder of the provider ${textAt(provider, 'name')}`,
  }));
  return [...rules, ...folders].flatMap(({ path, what }) =>
    typeof path === 'string' && path.startsWith('/') && path !== '/*' ? [{ path, what }] : [],
  );
}

export const missingConfigFile: Check = {
  name: 'config-file-not-mounted',
  refuses: 'an argument or a variable that names a file which the ConfigMap mounted there does not have',
  run: (infra) => named('config-file-not-mounted', workloadsOf(infra).flatMap(missingIn)),
};

function missingIn(workload: Workload): Problem[] {
  return containersOf(workload.spec).flatMap((container) => {
    const mounts = mountsOf(workload, container);
    const said = [
      ...listAt(container, 'command'),
      ...listAt(container, 'args'),
      ...listAt(container, 'env').map((one) => textAt(one, 'value')),
    ].flatMap((text) =>
      typeof text === 'string' ? text.replace(/^-{1,2}[\w.-]+=/, '').split(/[\s,;:'"|&<>()]+/) : [],
    );
    return said.flatMap((text): Problem[] => {
      const mount = text.startsWith('/') && !/[{$]/.test(text) ? mountOf(mounts, text) : undefined;
      if (mount?.files === undefined || holds(mount, text)) return [];
      return [
        {
          place: workload.place,
          message: `container ${textAt(container, 'name')} is told ${text}, but ConfigMap/${mount.name} at ${mount.path} holds ${listed(mount.files)}`,
          mend: `name what is there, or add the file to the ConfigMap; ${flatMend}`,
        },
      ];
    });
  });
}

interface Mount {
  readonly path: string;
  readonly name: string;
  /** Relative to the path; undefined: not known. */
  readonly files: readonly string[] | undefined;
  /** Of each file. */
  readonly texts: readonly (readonly [file: string, text: string])[];
}

function mountsOf({ release, spec, object }: Workload, container: Json): Mount[] {
  const maps = inRelease(release, 'ConfigMap').filter((one) => isSameNamespace(one.object, object));
  return listAt(container, 'volumeMounts').map((mount): Mount => {
    const volume = listAt(spec, 'volumes').find((one) => textAt(one, 'name') === textAt(mount, 'name'));
    const parts = sourcesOf(volume).map((source) => filesOf(source, maps));
    const path = textAt(mount, 'mountPath').replace(/\/$/, '');
    const isPart = textAt(mount, 'subPath') !== '' || textAt(mount, 'subPathExpr') !== '';
    const isKnown = parts.length > 0 && !isPart && parts.every((one) => one !== null);
    const known = parts.filter((one) => one !== null);
    return {
      path,
      name: known.map(({ name }) => name).join(', ConfigMap/'),
      files: isKnown ? known.flatMap(({ files }) => files) : undefined,
      texts: isPart ? [] : known.flatMap(({ texts }) => texts),
    };
  });
}

/** ConfigMaps of a volume; whatever else is projected into it, as null. */
function sourcesOf(volume: Json | undefined): (JsonObject | null)[] {
  const own = objectAt(volume, 'configMap');
  if (Object.keys(own).length > 0) return [own];
  return listAt(volume, 'projected', 'sources').map((source) => {
    const map = objectAt(source, 'configMap');
    return Object.keys(map).length > 0 ? map : null;
  });
}

interface Files extends Pick<Mount, 'name' | 'texts'> {
  readonly files: readonly string[];
}

/** Null: it is not among the objects. */
function filesOf(source: JsonObject | null, maps: readonly Found[]): Files | null {
  const name = textAt(source ?? {}, 'name');
  const map = maps.find((one) => one.object.metadata.name === name)?.object;
  if (source === null || map === undefined) return null;
  const items = listAt(source, 'items');
  const paths = new Map(
    items.length === 0
      ? [...Object.keys(objectAt(map, 'data')), ...Object.keys(objectAt(map, 'binaryData'))].map((key) => [
          key,
          key,
        ])
      : items.map((item) => [textAt(item, 'key'), textAt(item, 'path')]),
  );
  const texts = Object.entries(objectAt(map, 'data')).flatMap(([key, text]) => {
    const path = paths.get(key);
    return typeof text === 'string' && path !== undefined ? [[path, text] as const] : [];
  });
  return { name, files: [...paths.values()], texts };
}

/** The deepest mount that the path lies below. */
function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts
    .filter((mount) => path === mount.path || path.startsWith(`${mount.path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

/** A file, a folder on the way to one, or a pattern that some file has; patterns cross no folder. */
function holds({ path, files }: Mount, wanted: string): boolean {
  const rest = wanted.slice(path.length + 1).replace(/\/$/, '');
  if (rest === '') return true;
  const pattern = new RegExp(
    `^${rest
      .replaceAll(/[.+^$()|\\{}]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}(?:/|$)`,
  );
  return files?.some((file) => pattern.test(file)) ?? true;
}

function listed(files: readonly string[] | undefined): string {
  const names = files ?? [];
  if (names.length === 0) return 'nothing';
  return names.slice(0, 6).join(', ') + (names.length > 6 ? ` and ${names.length - 6} more` : '');
}

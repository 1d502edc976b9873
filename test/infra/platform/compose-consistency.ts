/**
 * What Compose's own reader does not look at: that the parts of the project fit each other. Each problem is a sentence
 * that names the service.
 */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeProject, ComposeService } from './compose-project.ts';

/** Ports that programs listen on by themselves; other ports come from the configurations. */
const ownPorts: Readonly<Record<string, readonly number[]>> = {
  'ml-api': [8000],
  postgres: [5432],
  prometheus: [9090],
  alertmanager: [9093],
  pushgateway: [9091],
  grafana: [3000],
  'cost-exporter': [9105],
};

export function problemsOf(project: ComposeProject): string[] {
  const services = Object.entries(project.services);
  return [
    ...services.flatMap(([name, service]) => [
      ...imageProblems(name, service),
      ...mountProblems(name, service),
      ...hardeningProblems(name, service),
      ...dependencyProblems(name, service, project),
      ...addressProblems(name, service, project),
    ]),
    ...portProblems(project),
    ...volumeProblems(project),
  ];
}

function imageProblems(name: string, { image = '', build, pull_policy }: ComposeService): string[] {
  const tag = /:([^:/@]+)$/.exec(image)?.[1] ?? '';
  const pinned = /^v?\d+\.\d+/.test(tag) || /@sha256:[0-9a-f]{64}$/.test(image);
  const host = image.split('/')[0] ?? '';
  const named = build === undefined ? host.includes('.') : pull_policy === 'build';
  return [
    ...(pinned ? [] : [`${name}: the image ${image} is not pinned to a version`]),
    ...(named ? [] : [`${name}: the image ${image} could come from another registry than it should`]),
  ];
}

function mountProblems(name: string, { volumes = [] }: ComposeService): string[] {
  return volumes
    .filter(({ type }) => type === 'bind')
    .flatMap(({ source, read_only }) => [
      ...(existsSync(source) ? [] : [`${name}: mounts ${source}, which does not exist`]),
      ...(read_only === true ? [] : [`${name}: could write to ${source}`]),
    ]);
}

/** No program of theirs could ask them how they are. */
const withoutHealth = new Set(['collector', 'tempo']);

function hardeningProblems(name: string, service: ComposeService): string[] {
  const { memory, cpus, pids } = service.deploy?.resources?.limits ?? {};
  const wanted: readonly (readonly [holds: boolean, problem: string])[] = [
    [service.read_only === true, 'its file system can be written to'],
    [service.privileged !== true, 'is privileged'],
    [service.cap_drop?.includes('ALL') === true, 'keeps capabilities'],
    [service.security_opt?.includes('no-new-privileges:true') === true, 'may gain privileges'],
    [service.user !== 'root' && !/^0(:|$)/.test(service.user ?? ''), 'runs as root'],
    [service.restart === 'unless-stopped', 'is not restarted'],
    [memory !== undefined && cpus !== undefined && pids !== undefined, 'has no limits of all resources'],
    [service.healthcheck !== undefined || withoutHealth.has(name), 'has no health check'],
    [!service.healthcheck?.test.some((word) => /\bcurl\b/.test(word)), 'its image has no curl'],
  ];
  return wanted.filter(([holds]) => !holds).map(([, problem]) => `${name}: ${problem}`);
}

function dependencyProblems(name: string, service: ComposeService, project: ComposeProject): string[] {
  return Object.entries(service.depends_on ?? {})
    .filter(
      ([other, { condition }]) =>
        condition === 'service_healthy' && project.services[other]?.healthcheck === undefined,
    )
    .map(([other]) => `${name}: waits for ${other} to be healthy, which has no health check`);
}

function portProblems({ services }: ComposeProject): string[] {
  const users = new Map<string, string>();
  return Object.entries(services).flatMap(([name, { ports = [] }]) =>
    ports.flatMap(({ host_ip, published, target }) => {
      const before = users.get(published);
      users.set(published, name);
      return [
        ...(host_ip === '127.0.0.1' ? [] : [`${name}: port ${published} is open to other machines`]),
        ...(before === undefined ? [] : [`${name}: port ${published} is that of ${before}, too`]),
        ...(portsOf(name, services[name]).includes(target) ? [] : [`${name}: nothing listens on ${target}`]),
      ];
    }),
  );
}

function volumeProblems({ services, volumes }: ComposeProject): string[] {
  const used = new Set(
    Object.values(services).flatMap(({ volumes: mounts = [] }) => mounts.map(({ source }) => source)),
  );
  return Object.keys(volumes)
    .filter((name) => !used.has(name))
    .map((name) => `the volume ${name} is not used`);
}

/** `scheme://user:password@host:port`, and `host:port` alone as a target of Prometheus. */
const addressPattern =
  /(?:[a-z][\w+]*:\/\/(?:[^\s/@"']*@)?|targets: \[)([a-z][a-z0-9-]*):(\d+)(?=[\s/"'\],]|$)/g;

/** All addresses with a port that a service has in its environment, its command and the files that are mounted. */
export function addressesOf(service: ComposeService): { host: string; port: number }[] {
  const texts = [
    ...Object.values(service.environment ?? {}),
    ...(service.command ?? []),
    ...(service.volumes ?? []).flatMap(({ type, source }) => (type === 'bind' ? textsOf(source) : [])),
  ];
  return texts.flatMap((text) =>
    [...(text ?? '').matchAll(addressPattern)]
      .map(([, host = '', port]) => ({ host, port: Number(port) }))
      .filter(({ host }) => host !== 'localhost'),
  );
}

function addressProblems(name: string, service: ComposeService, project: ComposeProject): string[] {
  const mine = Object.keys(service.networks ?? {});
  return addressesOf(service).flatMap(({ host, port }) => {
    const other = project.services[host];
    if (other === undefined) return [`${name}: asks ${host}:${port}, and there is no service ${host}`];
    if (!portsOf(host, other).includes(port)) return [`${name}: asks ${host}:${port}, where nothing listens`];
    const shared = Object.keys(other.networks ?? {}).some((network) => mine.includes(network));
    return shared ? [] : [`${name}: asks ${host}:${port}, and shares no network with it`];
  });
}

/** Where a service listens: its own port, those of its flags, and those of its configuration for all addresses. */
export function portsOf(name: string, service: ComposeService | undefined): number[] {
  if (service === undefined) return [];
  const flags = (service.command ?? []).flatMap((word) => /^--port=(\d+)$/.exec(word)?.[1] ?? []);
  const variable = service.environment?.PORT;
  const configured = (service.volumes ?? [])
    .filter(
      ({ type, source }) => type === 'bind' && statSync(source, { throwIfNoEntry: false }) !== undefined,
    )
    .flatMap(({ source }) => textsOf(source))
    .flatMap((text) => [
      ...[...text.matchAll(/endpoint: 0\.0\.0\.0:(\d+)/g)].map(([, port]) => port),
      ...[...text.matchAll(/host: 0\.0\.0\.0\s+port: (\d+)/g)].map(([, port]) => port),
      ...[...text.matchAll(/http_listen_port: (\d+)/g)].map(([, port]) => port),
    ]);
  return [...(ownPorts[name] ?? []), ...[...flags, variable ?? [], ...configured].flat().map(Number)];
}

/** Of a file, or of all files of a folder; dashboards hold addresses of nobody. */
function textsOf(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (stats.isDirectory()) {
    return readdirSync(path)
      .filter((name) => !name.endsWith('.json'))
      .flatMap((name) => textsOf(join(path, name)));
  }
  return [readFileSync(path, 'utf8')];
}

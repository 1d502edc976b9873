import { lastPart } from '../names.ts';
import type { ServiceState } from '../state.ts';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Operation {
  /** It changes something. */
  readonly changes: boolean;
  /** @throws ApiError The input has been checked against the service's model. */
  readonly run: (world: World, input: Json) => Json;
}

/** The input has the shape that the model says, which is the SDK's type but for dates, which are numbers. */
export function reads<Input>(run: (world: World, input: Input) => Json): Operation {
  return { changes: false, run: run as Operation['run'] };
}

export function changes<Input>(run: (world: World, input: Input) => Json): Operation {
  return { changes: true, run: run as Operation['run'] };
}

/** @throws ClusterNotFoundException "If you do not specify a cluster, the default cluster is assumed." */
export function clusterOf({ state }: World, nameOrArn: string | undefined): string {
  const name = lastPart(nameOrArn ?? 'default');
  if (!state.clusters.includes(name)) throw new ApiError('ClusterNotFoundException', 'Cluster not found.');
  return name;
}

export function findService(world: World, cluster: string, nameOrArn: string): ServiceState | null {
  const name = lastPart(nameOrArn);
  return world.state.services.find((s) => s.cluster === cluster && s.name === name) ?? null;
}

/** @throws ServiceNotFoundException */
export function serviceOf(world: World, cluster: string, nameOrArn: string): ServiceState {
  const service = findService(world, cluster, nameOrArn);
  if (service === null) throw new ApiError('ServiceNotFoundException', 'Service not found.');
  return service;
}

/** One page; the token is where the next one begins. */
export function page<Item>(
  items: readonly Item[],
  {
    maxResults,
    nextToken,
  }: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined },
  most: number,
): { readonly items: readonly Item[]; readonly nextToken?: string } {
  const from = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64url').toString('utf8'));
  if (!Number.isInteger(from)) throw new ApiError('InvalidParameterException', 'Invalid token');
  const to = from + Math.min(maxResults ?? most, most);
  const rest = to < items.length ? { nextToken: Buffer.from(String(to)).toString('base64url') } : {};
  return { items: items.slice(from, to), ...rest };
}

/** As the protocol writes times. */
export const seconds = (milliseconds: number): number => milliseconds / 1000;

/** Without the members that are null or undefined, which the service leaves out. */
export function given(members: Json): Json {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  );
}

import { ensureMoto } from '../../../scripts/tools/moto.ts';
import { type Fault, Faults } from './faults.ts';
import type { Json } from './operations/index.ts';
import { othersOf } from './others.ts';
import type { Happening, Others, Scenario } from './scenario.ts';
import { tick } from './scheduler.ts';
import { addService, type ServiceSpec } from './seed.ts';
import { type Call, type CallHook, startHttp } from './server.ts';
import { loadServiceModel, type ServiceModel, uncheckedModel } from './service-model.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import { liveDeployment, type State } from './state.ts';
import type { World } from './world.ts';

export interface SimulatorOptions {
  readonly services: readonly ServiceSpec[];
  readonly scenario?: Scenario;
  /** Beside those of the services. */
  readonly clusters?: readonly string[];
  /** By name; all are OK unless it is said. */
  readonly alarms?: readonly (string | { readonly name: string; readonly value: 'OK' | 'ALARM' })[];
  /** Default: 2026-01-05T09:00:00Z. */
  readonly startAt?: Date;
  /** True: nothing is checked against botocore's model, which then need not be there; for demonstrations, no tests. */
  readonly unchecked?: boolean;
}

export interface EcsSimulator extends AsyncDisposable {
  readonly url: string;
  /** What a client needs to reach it: endpoints of the three services, region, keys. */
  readonly env: Readonly<Record<string, string>>;
  /** Virtual time. */
  now(): Date;
  advance(milliseconds: number): void;
  /** Second by second until it holds; returns the milliseconds that went by. Throws after `limitMs`, by default a day. */
  advanceUntil(holds: (state: Snapshot) => boolean, limitMs?: number): number;
  /** In place of waiting: advances at once, and gives others their turn. Does nothing when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  fail(fault: Fault): void;
  /** From now on no fault that was set. */
  clearFaults(): void;
  onCall(hook: CallHook): void;
  readonly journal: readonly Call[];
  /** The calls that changed something, in order: what "nothing else was changed" looks at. */
  changes(): readonly Call[];
  readonly others: Others;
  state(): Snapshot;
  /** What the real services would not understand, and what the simulator does not know. */
  readonly violations: readonly string[];
  /** Empties the list; for tests that want a violation. */
  takeViolations(): readonly string[];
  /** Stops the server; throws where there is a violation. */
  close(): Promise<void>;
}

type Models = Readonly<Record<'ecs' | 'cloudwatch' | 'logs', ServiceModel>>;

const uncheckedModels: Models = {
  ecs: uncheckedModel('AmazonEC2ContainerServiceV20141113', '1.1'),
  cloudwatch: uncheckedModel('GraniteServiceVersion20100801', '1.0'),
  logs: uncheckedModel('Logs_20140328', '1.1'),
};

const tickMs = 1_000;
let loaded: Promise<Models> | undefined;

export async function createEcsSimulator(options: SimulatorOptions): Promise<EcsSimulator> {
  const models = options.unchecked === true ? uncheckedModels : await checkedModels();
  const scenario = options.scenario ?? {};
  const startAt = (options.startAt ?? new Date('2026-01-05T09:00:00Z')).getTime();
  const state: State = {
    account: '123456789012',
    region: 'eu-west-1',
    now: startAt - 3_600_000,
    serial: 0,
    clusters: [...(options.clusters ?? [])],
    taskDefinitions: [],
    services: [],
    tasks: [],
    alarms: (options.alarms ?? []).map((alarm) => ({
      name: typeof alarm === 'string' ? alarm : alarm.name,
      value: typeof alarm === 'string' ? 'OK' : alarm.value,
      reason: 'Unchecked: Initial alarm creation',
      updatedAt: startAt,
    })),
    logs: [],
  };
  const world: World = { state, scenario };
  for (const spec of options.services) addService(world, spec);
  state.now = startAt;

  const others = othersOf(world);
  const journal: Call[] = [];
  const hooks: CallHook[] = [];
  const violations: string[] = [];
  const faults = new Faults();
  const pending = new Set(scenario.happenings ?? []);
  let deploymentAt: number | null = null;
  let stale: { readonly state: State; left: number } | null = null;

  const happen = (): void => {
    for (const happening of pending) {
      if (!isDue(happening, state, startAt, deploymentAt)) continue;
      pending.delete(happening);
      happening.do(others);
    }
  };
  const advance = (milliseconds: number): void => {
    const until = state.now + milliseconds;
    while (state.now < until) {
      state.now = Math.min(until, state.now + tickMs);
      tick(world);
      happen();
    }
  };
  const execute = (call: Call, run: (seen: World) => Json): Json => {
    advance(scenario.msPerCall ?? 0);
    if (call.mutating) {
      const before = structuredClone(state);
      const deployments = countDeployments(state);
      const answer = run(world);
      if (countDeployments(state) > deployments) deploymentAt = state.now;
      stale = { state: before, left: scenario.staleReads ?? 0 };
      return answer;
    }
    if (stale !== null && stale.left > 0 && call.service === 'ecs') {
      stale.left--;
      return run({ state: stale.state, scenario });
    }
    return run(world);
  };
  const { url, close } = await startHttp({ world, models, faults, journal, hooks, violations, execute });
  const takeViolations = (): readonly string[] => violations.splice(0);
  const closeLoudly = async (): Promise<void> => {
    await close();
    const found = takeViolations();
    if (found.length > 0) throw new Error(`AWS would not understand:\n${found.join('\n')}`);
  };

  return {
    url,
    env: {
      AWS_ENDPOINT_URL_ECS: url,
      AWS_ENDPOINT_URL_CLOUDWATCH: url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
      AWS_REGION: state.region,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    now: () => new Date(state.now),
    advance,
    advanceUntil(holds, limitMs = 86_400_000) {
      const from = state.now;
      while (!holds(snapshotOf(state))) {
        if (state.now - from >= limitMs) {
          throw new Error(
            `it does not hold after ${limitMs / 1000} s:\n${JSON.stringify(snapshotOf(state), null, 1)}`,
          );
        }
        advance(tickMs);
      }
      return state.now - from;
    },
    async sleep(milliseconds, signal) {
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted !== true) advance(milliseconds);
    },
    fail: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    onCall: (hook) => void hooks.push(hook),
    journal,
    changes: () => journal.filter(({ effect }) => effect),
    others,
    state: () => snapshotOf(state),
    violations,
    takeViolations,
    close: closeLoudly,
    [Symbol.asyncDispose]: closeLoudly,
  };
}

function isDue(
  { when }: Happening,
  { now, services }: State,
  startAt: number,
  deploymentAt: number | null,
): boolean {
  if ('stage' in when) {
    return services.some((service) => {
      const live = liveDeployment(service);
      return live?.stage === when.stage && live.step === (when.step ?? live.step);
    });
  }
  const from = when.since === 'deployment' ? deploymentAt : startAt;
  return from !== null && now - from >= when.afterMs;
}

function countDeployments({ services }: State): number {
  return services.reduce((sum, { serviceDeployments }) => sum + serviceDeployments.length, 0);
}

/** Read once. */
async function checkedModels(): Promise<Models> {
  loaded ??= loadModels();
  return await loaded;
}

async function loadModels(): Promise<Models> {
  const { botocoreData } = await ensureMoto();
  return {
    ecs: loadServiceModel(botocoreData, 'ecs'),
    cloudwatch: loadServiceModel(botocoreData, 'cloudwatch'),
    logs: loadServiceModel(botocoreData, 'logs'),
  };
}

/**
 * Amazon ECS's deployment state machine as a test fixture: an HTTP server on loopback that speaks the protocol of ECS, and
 * of what a deploy asks of CloudWatch and its logs, with time that the test drives.
 *
 *   await using ecs = await createEcsSimulator({
 *     services: [{ name: 'web', configuration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }],
 *     scenario: { fates: [{ of: 'new', fate: { kind: 'dies', of: 'exit-1' } }] },
 *   });
 *   // The code under test gets ecs.env, ecs.now and ecs.sleep in place of environment, clock and waiting.
 *   expect(ecs.state().services.web).toMatchObject({ taskDefinition: 'web:3', running: { 'web:3': 2 } });
 *   expect(ecs.changes().map(({ operation }) => operation)).toEqual(['RegisterTaskDefinition', 'UpdateService']);
 *
 * - `services`: cluster `prod`, task definition `<name>:3` with the container `app`, two tasks that run, unless `ServiceSpec`
 *   says otherwise; for strategies that shift traffic give `loadBalancer: 'shifting'`.
 * - `scenario`: what becomes of tasks (`fates`, by the names in `task-failures.ts`), what Lambda hooks answer, what happens
 *   meanwhile (`happenings`, with `Others`), reads that come too early (`staleReads`).
 * - `fail`: throttling, lost connections, expired tokens, denials, 500, at chosen calls. `onCall`: awaited before and after
 *   each call, to end the caller there. `journal`, `changes()`: what was asked, and what of it changed something.
 * - `advance`, `advanceUntil`, `sleep`: virtual time, in steps of a second. The same calls give the same states and names.
 *   `msPerCall` lets time go by with each call, for code in another process.
 * - Every request and answer is checked against botocore's model of the service; a violation is answered with 400, stands in
 *   `violations`, and makes `close` (and the end of `await using`) throw.
 *
 * What it does not know of the real service:
 * - Times: how long tasks take to start, become healthy and stop, how long a stage lasts, how long retries wait.
 * - The words of some reasons: those of a stopped, aborted, alarmed or paused and rolled back service deployment, and of
 *   failed rollbacks; they stand where a comment says so. Code must not decide by them. The words of circuit breaker, hooks,
 *   tasks and events are the service's own.
 * - Which stage is told while a rollback goes on (here: the one in which it began), and whether details of hooks that have
 *   ended are told (here: they are). Hooks are not run again during a rollback.
 * - The model's enumeration lacks PRE_PRODUCTION_TRAFFIC_SHIFT as a stage, its prose has it; here it is told.
 * - Whether members that `deploymentConfiguration` leaves out keep their values (here: they do).
 * - CreateService, DeleteService, task sets, daemon services, container instances and placement, Service Connect, VPC
 *   Lattice, service auto scaling, Availability Zone rebalancing, early success criteria, EBS volumes, the rules of a task
 *   definition beyond the plainest, permissions, signatures beyond their scope, rate limits of its own.
 */

export type { ApiFault, Fault } from './faults.ts';
export type { Fate, FateRule, Happening, HookAnswer, Others, Scenario, StartedTask } from './scenario.ts';
export type { ServiceSpec } from './seed.ts';
export type { Call, CallHook } from './server.ts';
export { createEcsSimulator, type EcsSimulator, type SimulatorOptions } from './simulator.ts';
export type { ServiceView, Snapshot } from './snapshot.ts';
export type { Stage } from './state.ts';
export { type FailureName, type TaskFailure, taskFailures } from './task-failures.ts';

/** Policies of AWS: read strictly, decided as the IAM user guide says, and answered for in sentences. */

export { actionsOf, mayChange, namesBeside } from './actions.ts';
export type { Caller } from './caller.ts';
export { type Decision, decide, type Policies } from './decide.ts';
export {
  awsAudience,
  claimsReadByAws,
  githubIssuer,
  type SubjectForm,
  subjectOf,
  type Trigger,
  type Workflow,
} from './github.ts';
export { type Answer, mayAssume } from './may-assume.ts';
export { type Parsed, parsePolicy, parsePolicyText, policyKindOf } from './parse.ts';
export { matchesAction } from './pattern.ts';
export type { Condition, Policy, PolicyKind, Principal, Statement } from './policy.ts';
export { type Probed, probeTrust, type Stranger } from './probes.ts';
export type { Request } from './statement.ts';
export { type Call, type Usage, usageOf } from './usage.ts';
export type { RequestContext } from './variables.ts';

/** Who may talk to whom in a cluster, by its network policies, and by which rule. Nothing is sent: it is read off the objects. */

export { mayHold } from './addresses.ts';
export {
  type Address,
  type Cluster,
  clusterOf,
  type Endpoint,
  labelsOfNamespace,
  type Node,
  type Pods,
  type Service,
  type ServicePort,
} from './cluster.ts';
export { type Answer, admitsPort, listPorts, mayReach, mayTalk, podsBehind, shown } from './decide.ts';
export { type Expectations, type Flow, parseExpectations, withExpectations } from './expectations.ts';
export { type Matrix, matrixOf, matrixText } from './matrix.ts';
export type { Peer, Policy, Rule } from './policy.ts';
export { type Port, type Protocol, parsePort, portText } from './port.ts';
export { type Labels, labelsOf, selectorText, selects } from './selector.ts';
export { type Blocked, checkExpectations, type Open } from './verdicts.ts';

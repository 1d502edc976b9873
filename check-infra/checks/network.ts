/** Network policies held against `reachability.yaml`, which says who must reach what. */

import { listAt, objectAt, textAt } from '../../core/kubernetes/index.ts';
import type { Check, Release } from '../infra.ts';
import { networkOf } from '../networks.ts';
import {
  type Answer,
  checkExpectations,
  type Labels,
  type Open,
  portText,
  selectorText,
  selects,
  shown,
} from '../reachability/index.ts';
import { named, type Problem, placeOf } from './objects.ts';

/** Policies of network plugins admit and refuse by rules of their own, which are not known here. */
export function hasOtherPolicies({ manifests }: Release): boolean {
  return manifests.some(
    ({ object: { apiVersion, kind } }) =>
      /NetworkPolicy$/.test(kind) && !apiVersion.startsWith('networking.k8s.io/'),
  );
}

export const expectedFlows: Check = {
  name: 'flow-blocked',
  refuses: 'policies that keep somebody from what `reachability.yaml` says that it must reach',
  run: ({ releases }) =>
    named(
      'flow-blocked',
      releases.flatMap((release) =>
        verdictsOf(release).blocked.map(({ flow: { from, to, port, why }, answer }) => ({
          place: release.place,
          message: `${shown(from)} ${answer.verdict === 'no' ? 'cannot reach' : 'may not reach'} ${'is' in to ? shown(to) : `Service ${to.namespace}/${to.name}`} on ${portText(port)}${why === '' ? '' : ` (${why})`}: ${answer.because.join('; ')}`,
          mend: 'add the rule to the policies of the side that is named, or take the line out of reachability.yaml',
        })),
      ),
    ),
};

export const unexpectedFlows: Check = {
  name: 'flow-open',
  refuses: 'policies that let somebody reach what `reachability.yaml` does not list',
  run: ({ releases }) =>
    named(
      'flow-open',
      releases.flatMap((release) => {
        const { open, unisolated } = verdictsOf(release);
        return [
          ...unisolated.map(({ pods, direction }) => ({
            place: placeOf(release, pods.name, pods.namespace),
            message:
              direction === 'ingress'
                ? `everybody reaches ${shown(pods)}: no NetworkPolicy isolates it for ingress`
                : `${shown(pods)} reaches everybody: no NetworkPolicy isolates it for egress`,
            mend: 'add a policy that denies by default (podSelector: {}, policyTypes: [Ingress, Egress]), then admit what is needed',
          })),
          ...open.map((one) => ({
            place: release.place,
            message: openText(one),
            mend: 'name the callers and the port in the policy, or add the flow to reachability.yaml with its reason',
          })),
        ];
      }),
    ),
};

function openText({ tos, ports, froms }: Open): string {
  const who = froms.map(
    ({ from, answer }) => shown(from) + (answer.verdict === 'depends' ? ' (perhaps)' : ''),
  );
  const said = [...new Set(froms.flatMap(({ answer }) => answer.because))];
  // That nobody holds the other side back is no news, where a rule admits it.
  const rules = said.filter((text) => !text.startsWith('no NetworkPolicy isolates'));
  const why = rules.length > 0 ? rules : said;
  const what = shortened(tos.map(shown), 4);
  return `${what} ${tos.length === 1 ? 'is' : 'are'} open on ${shortened(ports, 8)} to ${shortened([...new Set(who)], 4)}, which nothing asks for: ${shortened(why, 4, '; ')}`;
}

function shortened(texts: readonly string[], most: number, between = ', '): string {
  const rest = texts.length - most;
  return texts.slice(0, most).join(between) + (rest > 0 ? ` and ${rest} more` : '');
}

type Verdicts = ReturnType<typeof checkExpectations>;

/** Two checks ask for them. */
const known = new WeakMap<Release, Verdicts>();

function verdictsOf(release: Release): Verdicts {
  const before = known.get(release);
  if (before !== undefined) return before;
  const verdicts = findVerdicts(release);
  known.set(release, verdicts);
  return verdicts;
}

/** Without the file nothing is expected, and nothing is forbidden. */
function findVerdicts(release: Release): Verdicts {
  const { cluster, expectations } = networkOf(release);
  return expectations === null
    ? { blocked: [], open: [], unisolated: [] }
    : checkExpectations(cluster, expectations);
}

export const unusedExpectations: Check = {
  name: 'reachability-unused',
  refuses:
    'a `reachability.yaml` that is beside no kustomization and no manifests, so that nothing is held against it',
  run: ({ unusedReachability }) =>
    named(
      'reachability-unused',
      unusedReachability.map((place) => ({
        place,
        message:
          'nothing is held against it: it is beside no kustomization that is applied, and no manifests',
        mend: 'lay it into the folder of a kustomization or of a chart, or beside single files, under the name reachability.yaml',
      })),
    ),
};

export const strangerSelector: Check = {
  name: 'policy-selects-no-namespace',
  refuses: 'a policy that selects namespaces by a label that none has',
  run: ({ releases }) => {
    const namespaces = releases.flatMap((one) => [...networkOf(one).cluster.namespaces.values()]);
    return named(
      'policy-selects-no-namespace',
      releases.flatMap((release) => strangersIn(release, namespaces)),
    );
  },
};

/** Of the cluster, and of platforms that label namespaces themselves. */
const automatic =
  /^(?:kubernetes\.io\/metadata\.name|(?:app|addonmanager|pod-security)\.kubernetes\.io\/.+|(?:[\w-]+\.)*openshift\.io\/.+|istio-injection|istio\.io\/.+|field\.cattle\.io\/.+|kubernetes\.azure\.com\/.+)$/;

function keysOf(selector: Parameters<typeof selects>[0]): string[] {
  const expressions = listAt(selector, 'matchExpressions').map((one) => textAt(one, 'key'));
  return [...Object.keys(objectAt(selector, 'matchLabels')), ...expressions];
}

function strangersIn(release: Release, namespaces: readonly Labels[]): Problem[] {
  return networkOf(release).cluster.policies.flatMap(({ name, namespace, ingress, egress }) => {
    const peers = [...(ingress ?? []), ...(egress ?? [])].flatMap(({ peers }) => peers ?? []);
    const selectors = peers.flatMap((peer) => (peer.is === 'pods' ? [peer.namespaces] : []));
    const texts = selectors
      .filter((selector) => selector !== undefined && !namespaces.some((labels) => selects(selector, labels)))
      // A namespace that is not among the objects has its name as a label.
      .filter((selector) => !keysOf(selector).some((key) => automatic.test(key)))
      .map(selectorText)
      .filter((text) => text !== '');
    return [...new Set(texts)].map((text) => ({
      place: placeOf(release, `NetworkPolicy/${name}`, namespace),
      message: `NetworkPolicy ${namespace}/${name} names namespaces with ${text}, which no namespace has by itself, nor any that is applied with it`,
      mend: 'name them by kubernetes.io/metadata.name, which the API server gives to each; or apply the Namespace with its label; or say in `namespace-labels` of reachability.yaml that it is elsewhere',
    }));
  });
}

/** Sentences of an answer as one. */
export function reasons({ because }: Answer): string {
  return because.join('; ');
}

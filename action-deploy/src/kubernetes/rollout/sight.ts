/** Everything that is seen of one workload while it is rolled out, kept up to date by watches. */

import {
  canonical,
  drop,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  type WorkloadKind,
} from '../../../../core/kubernetes/index.ts';
import {
  ApiFailure,
  controllerRevisions,
  events as eventsResource,
  type KubeApi,
  Mirror,
  pods as podsResource,
  replicaSets,
  type Selection,
  type Serves,
} from '../client/index.ts';
import { templateOf } from '../state/comparable.ts';
import { type EventView, eventView, type PodView, podView } from './views.ts';

export interface WorkloadPlace {
  readonly kind: WorkloadKind;
  readonly resource: Serves;
  readonly namespace: string;
  readonly name: string;
}

export interface SightWorld {
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly changed: () => void;
  readonly signal: AbortSignal;
  /** Of what opens it; `signal` is of what follows, too. */
  readonly opening: AbortSignal;
  /** Told once for what cannot be watched. */
  readonly notice: (line: string) => void;
}

/** Of a whole namespace. Null: without the right to read them, pods' states are left. @throws ApiFailure */
export async function watchEvents(
  api: KubeApi,
  namespace: string,
  world: SightWorld,
): Promise<Mirror | null> {
  try {
    return await Mirror.start(api, { resource: eventsResource, namespace, selection: {}, ...world });
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.code !== 403) throw error;
    world.notice(`Events are not read: ${error.message}.`);
    return null;
  }
}

export class Sight {
  readonly place: WorkloadPlace;
  private readonly workload: Mirror;
  /** All that the selector finds. */
  readonly pods: Mirror;
  /** ReplicaSets of a Deployment, ControllerRevisions of a DaemonSet. */
  private readonly revisions: Mirror | null;
  private readonly told: Mirror | null;

  private constructor(
    place: WorkloadPlace,
    mirrors: { workload: Mirror; pods: Mirror; revisions: Mirror | null; told: Mirror | null },
  ) {
    this.place = place;
    this.workload = mirrors.workload;
    this.pods = mirrors.pods;
    this.revisions = mirrors.revisions;
    this.told = mirrors.told;
  }

  /** `object`: the workload as it would be stored. @throws ApiFailure when it cannot be watched. */
  static async open(
    api: KubeApi,
    place: WorkloadPlace,
    object: KubeObject,
    events: Promise<Mirror | null>,
    world: SightWorld,
  ): Promise<Sight> {
    const { namespace, name, kind, resource } = place;
    const mirror = (of: Serves, selection: Selection): Promise<Mirror> =>
      Mirror.start(api, { resource: of, namespace, selection, ...world });
    const labels = selectorOf(object);
    const [workload, pods, revisions, told] = await Promise.all([
      mirror(resource, { fields: `metadata.name=${name}` }),
      mirror(podsResource, { labels }),
      kind === 'Deployment'
        ? mirror(replicaSets, { labels })
        : kind === 'DaemonSet'
          ? mirror(controllerRevisions, { labels })
          : null,
      events,
    ]);
    return new Sight(place, { workload, pods, revisions, told });
  }

  /** Looks anew at what a success stands on: watches may be late. @throws ApiFailure */
  async refresh(signal: AbortSignal): Promise<void> {
    const mirrors = [this.workload, this.pods, this.revisions].filter((mirror) => mirror !== null);
    await Promise.all(mirrors.map((mirror) => mirror.refresh(signal)));
  }

  /** Null: it was deleted. */
  get object(): KubeObject | null {
    return this.workload.all[0] ?? null;
  }

  /** Why what is seen may be old; null: nothing is known against it. */
  get trouble(): ApiFailure | null {
    return this.workload.trouble ?? this.pods.trouble ?? this.revisions?.trouble ?? null;
  }

  get events(): readonly EventView[] {
    return this.told?.all.map(eventView) ?? [];
  }

  /** Pods of the workload, told apart by their revision; all are former ones while the new one is not known. */
  get units(): { readonly fresh: readonly PodView[]; readonly former: readonly PodView[] } {
    const { object } = this;
    const hash = object === null ? null : this.newHash(object);
    const label = this.place.kind === 'Deployment' ? hashLabel : 'controller-revision-hash';
    const own = this.ownPods;
    const isFresh = (pod: KubeObject): boolean => hash !== null && pod.metadata.labels?.[label] === hash;
    return {
      fresh: own.filter(isFresh).map(podView),
      former: own.filter((pod) => !isFresh(pod)).map(podView),
    };
  }

  /** The selector may find others', too. */
  get ownPods(): readonly KubeObject[] {
    const { object } = this;
    return this.pods.all.filter((pod) => this.owns(object, pod));
  }

  /**
   * Of a Deployment: the ReplicaSet of its newest revision; null: it is not known yet. By its template, as its controller
   * finds it: the annotation of the revision lags behind.
   */
  get newestSet(): KubeObject | null {
    const { object } = this;
    if (object === null || this.place.kind !== 'Deployment' || !isObserved(object)) return null;
    return newestSetOf(object, this.ownedRevisions(object));
  }

  /** Value of the pods' label that names the newest revision; null: its controller has not made it yet. */
  private newHash(object: KubeObject): string | null {
    if (!isObserved(object)) return null;
    switch (this.place.kind) {
      case 'Deployment':
        return this.newestSet?.metadata.labels?.[hashLabel] ?? null;
      case 'StatefulSet':
        return textAt(object, 'status', 'updateRevision') || null;
      case 'DaemonSet': {
        const newest = [...this.ownedRevisions(object)].sort(
          (a, b) => (numberAt(a, 'revision') ?? 0) - (numberAt(b, 'revision') ?? 0),
        );
        return newest.at(-1)?.metadata.labels?.['controller-revision-hash'] ?? null;
      }
    }
  }

  private ownedRevisions(object: KubeObject): readonly KubeObject[] {
    return this.revisions?.all.filter((one) => isOwnedBy(one, object.metadata.uid)) ?? [];
  }

  private owns(object: KubeObject | null, pod: KubeObject): boolean {
    if (object === null) return false;
    if (this.place.kind !== 'Deployment') return isOwnedBy(pod, object.metadata.uid);
    return this.ownedRevisions(object).some((set) => isOwnedBy(pod, set.metadata.uid));
  }
}

/** Whose template is the Deployment's own, but for the label that its controller adds. */
export function newestSetOf(deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | null {
  const wanted = canonical(templateOf(deployment));
  const found = sets.filter((set) => {
    const template = templateOf(set);
    return template !== null && canonical(drop(template, ['metadata', 'labels', hashLabel])) === wanted;
  });
  // Two with the same template are left by a collision: the controller takes the oldest.
  return [...found].sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1))[0] ?? null;
}

function createdAt({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? '';
}

const hashLabel = 'pod-template-hash';

/** Its controller has seen it as it is. */
function isObserved(object: KubeObject): boolean {
  return (numberAt(object, 'status', 'observedGeneration') ?? 0) >= (object.metadata.generation ?? 0);
}

function isOwnedBy(object: KubeObject, uid: string | undefined): boolean {
  return listAt(object, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'uid') === uid);
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/ as a query has it. */
export function selectorOf(workload: KubeObject): string {
  const selector = objectAt(workload, 'spec', 'selector');
  const labels = Object.entries(objectAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${value}`);
  const expressions = listAt(selector, 'matchExpressions').map((expression) => {
    const key = textAt(expression, 'key');
    const values = listAt(expression, 'values').map(String).join(',');
    switch (textAt(expression, 'operator')) {
      case 'In':
        return `${key} in (${values})`;
      case 'NotIn':
        return `${key} notin (${values})`;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return key;
    }
  });
  return [...labels, ...expressions].join(',');
}

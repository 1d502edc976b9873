/** What a folder holds of infrastructure, as the checks see it, and what they say. */

import type { JsonObject, Manifest } from '../core/kubernetes/index.ts';

/** Objects that are applied together: a kustomization, a chart with its default values, or single files. */
export interface Release {
  /** `overlays/production`, as messages name it. */
  readonly place: string;
  readonly manifests: readonly Manifest[];
  /** `reachability.yaml` of the folder, or of one that it is built on. */
  readonly reachability: TextFile | null;
}

export interface TextFile {
  /** Relative to the folder that is checked; of a ConfigMap, the object and the key. */
  readonly place: string;
  readonly text: string;
}

/** One whose text is known to be an object. */
export interface ParsedFile extends TextFile {
  readonly value: JsonObject;
}

export interface Infra {
  readonly releases: readonly Release[];
  readonly kustomizations: readonly ParsedFile[];
  /** Of Prometheus: alerts and recorded series. */
  readonly rules: readonly ParsedFile[];
  /** JSON that is, or was meant to be, a dashboard of Grafana; `value` is empty where the text is no JSON. */
  readonly dashboards: readonly ParsedFile[];
  readonly scrapes: readonly ScrapeFile[];
}

/** A configuration of Prometheus, and whose Services its targets are looked for among; null: not known. */
export interface ScrapeFile extends ParsedFile {
  readonly release: Release | null;
}

export interface Finding {
  /** Name of the check. */
  readonly check: string;
  readonly place: string;
  readonly message: string;
  /** What to write instead. */
  readonly mend: string;
}

export interface Check {
  readonly name: string;
  /** What it refuses, in one line. */
  readonly refuses: string;
  run(infra: Infra): Finding[];
}

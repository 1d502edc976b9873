/** What a folder holds of infrastructure, as the checks see it, and what they say. */

import type { JsonObject, Manifest } from '../core/kubernetes/index.ts';
import type { PolicyKind } from './iam/index.ts';
import type { Planned } from './terraform/plan.ts';

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

export interface KustomizationFile extends ParsedFile {
  /** What its generators take as files, and is a folder. */
  readonly folders: readonly string[];
}

/** A configuration of Prometheus, and whose Services its targets are looked for among; null: it is in no ConfigMap. */
export interface ScrapeFile extends ParsedFile {
  readonly release: Release | null;
}

export interface DashboardFile extends ParsedFile {
  /** Whose Grafana shows it; none: it is in no ConfigMap. */
  readonly release?: Release | null;
}

/** A policy of AWS: a file, or what a plan of Terraform makes; placeholders (`${account_id}`) may stand in its texts. */
export interface PolicyFile extends TextFile {
  /** Null: by what it holds. */
  readonly kind: PolicyKind | null;
  /** A boundary or a policy of the organisation: it gives nothing, it only sets the most. */
  readonly isLimit: boolean;
  /** The role, of a plan: by it policies and trust policy belong together. */
  readonly role: string | null;
}

/** Files of Terraform that make one module. */
export interface TerraformFolder {
  readonly place: string;
  readonly files: readonly TextFile[];
}

/** What `terraform show -json` says of a plan. */
export interface PlanFile {
  readonly place: string;
  readonly planned: readonly Planned[];
}

/** What could not be read or rendered, and why. */
export interface Unreadable {
  readonly place: string;
  readonly why: string;
}

export interface Infra {
  readonly releases: readonly Release[];
  readonly kustomizations: readonly KustomizationFile[];
  /** Of Prometheus: alerts and recorded series. */
  readonly rules: readonly ParsedFile[];
  /** JSON that is, or was meant to be, a dashboard of Grafana; `value` is empty where the text is no JSON. */
  readonly dashboards: readonly DashboardFile[];
  readonly scrapes: readonly ScrapeFile[];
  /** Which metrics there are: what expressions are held against. */
  readonly contracts: readonly ParsedFile[];
  readonly policies: readonly PolicyFile[];
  readonly terraform: readonly TerraformFolder[];
  readonly plans: readonly PlanFile[];
  /** Names that Docker Compose gives to what it runs: an address in a file may mean those. */
  readonly composeServices: ReadonlySet<string>;
  /** Files that are no YAML, though they look like something that is checked. */
  readonly broken: readonly Unreadable[];
  /** Kustomizations and charts that their tools refuse. */
  readonly unrendered: readonly Unreadable[];
  /** Places of files of that name which belong to nothing, so that nothing is held against them. */
  readonly unusedReachability: readonly string[];
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

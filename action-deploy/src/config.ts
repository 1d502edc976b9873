/** What the inputs say, checked and complete. Nothing past `inputs/` is a raw string. */

import type { Check, Unit } from '../../core/gate/types.ts';
import type { ShownFile } from '../../core/tables/index.ts';

export interface Config {
  readonly target: EcsConfig | KubernetesConfig;
  readonly image: ImageReference;
  readonly evidence: EvidenceConfig;
  /** Findings above it fail; null: findings are not asked for. */
  readonly maxScanSeverity: ScanSeverity | null;
  readonly analysis: AnalysisConfig | null;
  readonly timeoutMs: number;
  /** Of new units before they are judged for the last time, where the platform itself bakes nothing. */
  readonly bakeMs: number;
  readonly rollback: boolean;
  readonly dryRun: boolean;
  /** Of the GitHub deployment; null: none is made. */
  readonly environment: { readonly name: string; readonly url: string | null } | null;
}

export type ScanSeverity = 'medium' | 'high' | 'critical';

/** Exactly one of tag and digest decides; where both are given the digest does, and the tag is kept to be shown. */
export interface ImageReference {
  readonly given: string;
  /** With its registry, as Docker completes it: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly registry: string;
  /** Path below the registry: `library/nginx`. */
  readonly path: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** Of the inputs; null: not given, so that the service's own holds where its strategy is the same, else the usual one. */
export type Strategy =
  /** The service keeps its strategy; what is given goes to where that strategy has it. */
  | {
      readonly kind: 'own';
      readonly canaryPercent: number | null;
      readonly stepPercent: number | null;
      readonly stepBakeMinutes: number | null;
      readonly bakeMinutes: number | null;
    }
  | { readonly kind: 'rolling' }
  | { readonly kind: 'blue-green'; readonly bakeMinutes: number | null }
  | {
      readonly kind: 'canary' | 'linear';
      /** Of the canary, or of each step. */
      readonly percent: number | null;
      readonly stepBakeMinutes: number | null;
      readonly bakeMinutes: number | null;
    };

export interface EcsConfig {
  readonly kind: 'ecs';
  /** Name or ARN. */
  readonly cluster: string;
  readonly service: string;
  /** Where the new task definition comes from. */
  readonly taskDefinition:
    | { readonly kind: 'service' }
    | { readonly kind: 'family'; readonly name: string }
    | { readonly kind: 'file'; readonly file: ShownFile };
  /** Whose image is replaced; null: the only container, or the one that runs this repository. */
  readonly container: string | null;
  /** Merged into the container's environment, by name. Values are not shown. */
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly strategy: Strategy;
}

export interface KubernetesConfig {
  readonly kind: 'kubernetes';
  /** Name of the EKS cluster whose kubeconfig is made; null: KUBECONFIG, or the pod's own service account. */
  readonly eksCluster: string | null;
  /** Null: as the manifests and the context say. */
  readonly namespace: string | null;
  readonly source: /** As given: a file, a folder or a pattern each; neither resolved nor looked for yet. So are Helm's values. */
    | { readonly kind: 'manifests'; readonly files: readonly ShownFile[] }
    | { readonly kind: 'kustomize'; readonly folder: ShownFile }
    | {
        readonly kind: 'helm';
        /** A folder, a packaged chart, or `oci://…`. */
        readonly chart: string;
        readonly release: string;
        readonly values: readonly ShownFile[];
      };
  /** Whose image is replaced; null: all containers that run this repository. */
  readonly container: string | null;
}

export interface EvidenceConfig {
  /** Globs as given; empty: none is required. */
  readonly globs: readonly string[];
  /** Older documents do not count. */
  readonly maxAgeMs: number;
}

export interface AnalysisConfig {
  /** The server, with credentials in it perhaps: they are never shown. */
  readonly prometheusUrl: URL;
  readonly lines: readonly AnalysisLine[];
}

/** `error_rate: sum(rate(…)) < 1%` */
export interface AnalysisLine {
  /** Canonical text: the check's id. */
  readonly id: string;
  readonly name: string;
  readonly query: string;
  readonly operator: '<' | '<=' | '>' | '>=' | '==' | '!=';
  /** In the base units of Prometheus: a ratio for %, seconds for ms, s, m, h, d; bytes for B, KB, MB. */
  readonly bound: number;
  /** In canonical spelling: `1%`, `200ms`. */
  readonly boundText: string;
  /** What the bound's unit says the query's value is measured in; `number` for a bare number. */
  readonly unit: Unit;
  readonly severity: 'fail' | 'warn';
  readonly place: Check['place'];
}

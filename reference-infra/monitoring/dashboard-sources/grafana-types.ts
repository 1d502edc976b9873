/**
 * The types of Grafana's own schema as plain data: its enumerations become the texts and numbers that stand in the JSON, so
 * that nothing of the package is needed when the sources run. What the schema leaves open (`any`) is unknown here.
 */

import type { BarGaugeDisplayMode, BarGaugeValueMode } from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** A method that marks the type of a query in the package; it is not in the JSON. */
type Marker = '_implementsDataqueryVariant';

export type Plain<T> = 0 extends 1 & T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends number
      ? number extends T
        ? number
        : `${T}` extends `${infer Value extends number}`
          ? Value
          : number
      : T extends readonly (infer Item)[]
        ? readonly Plain<Item>[]
        : T extends object
          ? { readonly [Key in keyof T as Exclude<Key, Marker>]: Plain<T[Key]> }
          : T;

export type Dashboard = Omit<Plain<dashboard.Dashboard>, 'panels'> & { readonly panels: readonly Placed[] };
export type Row = Plain<dashboard.RowPanel>;
export type DashboardLink = Plain<dashboard.DashboardLink>;
export type Variable = Plain<dashboard.VariableModel>;
export type Annotation = Plain<dashboard.AnnotationQuery>;
export type FieldConfig = Plain<dashboard.FieldConfig>;
export type ValueMapping = Plain<dashboard.ValueMapping>;
export type Step = Plain<dashboard.Threshold>;
export type Query = Plain<prometheus.Dataquery>;
export type GridPos = Plain<dashboard.GridPos>;
export type Override = Plain<dashboard.FieldConfigSource>['overrides'][number];
export type Transformation = Plain<dashboard.DataTransformerConfig>;

type PanelBase = Omit<Plain<dashboard.Panel>, 'type' | 'targets' | 'options' | 'id' | 'gridPos'> & {
  readonly title: string;
  readonly description: string;
  readonly targets: readonly Query[];
};

/** Where it stands is not its own affair: see layout.ts. */
export type Panel = PanelBase &
  (
    | { readonly type: 'stat'; readonly options: Plain<stat.Options> }
    | { readonly type: 'timeseries'; readonly options: Plain<timeseries.Options> }
    | { readonly type: 'table'; readonly options: Plain<table.Options> }
    | { readonly type: 'heatmap'; readonly options: Plain<heatmap.Options> }
    | { readonly type: 'bargauge'; readonly options: BarGaugeOptions }
  );

export type TimeSeriesField = Plain<timeseries.FieldConfig>;
export type TableField = Plain<table.FieldConfig>;
export type StatOptions = Plain<stat.Options>;

interface BarGaugeOptions {
  readonly displayMode: `${BarGaugeDisplayMode}`;
  readonly valueMode: `${BarGaugeValueMode}`;
  readonly [name: string]: unknown;
}

export type Placed = (Panel & { readonly id: number; readonly gridPos: GridPos }) | Row;

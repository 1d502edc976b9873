/** The kinds of panels that the dashboards have, with what all of a kind have in common said once. */

import type {
  DashboardLink,
  FieldConfig,
  Override,
  Panel,
  Query,
  StatOptions,
  Step,
  TableField,
  TimeSeriesField,
  Transformation,
  ValueMapping,
} from './grafana-types.ts';
import { objectives } from './objectives.ts';

export const source = { type: 'prometheus', uid: 'prometheus' } as const;

export interface Asked {
  readonly expr: string;
  /** With `{{label}}`; Prometheus' own writing of labels is nobody's legend. */
  readonly legend: string;
  readonly exemplar?: boolean;
}

interface Common {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly ask: readonly Asked[];
  readonly steps: readonly Step[];
  /** Shown where no series is there. */
  readonly noValue?: string;
  readonly mappings?: readonly ValueMapping[];
  readonly links?: readonly DashboardLink[];
  readonly overrides?: readonly Override[];
}

/** A colour to begin with, then from where on another one holds. */
export function steps(first: string, ...rest: readonly (readonly [number, string])[]): Step[] {
  return [{ color: first, value: null }, ...rest.map(([value, color]) => ({ color, value }))];
}

/** For what has no good and bad. */
export const neutral = steps('blue');

interface StatPanel extends Common {
  /** Default: the last value. */
  readonly calc?: 'lastNotNull' | 'max' | 'min';
  readonly graph?: boolean;
  readonly text?: StatOptions['textMode'];
}

/** One number, now. */
export function stat(panel: StatPanel): Panel {
  return {
    type: 'stat',
    ...frame(panel, true),
    options: {
      colorMode: 'background',
      graphMode: panel.graph === true ? 'area' : 'none',
      justifyMode: 'auto',
      orientation: 'auto',
      percentChangeColorMode: 'standard',
      reduceOptions: { calcs: [panel.calc ?? 'lastNotNull'], fields: '', values: false },
      showPercentChange: false,
      textMode: panel.text ?? 'value',
      wideLayout: true,
    },
  };
}

/**
 * How long ago the oldest of what is pushed once a day was pushed. A time in the future, such as one in milliseconds, is as wrong.
 * @param since The selector of its time stamps.
 */
export function age({
  since,
  ...panel
}: Pick<StatPanel, 'title' | 'description' | 'links'> & { readonly since: string }): Panel {
  return stat({
    ...panel,
    unit: 's',
    ask: [{ expr: `max(abs(time() - ${since}))`, legend: 'age' }],
    steps: steps('green', [86_400 * 1.25, 'orange'], [objectives.age, 'red']),
    noValue: 'never',
  });
}

interface GraphPanel extends Common {
  readonly stacked?: boolean;
  /** Draws the thresholds; false where they only colour. */
  readonly drawSteps?: boolean;
  readonly bars?: boolean;
}

/** Over time. */
export function graph(panel: GraphPanel): Panel {
  const custom: TimeSeriesField = {
    drawStyle: panel.bars === true ? 'bars' : 'line',
    fillOpacity: panel.stacked === true || panel.bars === true ? 40 : 8,
    lineWidth: 1,
    showPoints: 'never',
    spanNulls: false,
    stacking: { group: 'A', mode: panel.stacked === true ? 'normal' : 'none' },
    thresholdsStyle: { mode: panel.drawSteps === true ? 'dashed' : 'off' },
  };
  return {
    type: 'timeseries',
    ...frame(panel, false, { custom, color: { mode: 'palette-classic' } }),
    options: {
      legend: { calcs: ['lastNotNull', 'max'], displayMode: 'table', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** Buckets over time: what a percentile hides. */
export function heatmap(panel: Omit<Common, 'steps'>): Panel {
  const { targets, ...framed } = frame({ ...panel, steps: neutral }, false);
  return {
    type: 'heatmap',
    ...framed,
    targets: targets.map((target) => ({ ...target, format: 'heatmap' as const })),
    options: {
      calculate: false,
      cellGap: 1,
      color: {
        exponent: 0.5,
        fill: 'dark-orange',
        mode: 'scheme',
        reverse: false,
        scheme: 'Oranges',
        steps: 64,
      },
      exemplars: { color: 'rgba(255,0,255,0.7)' },
      filterValues: { le: 1e-9 },
      legend: { show: true },
      rowsFrame: { layout: 'auto' },
      showValue: 'never',
      tooltip: { mode: 'single', showColorScale: false, yHistogram: false },
      yAxis: { axisPlacement: 'left', reverse: false, unit: panel.unit },
    },
  };
}

/** One bar a series, the longest first if the query sorts. */
export function bars(panel: Common): Panel {
  return {
    type: 'bargauge',
    ...frame(panel, true, { color: { mode: 'thresholds' } }),
    options: {
      displayMode: 'basic',
      legend: { calcs: [], displayMode: 'list', placement: 'bottom', showLegend: false },
      maxVizHeight: 300,
      minVizHeight: 16,
      minVizWidth: 8,
      namePlacement: 'auto',
      orientation: 'horizontal',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      showUnfilled: true,
      sizing: 'auto',
      valueMode: 'color',
    },
  };
}

interface TablePanel extends Common {
  /** Labels that are columns, with their headings, in this order; `Value` is the number. */
  readonly show: Readonly<Record<string, string>>;
  /** By heading. */
  readonly sortBy?: string;
}

/** Labels of series, now. */
export function table(panel: TablePanel): Panel {
  const { targets, ...framed } = frame(panel, true, {
    custom: { align: 'auto', inspect: false } satisfies TableField,
  });
  const names = Object.keys(panel.show);
  const organize: Transformation = {
    id: 'organize',
    options: {
      includeByName: Object.fromEntries(names.map((name) => [name, true])),
      indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
      renameByName: panel.show,
    },
  };
  return {
    type: 'table',
    ...framed,
    targets: targets.map((target) => ({ ...target, format: 'table' as const })),
    transformations: [organize],
    options: {
      cellHeight: 'sm',
      frameIndex: 0,
      showHeader: true,
      sortBy: panel.sortBy === undefined ? [] : [{ displayName: panel.sortBy, desc: true }],
    },
  };
}

type Framed = Pick<Panel, 'title' | 'description' | 'datasource' | 'targets' | 'fieldConfig' | 'links'>;

function frame(panel: Common, instant: boolean, more: Partial<FieldConfig> = {}): Framed {
  const { title, description, unit, decimals, min, max, noValue, mappings, links, overrides } = panel;
  return {
    title,
    description,
    datasource: source,
    targets: panel.ask.map((asked, index) => queryOf(asked, index, instant)),
    fieldConfig: {
      defaults: {
        unit,
        ...(decimals === undefined ? {} : { decimals }),
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(noValue === undefined ? {} : { noValue }),
        color: { mode: 'thresholds' },
        mappings: mappings ?? [],
        thresholds: { mode: 'absolute', steps: panel.steps },
        ...more,
      },
      overrides: overrides ?? [],
    },
    links: links ?? [],
  };
}

function queryOf({ expr, legend, exemplar }: Asked, index: number, instant: boolean): Query {
  return {
    datasource: source,
    editorMode: 'code',
    expr,
    instant,
    legendFormat: legend,
    range: !instant,
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    ...(exemplar === true ? { exemplar } : {}),
  };
}

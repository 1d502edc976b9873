export { type BarChart, barChart } from './bars.ts';
export { type CalibrationBin, type CalibrationChart, calibrationChart } from './calibration.ts';
export { type ForestChart, type ForestRow, forestChart } from './forest.ts';
export { type AxisOptions, type Described, type Tick, ticks } from './frame.ts';
export { type HeatMap, heatMap, heatMapLimit } from './heat-map.ts';
export { type HistogramChart, histogramChart } from './histogram.ts';
export { type LineChart, type LineSeries, lineChart, paletteSize } from './line.ts';
export { type OverlayChart, overlayChart } from './overlay.ts';
export { type OverlaySparkline, overlaySparkline } from './overlay-sparkline.ts';
export { type PairedBars, pairedBars } from './paired-bars.ts';
export { type ScatterChart, scatterChart } from './scatter.ts';
export { type Sparkline, sparkline } from './sparkline.ts';
export type { BinnedPair } from './steps.ts';
export {
  elapsedText,
  type TimelineChart,
  type TimelineMark,
  type TimelineRow,
  timelineChart,
} from './timeline.ts';

export { type BarChart, barChart } from './bars.ts';
export { type CalibrationBin, type CalibrationChart, calibrationChart } from './calibration.ts';
export { type ForestChart, type ForestRow, forestChart } from './forest.ts';
export type { AxisOptions, Described } from './frame.ts';
export { type HeatMap, heatMap, heatMapLimit } from './heat-map.ts';
export { type HistogramChart, histogramChart } from './histogram.ts';
export { type LineChart, type LineSeries, lineChart, paletteSize } from './line.ts';
export { type ScatterChart, scatterChart } from './scatter.ts';
export { type Sparkline, sparkline } from './sparkline.ts';

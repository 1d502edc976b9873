/** Whether two tables differ: distances, tests and a verdict for each column, profiles in the place of data. */

export * from './checks/index.ts';
export { anyColumn, type ColumnRequest, chooseColumns } from './choose-columns.ts';
export { compareColumns, type WantedColumn } from './compare-columns.ts';
export { type ColumnLimits, type ComparedColumn, type JudgeOptions, judgeColumns } from './judge.ts';
export { type OpenedSide, openSide, openSides, type SideOptions } from './open-side.ts';
export { profileOf } from './profile/index.ts';
export { type DriftSource, dataSource } from './source.ts';
export { serveJobs, Threads } from './threads.ts';
export * from './types.ts';

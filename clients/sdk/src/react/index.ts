// Hooks for React 18 and newer. Components that show the same share one subscription, which ends with the last of them.

export type { Live, LiveClient } from './live-store.ts';
export { type ApprovalList, type ApprovalListOptions, useApprovals } from './use-approvals.ts';
export { useRun, useStep } from './use-run.ts';
export { type LogRow, type RunLog, type RunLogOptions, useRunLog } from './use-run-log.ts';
export { type RunList, type RunListOptions, type RunRow, useRuns } from './use-runs.ts';

import type { ApprovalRecord, ArtifactRecord, RunSnapshot, ToolCallRecord } from '../../core/run.ts';
import type { LabelRow } from './run-row.ts';

/** Everything that the tables hold about one run, at one moment. */
export interface RunTables extends RunSnapshot {
  readonly labels: readonly LabelRow[];
  readonly artifacts: readonly ArtifactRecord[];
  readonly approvals: readonly ApprovalRecord[];
  readonly toolCalls: readonly ToolCallRecord[];
}

import type { ApprovalRecord, ArtifactRecord, RunRecord, StepRecord } from '../../../../core/run.ts';
import type { WorkflowRecord } from '../../../../core/workflows.ts';
import { builder } from '../builder/builder.ts';
import type { ResourceView } from './resource-view.ts';

/** A run as its resolvers get it; the steps are there, with or without items, when whoever brought the run had them. */
export interface RunView {
  readonly run: RunRecord;
  readonly steps?: readonly StepRecord[];
}

// The types that refer to each other, so that their files need not.
export const Run = builder.objectRef<RunView>('Run');
export const Step = builder.objectRef<StepRecord>('Step');
export const Artifact = builder.objectRef<ArtifactRecord>('Artifact');
export const Approval = builder.objectRef<ApprovalRecord>('Approval');
export const Workflow = builder.objectRef<WorkflowRecord>('Workflow');
export const Resource = builder.objectRef<ResourceView>('Resource');

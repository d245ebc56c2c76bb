import type { ApprovalRecord, ArtifactRecord, RunRecord, StepRecord } from '../../../../core/run.ts';
import type { DeadLetter as DeadLetterRecord } from '../../../../core/store-reader.ts';
import type { WorkflowRecord } from '../../../../core/workflows/workflows.ts';
import { builder } from '../builder/builder.ts';
import type { ResourceView } from './resource-view.ts';

/** A run as its resolvers receive it; with its steps, with or without items, when they were read with the run. */
export interface RunView {
  readonly run: RunRecord;
  readonly steps?: readonly StepRecord[];
}

// Types that refer to each other: their files import these instead of one another.
export const Run = builder.objectRef<RunView>('Run');
export const Step = builder.objectRef<StepRecord>('Step');
export const Artifact = builder.objectRef<ArtifactRecord>('Artifact');
export const Approval = builder.objectRef<ApprovalRecord>('Approval');
export const Workflow = builder.objectRef<WorkflowRecord>('Workflow');
export const DeadLetter = builder.objectRef<DeadLetterRecord>('DeadLetter');
export const Resource = builder.objectRef<ResourceView>('Resource');

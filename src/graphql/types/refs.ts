import type { ArtifactRecord, RunRecord, StepRecord } from '../../core/run.ts';
import { builder } from '../builder.ts';
import type { ResourceView } from '../resource-view.ts';

/** A run as its resolvers get it; the steps are there when whoever brought the run had them anyway. */
export interface RunView {
  readonly run: RunRecord;
  readonly steps?: readonly StepRecord[];
}

// The types that refer to each other, so that their files need not.
export const Run = builder.objectRef<RunView>('Run');
export const Step = builder.objectRef<StepRecord>('Step');
export const Artifact = builder.objectRef<ArtifactRecord>('Artifact');
export const Resource = builder.objectRef<ResourceView>('Resource');

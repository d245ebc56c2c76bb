import { memo } from 'react';
import { isFinalStepState, type StepModel } from '../../../../sdk/src/live/index.ts';
import { LogView } from '../../parts/log/log-view.tsx';
import { useLogPlace } from './log-place.ts';

interface Props {
  readonly runId: string;
  readonly step: StepModel;
}

/** The log of a step. It renders again only when the step has changed, not with each other step of its run. */
export const StepLog = memo(function StepLog({ runId, step }: Props) {
  return <LogView runId={runId} step={step.key} isEnded={isFinalStepState(step.state)} {...useLogPlace()} />;
});

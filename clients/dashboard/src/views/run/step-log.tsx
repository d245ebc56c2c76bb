import { isFinalStepState, type StepModel } from '../../../../sdk/src/live/index.ts';
import { LogView } from '../../parts/log/log-view.tsx';
import { useLogPlace } from './log-place.ts';

/** The log of a step. */
export function StepLog({ runId, step }: { readonly runId: string; readonly step: StepModel }) {
  return <LogView runId={runId} step={step.key} isEnded={isFinalStepState(step.state)} {...useLogPlace()} />;
}

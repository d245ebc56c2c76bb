import { isFinalRunState, type RunModel } from '../../../../sdk/src/live/index.ts';
import { LogView } from '../../parts/log/log-view.tsx';
import { useLogPlace } from './log-place.ts';

interface Props {
  readonly run: RunModel;
  readonly onStep: (step: string, line: number) => void;
}

/** The logs of all steps as one. */
export function RunLog({ run, onStep }: Props) {
  return <LogView runId={run.id} isEnded={isFinalRunState(run.state)} onStep={onStep} {...useLogPlace()} />;
}

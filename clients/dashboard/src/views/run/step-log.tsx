import { isFinalStepState, type StepModel } from '../../../../sdk/src/live/index.ts';
import { choice, text, useUrlState } from '../../api/url-state.ts';
import { type LogPlace, LogView } from '../../parts/log/log-view.tsx';

const PARAMS = { line: text, level: choice('DEBUG', 'INFO', 'WARN', 'ERROR'), find: text };

/** The log of a step. What is looked at in it is in the URL. */
export function StepLog({ runId, step }: { readonly runId: string; readonly step: StepModel }) {
  const [url, setUrl] = useUrlState(PARAMS);
  const place = { ...url, line: /^[1-9]\d{0,8}$/.test(url.line) ? Number(url.line) : undefined };
  const onPlace = (changes: Partial<LogPlace>) => {
    const { line, ...others } = changes;
    setUrl('line' in changes ? { ...others, line: line === undefined ? '' : String(line) } : others);
  };
  return (
    <LogView runId={runId} step={step.key} isEnded={isFinalStepState(step.state)} place={place} onPlace={onPlace} />
  );
}

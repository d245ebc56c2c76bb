import type { RunModel } from '../../../../sdk/src/live/index.ts';
import { StepLastLinesDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { plainText } from '../../parts/log/line-text.ts';
import { Button } from '../../ui/button.tsx';
import styles from './run.module.css';
import { firstToShow, hasFailed, isSilent } from './run-model.ts';

/** Why a run failed, above everything else: the step, its error, and the last lines of its log. */
export function FailureFirst({ run, onShow }: { readonly run: RunModel; readonly onShow: (step: string) => void }) {
  const step = firstToShow(run);
  const failed = run.error !== null || (step && hasFailed(step) && run.state !== 'SUCCEEDED');
  const { data } = useRead(
    StepLastLinesDocument,
    { id: run.id, key: step?.key ?? '' },
    { enabled: failed === true && step !== undefined },
  );
  if (!failed) return null;
  const error = step?.error ?? run.error;
  const lines = data?.run?.step?.logs.events.flatMap((event) => (event.__typename === 'LogLine' ? [event] : [])) ?? [];
  return (
    <section className={styles.failure} aria-label="Why it failed">
      <p>
        {step && <b>{step.key} failed</b>}
        {step && step.maxAttempts > 1 && (
          <span>
            , attempt {step.attempt}/{step.maxAttempts}
          </span>
        )}
        {error && (
          <>
            {': '}
            <code>{error.code}</code> {error.message}
          </>
        )}
      </p>
      {step && <Button onClick={() => onShow(step.key)}>{isSilent(step) ? 'Show the step' : 'Show the log'}</Button>}
      {lines.length > 0 && <pre>{lines.map(({ text }) => plainText(text)).join('\n')}</pre>}
    </section>
  );
}

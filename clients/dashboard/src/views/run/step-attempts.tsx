import type { StepModel } from '../../../../sdk/src/live/index.ts';
import { StepHistoryDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { useSettings } from '../../api/settings.ts';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { clockText } from '../../ui/time-text.ts';
import styles from './run.module.css';

/** Every state that a step had, with its attempts and their errors. */
export function StepAttempts({ runId, step }: { readonly runId: string; readonly step: StepModel }) {
  const { zone } = useSettings();
  const { data, error, refetch } = useRead(StepHistoryDocument, { id: runId, key: step.key }, { everyMs: 10_000 });
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} />;
  const changes =
    data.run?.events.events.flatMap((event) => (event.__typename === 'StepStateChanged' ? [event] : [])) ?? [];
  if (changes.length === 0) return <p>Not started yet.</p>;
  return (
    <ol className={styles.history}>
      {changes.map(({ seq, at, to, attempt, error: failure }) => (
        <li key={seq}>
          <time dateTime={at}>{clockText(at, zone, true)}</time> <StateMark state={to} word />
          {attempt > 0 && <span>attempt {attempt}</span>}
          {failure && (
            <p>
              <code>{failure.code}</code> {failure.message}
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}

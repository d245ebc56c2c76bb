import type { StepModel } from '../../../../sdk/src/live/index.ts';
import { StepToolsDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import styles from './run.module.css';
import { ToolCall } from './tool-call.tsx';

/** The tools that a step called, folded. */
export function StepTools({ runId, step }: { readonly runId: string; readonly step: StepModel }) {
  const { data, error, refetch } = useRead(StepToolsDocument, { id: runId, key: step.key }, { everyMs: 5_000 });
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={3} />;
  const calls = data.run?.step?.toolCalls ?? [];
  if (calls.length === 0) return <p>No tool calls.</p>;
  return (
    <ol className={styles.calls}>
      {calls.map((call) => (
        <li key={call.id}>
          <ToolCall call={call} />
        </li>
      ))}
    </ol>
  );
}

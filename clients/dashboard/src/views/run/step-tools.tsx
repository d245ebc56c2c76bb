import type { StepModel } from '../../../../sdk/src/live/index.ts';
import { StepToolsDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { JsonTree } from '../../parts/payload/json-tree.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { durationText } from '../../ui/time-text.ts';
import styles from './run.module.css';

/** The tools that a step called, folded. */
export function StepTools({ runId, step }: { readonly runId: string; readonly step: StepModel }) {
  const { data, error, refetch } = useRead(StepToolsDocument, { id: runId, key: step.key }, { everyMs: 5_000 });
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={3} />;
  const calls = data.run?.step?.toolCalls ?? [];
  if (calls.length === 0) return <p>It has called no tool.</p>;
  return (
    <ol className={styles.calls}>
      {calls.map(({ id, tool, arguments: args, result, error: failure, durationMs }) => (
        <li key={id}>
          <details>
            <summary>
              <code>{tool}</code> {durationMs === null ? 'runs' : durationText(durationMs)}
              {failure && <em> {failure.message}</em>}
            </summary>
            <h4>Arguments</h4>
            <JsonTree value={args} />
            {result !== null && (
              <>
                <h4>Result</h4>
                <JsonTree value={result} />
              </>
            )}
          </details>
        </li>
      ))}
    </ol>
  );
}

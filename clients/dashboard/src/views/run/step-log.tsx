import { useRunLog } from '../../../../sdk/src/react/index.ts';
import { client } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import styles from './run.module.css';

/** The log of a step, from its end. */
export function StepLog({ runId, step }: { readonly runId: string; readonly step: string }) {
  const { data, error, refresh } = useRunLog(client, { runId, step });
  if (error) return <ErrorNotice error={error} retry={refresh} />;
  if (!data) return <Skeleton rows={5} label="Loading the log" />;
  if (data.lines.length === 0) return <p>It has logged nothing.</p>;
  return (
    <>
      {data.hasOlder && <Button onClick={data.loadOlder}>Show older lines</Button>}
      <pre className={styles.log}>{data.lines.map(({ text }) => text).join('\n')}</pre>
    </>
  );
}

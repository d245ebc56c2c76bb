import { Link } from 'wouter';
import { WorkersRestrictionsDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { useRowKeys } from '../../shell/row-keys.ts';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';

/** What was decided about workers: drained ones, and revoked keys. */
export function Restrictions() {
  const { data, error, refetch } = useRead(WorkersRestrictionsDocument, {});
  useRowKeys();
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} label="Loading restrictions" />;
  if (data.workerRestrictions.length === 0) {
    return (
      <Empty title="No restricted workers">
        <p>A drained worker gets no new jobs; packets of a revoked key are refused. Both are listed here.</p>
      </Empty>
    );
  }
  return (
    <Table label="Restrictions" columns={['Worker', 'Decision', 'Key', 'By', 'When']}>
      {data.workerRestrictions.map(({ workerId, kind, key, decidedBy, decidedAt }) => (
        <tr key={`${workerId} ${kind} ${key}`} data-row={workerId}>
          <td>
            <Link href={`/workers?worker=${encodeURIComponent(workerId)}`}>{workerId}</Link>
          </td>
          <td>{kind === 'DRAINED' ? 'Gets no new jobs' : 'Key revoked'}</td>
          <td>{key && <code title={key}>{key.slice(0, 16)}…</code>}</td>
          <td>{decidedBy}</td>
          <td>
            <Time at={decidedAt} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

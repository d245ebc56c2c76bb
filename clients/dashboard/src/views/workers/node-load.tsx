import { WorkersLoadDocument } from '../../api/generated/graphql.ts';
import { useMay } from '../../api/may.ts';
import { useRead } from '../../api/query.ts';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import styles from './workers.module.css';

/** The nodes of the server, the steps that wait for a slot, and the slots by kind. */
export function NodeLoad() {
  const { allowed, isKnown, why } = useMay('query:server');
  const { data, error, refetch } = useRead(WorkersLoadDocument, {}, { enabled: isKnown && allowed, everyMs: 10_000 });
  const load = data?.server.load;
  if (!allowed) return <p>The load of the server is not shown. {why}</p>;
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!load) return <Skeleton rows={2} label="Loading the load of the server" />;
  return (
    <section className={styles.load} aria-label="Load of the server">
      <dl>
        <div>
          <dt>Nodes</dt>
          <dd>{load.nodes}</dd>
        </div>
        <div>
          <dt>Steps in the queue</dt>
          <dd>{load.queued}</dd>
        </div>
        {load.slots.map(({ kind, used, limit }) => (
          <div key={kind ?? 'ALL'}>
            <dt>{kind === null ? 'Slots' : `Slots of ${kind.toLowerCase()}`}</dt>
            <dd>
              {used} of {limit}{' '}
              <meter min={0} max={limit} value={used} aria-label={`Slots in use: ${used} of ${limit}`} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

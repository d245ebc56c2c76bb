import type { WorkersLineFragment } from '../../api/generated/graphql.ts';
import { useRowKeys } from '../../shell/row-keys.ts';
import { SearchField } from '../../shell/search-field.tsx';
import { WithPanel } from '../../shell/side-panel.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { useWorkers } from './use-workers.ts';
import { WorkerPanel } from './worker-panel.tsx';
import { WorkerState } from './worker-state.tsx';
import styles from './workers.module.css';

interface Props {
  readonly search: string;
  readonly onSearch: (search: string) => void;
  /** ID of the worker that is open; empty for none. */
  readonly open: string;
  readonly onOpen: (id: string) => void;
}

/** Remote workers, followed as they change. */
export function WorkerList({ search, onSearch, open, onOpen }: Props) {
  const { data: workers, error, refresh } = useWorkers();
  useRowKeys();
  if (error?.code === 'CONFLICT') {
    return (
      <Empty title="This server has no remote workers">
        <p>
          All steps run in the server itself. For workers on other machines, set <code>NATS_URL</code> and restart it.
        </p>
      </Empty>
    );
  }
  if (error && !workers) return <ErrorNotice error={error} retry={refresh} />;
  if (!workers) return <Skeleton rows={6} label="Loading workers" />;
  if (workers.size === 0) {
    return (
      <Empty title="No workers yet">
        <p>
          Steps run in this server. <code>npx signalbox worker --pool NAME</code> starts a worker for the steps of a
          pool on another machine.
        </p>
      </Empty>
    );
  }
  const word = search.trim().toLowerCase();
  const shown = [...workers.values()].filter(({ id, pool, topics }) =>
    [id, pool, ...topics].some((name) => name.toLowerCase().includes(word)),
  );
  const selected = workers.get(open);
  return (
    <>
      {error && <ErrorNotice error={error} retry={refresh} />}
      <div className={styles.filters}>
        <SearchField label="Worker, pool or topic" value={search} onChange={onSearch} />
      </div>
      <WithPanel
        panel={
          selected && (
            <WorkerPanel
              key={open}
              worker={selected}
              list={shown.map(({ id }) => id)}
              onOpen={onOpen}
              onClose={() => onOpen('')}
            />
          )
        }
      >
        {shown.length === 0 ? (
          <Empty title="No workers match">
            <p>Search for a part of an ID, a pool or a topic.</p>
          </Empty>
        ) : (
          <Table
            label="Workers"
            columns={['Worker', 'State', 'Pool', 'Jobs', 'CPU', 'Memory', 'Progress', 'Heartbeat']}
          >
            {shown.map((worker) => (
              <WorkerLine key={worker.id} worker={worker} isOpen={worker.id === open} onOpen={onOpen} />
            ))}
          </Table>
        )}
      </WithPanel>
    </>
  );
}

interface LineProps {
  readonly worker: WorkersLineFragment;
  readonly isOpen: boolean;
  readonly onOpen: (id: string) => void;
}

function WorkerLine({ worker, isOpen, onOpen }: LineProps) {
  const { id, pool, activeJobs, maxParallelJobs, cpuLoad, memoryLoad, progress, lastHeartbeatAt } = worker;
  return (
    <tr data-row={id} data-selected={isOpen}>
      <td>
        <button type="button" className={styles.open} aria-current={isOpen || undefined} onClick={() => onOpen(id)}>
          {id}
        </button>
      </td>
      <td>
        <WorkerState worker={worker} />
      </td>
      <td>{pool}</td>
      <td>
        {activeJobs}
        {maxParallelJobs !== null && ` of ${maxParallelJobs}`}
      </td>
      <td>{Math.round(cpuLoad)} %</td>
      <td>{Math.round(memoryLoad)} %</td>
      <td>{progress && `${progress.percent} % ${progress.memo}`}</td>
      <td>{lastHeartbeatAt ? <Time at={lastHeartbeatAt} /> : 'None'}</td>
    </tr>
  );
}

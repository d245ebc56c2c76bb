import { useState } from 'react';
import { unwrap } from '../../../../sdk/src/index.ts';
import { WorkersDrainDocument, type WorkersLineFragment } from '../../api/generated/graphql.ts';
import { useSend } from '../../api/query.ts';
import { JsonTree } from '../../parts/payload/json-tree.tsx';
import { Neighbors } from '../../shell/neighbors.tsx';
import { SidePanel } from '../../shell/side-panel.tsx';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Time } from '../../ui/time.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { WorkerState } from './worker-state.tsx';
import styles from './workers.module.css';

interface Props {
  readonly worker: WorkersLineFragment;
  /** IDs of the workers of the list. */
  readonly list: readonly string[];
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
}

/** One worker: what it says about itself, and whether it gets jobs. */
export function WorkerPanel({ worker, list, onOpen, onClose }: Props) {
  const [asks, setAsks] = useState<'drain' | 'revoke'>();
  const { id, pool, region, type, capabilities, topics, labels, sdkVersion, gpuLoad, progress, drained, revoked } =
    worker;
  const whyNot = revoked ? 'Its key is revoked.' : undefined;
  const facts: readonly (readonly [string, string | null])[] = [
    ['Pool', pool],
    ['Region', region],
    ['Type', type],
    ['Topics', topics.join(', ')],
    ['Capabilities', capabilities.join(', ')],
    ['SDK', sdkVersion],
    ['GPU', gpuLoad > 0 ? `${Math.round(gpuLoad)} %` : ''],
  ];
  return (
    <SidePanel
      title={id}
      actions={<Neighbors of="worker" list={list} current={id} onOpen={onOpen} />}
      onClose={onClose}
    >
      <div className={styles.actions}>
        <WorkerState worker={worker} />
        <Button may="worker:drain" on={`worker:${id}`} whyNot={whyNot} onClick={() => setAsks('drain')}>
          {drained ? 'Give it jobs again' : 'Drain'}
        </Button>
        <Button look="danger" may="worker:revoke" on={`worker:${id}`} whyNot={whyNot} onClick={() => setAsks('revoke')}>
          Revoke key
        </Button>
      </div>
      <dl className={styles.facts}>
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
        {progress && (
          <div>
            <dt>Progress</dt>
            <dd>
              {progress.percent} % <bdi>{progress.memo}</bdi> (<Time at={progress.at} />)
            </dd>
          </div>
        )}
      </dl>
      {Object.keys(labels as object).length > 0 && (
        <section aria-label="Labels">
          <h3>Labels</h3>
          <JsonTree value={labels} />
        </section>
      )}
      {asks === 'drain' && <DrainDialog id={id} drained={!drained} onClose={() => setAsks(undefined)} />}
      {asks === 'revoke' && <RevokeDialog id={id} onClose={() => setAsks(undefined)} />}
    </SidePanel>
  );
}

interface DrainProps {
  readonly id: string;
  /** What it will be. */
  readonly drained: boolean;
  readonly onClose: () => void;
}

function DrainDialog({ id, drained, onClose }: DrainProps) {
  const { mutate, error, isPending } = useSend(WorkersDrainDocument, (result) => unwrap(result.drainWorker), [
    'WorkersRestrictions',
  ]);
  const change = () =>
    mutate(
      { id, drained },
      {
        onSuccess: () => {
          toast(drained ? `${id} gets no new jobs.` : `${id} gets jobs again.`, 'good');
          onClose();
        },
      },
    );
  return (
    <Dialog
      title={drained ? `Drain ${id}?` : `Give ${id} jobs again?`}
      onClose={onClose}
      actions={
        <Button look="primary" busy={isPending} onClick={change}>
          {drained ? 'Drain' : 'Give it jobs'}
        </Button>
      }
    >
      <p>
        {drained
          ? 'The worker finishes its jobs. Other workers get the new ones.'
          : 'The worker gets the next job that fits it.'}
      </p>
      {error && <ErrorNotice error={error} />}
    </Dialog>
  );
}

import { useState } from 'react';
import { Link } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import {
  type WorkersLetterFragment,
  WorkersLettersDocument,
  WorkersReplayDocument,
} from '../../api/generated/graphql.ts';
import { useReadPages, useSend } from '../../api/query.ts';
import { useRowKeys } from '../../shell/row-keys.ts';
import { runStarted } from '../../shell/started-runs.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './workers.module.css';

/** As the protocol names them. */
const REASONS = ['safety_denied', 'max_retries_exceeded', 'timeout'];

interface Props {
  /** Only for this reason; empty for all. */
  readonly reason: string;
  readonly onReason: (reason: string) => void;
}

/** Jobs that go no further, why, and sending them again. */
export function DeadLetters({ reason, onReason }: Props) {
  const [asked, setAsked] = useState<WorkersLetterFragment>();
  const { nodes, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReadPages(
    WorkersLettersDocument,
    { ...(reason !== '' && { reason }) },
    ({ deadLetters }) => deadLetters,
  );
  useRowKeys();
  const reasons = [...new Set([...REASONS, ...(nodes ?? []).map((one) => one.reason), ...(reason ? [reason] : [])])];
  return (
    <div className={styles.letters}>
      <div className={styles.filters}>
        <SelectField label="Reason" value={reason} onChange={({ target }) => onReason(target.value)}>
          <option value="">All reasons</option>
          {reasons.map((one) => (
            <option key={one} value={one}>
              {one.replaceAll('_', ' ')}
            </option>
          ))}
        </SelectField>
      </div>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!nodes && !error && <Skeleton rows={6} label="Loading dead letters" />}
      {nodes?.length === 0 && (
        <Empty title={reason === '' ? 'No dead letters' : 'No dead letters with this reason'}>
          <p>Jobs that are refused, or whose workers give no result, are listed here for 30 days.</p>
        </Empty>
      )}
      {nodes && nodes.length > 0 && (
        <Table label="Dead letters" columns={['Job', 'Topic', 'Reason', 'From', 'When', 'Run', '-Actions']}>
          {nodes.map((letter) => (
            <Letter key={letter.id} letter={letter} onReplay={() => setAsked(letter)} />
          ))}
        </Table>
      )}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
      {asked && <ReplayDialog letter={asked} onClose={() => setAsked(undefined)} />}
    </div>
  );
}

function Letter({ letter, onReplay }: { readonly letter: WorkersLetterFragment; readonly onReplay: () => void }) {
  const { at, jobId, topic, reason, message, sender, request, run } = letter;
  return (
    <tr data-row={jobId}>
      <td>
        <code>{jobId}</code>
      </td>
      <td>{topic}</td>
      <td className={styles.reason}>
        {reason.replaceAll('_', ' ')}
        <small>{message}</small>
      </td>
      <td>{sender}</td>
      <td>
        <Time at={at} />
      </td>
      <td>{run && <Link href={`/runs/${run.id}`}>Open</Link>}</td>
      <td>
        <Button
          may="mutation:replayDeadLetter"
          whyNot={
            request === null ? 'Another scheduler reported the job, so that its request is not known.' : undefined
          }
          onClick={onReplay}
        >
          Send again <span className="visually-hidden">{jobId}</span>
        </Button>
      </td>
    </tr>
  );
}

function ReplayDialog({ letter, onClose }: { readonly letter: WorkersLetterFragment; readonly onClose: () => void }) {
  const { mutate, error, isPending } = useSend(WorkersReplayDocument, (result) => unwrap(result.replayDeadLetter), [
    'WorkersLetters',
  ]);
  const replay = () =>
    mutate(
      { id: letter.id },
      {
        onSuccess: ({ id }) => {
          runStarted(id, letter.jobId);
          onClose();
        },
      },
    );
  return (
    <Dialog
      title={`Send ${letter.jobId} again?`}
      onClose={onClose}
      actions={
        <Button look="primary" busy={isPending} onClick={replay}>
          Send again
        </Button>
      }
    >
      <p>
        A new run sends the job to {letter.topic}, as you. What the job did before it was given up may happen twice.
      </p>
      {error && <ErrorNotice error={error} />}
    </Dialog>
  );
}

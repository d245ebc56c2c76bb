import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { isFinalRunState } from '../../../../sdk/src/live/index.ts';
import type { RunRow } from '../../../../sdk/src/react/index.ts';
import { client } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './runs.module.css';
import { useBulk } from './use-bulk.ts';

interface Props {
  readonly runs: readonly RunRow[];
  readonly onClear: () => void;
}

const isRetryable = ({ state }: RunRow) => isFinalRunState(state) && state !== 'SUCCEEDED';

const ACTIONS = {
  cancel: {
    verb: 'Cancel',
    done: 'cancelled',
    explanation: 'Steps that run are stopped. What they have done outside stays, and no compensation runs.',
    send: (id: string) => client.runs.cancel(id),
  },
  retry: {
    verb: 'Retry',
    done: 'retried',
    explanation: 'Each repeats its failed step and what depends on it.',
    send: (id: string) => client.runs.retry(id),
  },
} as const;

/** What can be done with the selected runs. */
export function SelectedRuns({ runs, onClear }: Props) {
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState<{ readonly kind: keyof typeof ACTIONS; readonly runs: readonly RunRow[] }>();
  const active = runs.filter(({ state }) => !isFinalRunState(state));
  const failed = runs.filter(isRetryable);
  const [a, b] = runs;
  return (
    <section className={styles.selection} aria-label="Selected runs">
      <b>{runs.length} selected</b>
      {active.length > 0 && (
        <Button look="danger" may="mutation:cancelRun" onClick={() => setAsked({ kind: 'cancel', runs: active })}>
          Cancel {active.length}
        </Button>
      )}
      {failed.length > 0 && (
        <Button may="mutation:retryStep" onClick={() => setAsked({ kind: 'retry', runs: failed })}>
          Retry {failed.length} failed
        </Button>
      )}
      <Button
        whyNot={runs.length === 2 ? undefined : 'Select two runs to compare them.'}
        onClick={() => a && b && navigate(`/compare/${b.id}/${a.id}`)}
      >
        Compare
      </Button>
      <Button look="quiet" onClick={onClear} title="Escape">
        Clear
      </Button>
      {asked && (
        <BulkDialog
          {...asked}
          onClose={() => setAsked(undefined)}
          onDone={() => {
            setAsked(undefined);
            onClear();
          }}
        />
      )}
    </section>
  );
}

interface BulkProps {
  readonly kind: keyof typeof ACTIONS;
  readonly runs: readonly RunRow[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks, shows how far it is, and lists what failed. */
function BulkDialog({ kind, runs, onClose, onDone }: BulkProps) {
  const { verb, done, explanation, send } = ACTIONS[kind];
  const { start, state } = useBulk(
    runs.map(({ id }) => id),
    send,
  );
  const many = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  const isOver = state !== undefined && state.done + state.failures.length === runs.length;
  return (
    <Dialog
      title={`${verb} ${many}?`}
      onClose={isOver ? onDone : onClose}
      actions={
        isOver ? undefined : (
          <Button look={kind === 'cancel' ? 'danger' : 'primary'} busy={state !== undefined} onClick={start}>
            {verb} {many}
          </Button>
        )
      }
    >
      {!state && <p>{explanation}</p>}
      {state && (
        <>
          <progress value={state.done + state.failures.length} max={runs.length} aria-label="Progress" />
          <p role="status">
            {state.done} of {runs.length} {done}
            {state.failures.length > 0 && `, ${state.failures.length} failed`}
          </p>
        </>
      )}
      {state && state.failures.length > 0 && (
        <ul className={styles.failures}>
          {state.failures.map(({ id, message }) => (
            <li key={id}>
              <Link href={`/runs/${id}`}>{id}</Link>: {message}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

import { RotateCw, Square } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import { isFinalRunState, type RunModel } from '../../../../sdk/src/live/index.ts';
import { CancelOneRunDocument, RunFactsDocument } from '../../api/generated/graphql.ts';
import { useRead, useSend } from '../../api/query.ts';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { playPathOf } from '../playground/former-run.ts';
import { titleOf } from './run-model.ts';

/** What can be done with the whole run: cancel it, or run it again. */
export function RunActions({ run, onChanged }: { readonly run: RunModel; readonly onChanged: () => void }) {
  const [, navigate] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const { data } = useRead(RunFactsDocument, { id: run.id });
  const [only] = run.steps.values();
  const isSaved = data?.run?.workflowVersion != null;
  return (
    <>
      {!isFinalRunState(run.state) && (
        <Button look="danger" may="mutation:cancelRun" onClick={() => setOpen(true)}>
          <Square size={13} aria-hidden="true" /> Cancel
        </Button>
      )}
      <Button onClick={() => navigate(playPathOf({ ...run, isSaved, does: only?.does }))}>
        <RotateCw size={13} aria-hidden="true" /> Run again
      </Button>
      {isOpen && <CancelDialog run={run} onClose={() => setOpen(false)} onChanged={onChanged} />}
    </>
  );
}

interface CancelProps {
  readonly run: RunModel;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

function CancelDialog({ run, onClose, onChanged }: CancelProps) {
  const [reason, setReason] = useState('');
  const { mutate, error, isPending } = useSend(CancelOneRunDocument, (result) => unwrap(result.cancelRun));
  const cancel = () =>
    mutate(
      { input: { runId: run.id, ...(reason !== '' && { reason }) } },
      {
        onSuccess: () => {
          toast(<Link href={`/runs/${run.id}`}>{titleOf(run)} is being cancelled</Link>);
          onClose();
          onChanged();
        },
      },
    );
  return (
    <Dialog
      title={`Cancel ${titleOf(run)}?`}
      onClose={onClose}
      actions={
        <Button look="danger" busy={isPending} onClick={cancel}>
          Cancel the run
        </Button>
      }
    >
      <p>Steps that run are stopped. What they have done outside stays, and no compensation runs.</p>
      <TextField label="Reason (optional)" value={reason} onChange={({ target }) => setReason(target.value)} />
      {error && <ErrorNotice error={error} />}
    </Dialog>
  );
}

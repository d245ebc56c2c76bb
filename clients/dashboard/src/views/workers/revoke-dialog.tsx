import { Link } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import { WorkersRevokeDocument } from '../../api/generated/graphql.ts';
import { useSend } from '../../api/query.ts';
import { toast } from '../../shell/toasts.tsx';
import { Confirm } from '../../ui/confirm.tsx';

/** Asks before the key of a worker is revoked for good. */
export function RevokeDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const revoke = useSend(WorkersRevokeDocument, (result) => unwrap(result.revokeWorkerKey), ['WorkersRestrictions']);
  const onSuccess = () => {
    toast(<Link href="/workers?show=restrictions">The key of {id} is revoked</Link>, 'good');
    onClose();
  };
  return (
    <Confirm
      title={`Revoke the key of ${id}?`}
      action="Revoke"
      text="All its packets are refused within a second, and its jobs are sent to other workers. This cannot be undone: the worker is accepted again only with another key."
      sending={revoke}
      onConfirm={() => revoke.mutate({ id }, { onSuccess })}
      onClose={onClose}
    />
  );
}

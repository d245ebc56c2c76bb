import { useLocation } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import { DeleteSavedWorkflowDocument } from '../../api/generated/graphql.ts';
import { useSend } from '../../api/query.ts';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';

/** Asks before a workflow is deleted, and says what that means. */
export function DeleteDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const [, navigate] = useLocation();
  const { mutate, error, isPending } = useSend(DeleteSavedWorkflowDocument, (result) => unwrap(result.deleteWorkflow), [
    'WorkflowList',
    'Palette',
    'PlayCatalog',
  ]);
  const remove = () =>
    mutate(
      { input: { name } },
      {
        onSuccess: () => {
          toast(`${name} was deleted. Its runs are kept.`);
          navigate('/workflows');
        },
      },
    );
  return (
    <Dialog
      title={`Delete ${name}?`}
      onClose={onClose}
      actions={
        <Button look="danger" busy={isPending} onClick={remove}>
          Delete
        </Button>
      }
    >
      <p>Its versions, its schedule and its webhook are removed. Its runs are kept, and those that run continue.</p>
      {error && <ErrorNotice error={error} />}
    </Dialog>
  );
}

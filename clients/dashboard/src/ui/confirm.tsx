import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorNotice } from './notice.tsx';

interface Props {
  readonly title: string;
  /** What the button says. */
  readonly action: string;
  /** What will happen. */
  readonly text: string;
  readonly sending: { readonly isPending: boolean; readonly error: Error | null };
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, action, text, sending, onConfirm, onClose }: Props) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <Button look="danger" busy={sending.isPending} onClick={onConfirm}>
          {action}
        </Button>
      }
    >
      <p>{text}</p>
      {sending.error && <ErrorNotice error={sending.error} />}
    </Dialog>
  );
}

import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './button.tsx';
import styles from './dialog.module.css';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  /** The decision that the dialog asks for; it is under the content, next to "Cancel". */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A modal dialog. It is open while it is rendered; Escape, a click outside it and "Cancel" ask to close it. */
export function Dialog({ title, onClose, actions, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it is in the page, a dialog gives the focus back to what opened it.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // Its first button has the focus now, which may be at its end.
    dialog?.scrollTo(0, 0);
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same
    <dialog
      ref={ref}
      className={styles.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className={styles.content}>
        <h2 id={id}>{title}</h2>
        {children}
        <div className={styles.actions}>
          <Button look="quiet" onClick={onClose}>
            {actions ? 'Cancel' : 'Close'}
          </Button>
          {actions}
        </div>
      </div>
    </dialog>
  );
}

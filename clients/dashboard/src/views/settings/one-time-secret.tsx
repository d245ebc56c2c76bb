import { Copy } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './settings.module.css';

interface Props {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
}

/** A secret that the server does not keep as text, to be copied now. */
export function OneTimeSecret({ title, secret, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>Copy it now. It is not shown again.</p>
      <p className={styles.secret}>
        <code>{secret}</code> <Copy text={secret} label="Copy the secret" />
      </p>
    </Dialog>
  );
}

import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from '../ui/button.tsx';
import { useKeys } from './keys.ts';
import styles from './side-panel.module.css';

/** A list, and next to it what is open of it. On a narrow screen the panel is instead of the list. */
export function WithPanel({ panel, children }: { readonly panel: ReactNode; readonly children: ReactNode }) {
  return (
    <div className={styles.columns} data-open={panel ? true : undefined}>
      <div className={styles.list}>{children}</div>
      {panel}
    </div>
  );
}

interface Props {
  readonly title: ReactNode;
  /** Next to the title. */
  readonly actions?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** One thing of a list. It takes the focus when it opens, and gives it back; Escape closes it. Its key is what it shows. */
export function SidePanel({ title, actions, onClose, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useKeys({ Escape: onClose });
  useEffect(() => {
    const opener = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement && document.activeElement === document.body) opener.focus();
    };
  }, []);
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <div className={styles.actions}>
          {actions}
          <Button look="quiet" onClick={onClose} title="Close (Escape)">
            <X size={16} aria-hidden="true" /> <span className="visually-hidden">Close</span>
          </Button>
        </div>
      </header>
      {children}
    </section>
  );
}

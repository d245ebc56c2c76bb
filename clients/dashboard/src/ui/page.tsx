import { type ReactNode, useEffect } from 'react';
import styles from './page.module.css';

interface Props {
  /** Also of the tab of the browser. */
  readonly title: string;
  /** Next to the title. */
  readonly actions?: ReactNode;
  /** Under the title. */
  readonly lead?: ReactNode;
  readonly children: ReactNode;
  /** Without margins, for what fills the window. */
  readonly full?: boolean;
}

/** The frame of a view: its heading, its actions, its content. */
export function Page({ title, actions, lead, children, full = false }: Props) {
  useEffect(() => {
    document.title = `${title} · Signalbox`;
  }, [title]);
  return (
    <div className={styles.page} data-full={full || undefined}>
      <header className={styles.header}>
        <h1>{title}</h1>
        {actions && <div className={styles.actions}>{actions}</div>}
        {lead && <div className={styles.lead}>{lead}</div>}
      </header>
      {children}
    </div>
  );
}

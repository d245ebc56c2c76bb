import { type ReactNode, useEffect } from 'react';
import { GraphqlLink, type PageQuery } from './graphql-link.tsx';
import styles from './page.module.css';

interface Props {
  /** Also of the tab of the browser. */
  readonly title: string;
  /** Next to the title. */
  readonly actions?: ReactNode;
  /** Under the title. */
  readonly lead?: ReactNode;
  /** What the page reads; it leads to that in GraphiQL. */
  readonly query?: PageQuery | undefined;
  readonly children: ReactNode;
}

/** The frame of a view: its heading, its actions, its content. */
export function Page({ title, actions, lead, query, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Signalbox`;
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{title}</h1>
        <div className={styles.actions}>
          {query && <GraphqlLink {...query} />}
          {actions}
        </div>
        {lead && <div className={styles.lead}>{lead}</div>}
      </header>
      {children}
    </div>
  );
}

import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useRowKeys } from '../../shell/row-keys.ts';
import type { PageQuery } from '../../ui/graphql-link.tsx';
import { Page } from '../../ui/page.tsx';
import styles from './policy.module.css';

const PARTS = [
  ['/policy', 'Rules'],
  ['/policy/explain', 'Who may'],
  ['/policy/simulate', 'Simulate'],
] as const;

interface Props {
  readonly title: string;
  readonly query: PageQuery;
  readonly children: ReactNode;
}

/** The frame of the three views of the policy. */
export function PolicyPage({ title, query, children }: Props) {
  const [path] = useLocation();
  useRowKeys();
  return (
    <Page
      title={title}
      query={query}
      lead={
        <nav aria-label="Policy" className={styles.parts}>
          {PARTS.map(([to, label]) => (
            <Link key={to} href={to} aria-current={path === to ? 'page' : undefined}>
              {label}
            </Link>
          ))}
        </nav>
      }
    >
      {children}
    </Page>
  );
}

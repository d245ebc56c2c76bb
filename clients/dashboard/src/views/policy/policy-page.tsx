import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { Page } from '../../ui/page.tsx';
import styles from './policy.module.css';

const PARTS = [
  ['/policy', 'Rules'],
  ['/policy/explain', 'Who may'],
  ['/policy/simulate', 'Simulate'],
] as const;

/** The frame of the three views of the policy. */
export function PolicyPage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const [path] = useLocation();
  return (
    <Page
      title={title}
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

import type { ReactNode } from 'react';
import { useRowKeys } from '../../shell/row-keys.ts';
import type { PageQuery } from '../../ui/graphql-link.tsx';
import { Page } from '../../ui/page.tsx';
import { LinkTabs } from '../../ui/tabs.tsx';

const PARTS = [
  ['/policy', 'Rules'],
  ['/policy/explain', 'Who may'],
  ['/policy/simulate', 'Simulate'],
] as const;

interface Props {
  readonly query: PageQuery;
  readonly children: ReactNode;
}

/** The frame of the three views of the policy. */
export function PolicyPage({ query, children }: Props) {
  useRowKeys();
  return (
    <Page title="Policy" query={query}>
      <LinkTabs label="Policy" links={PARTS} />
      {children}
    </Page>
  );
}

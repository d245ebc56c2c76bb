import { type ReactNode, Suspense, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { type Announcement, useAnnouncements } from '../api/announcements.ts';
import { OpenApprovalsDocument } from '../api/generated/graphql.ts';
import { BASE_PATH } from '../api/page.ts';
import { queryClient, useRead, useRefresh } from '../api/query.ts';
import { session } from '../api/session.ts';
import { startedRuns } from '../api/started-runs.ts';
import { loaded } from '../ui/loaded.tsx';
import styles from './frame.module.css';
import { useKeys } from './keys.ts';
import { DESTINATIONS } from './navigation.ts';
import { NavigationBar } from './navigation-bar.tsx';
import { OfflineBar } from './offline-bar.tsx';
import { useRunEnds } from './started-runs.tsx';
import { Toasts, toast } from './toasts.tsx';

const Palette = loaded(() => import('./palette.tsx'), 'Palette');
const KeyHelp = loaded(() => import('./key-help.tsx'), 'KeyHelp');

/** What surrounds every view: navigation, the state of the connection, toasts, the palette. */
export function Frame({ username, children }: { readonly username: string; readonly children: ReactNode }) {
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<'palette' | 'keys'>();
  const approvals = useOpenApprovals();
  useRunEnds();
  useKeys({
    'ctrl+k': () => setOpen('palette'),
    '?': () => setOpen('keys'),
    ...Object.fromEntries(DESTINATIONS.map((one) => [`g ${one.key}`, () => navigate(one.path)])),
  });
  const signOut = async () => {
    try {
      await session.end();
    } finally {
      startedRuns.clear();
      queryClient.clear();
      window.location.assign(`${BASE_PATH}/`);
    }
  };
  return (
    <div className={styles.frame}>
      <a href="#content" className={styles.skip}>
        Skip to content
      </a>
      <NavigationBar
        username={username}
        approvals={approvals}
        onFind={() => setOpen('palette')}
        onSignOut={() => void signOut()}
      />
      <main id="content" className={styles.main} tabIndex={-1}>
        <OfflineBar />
        {children}
      </main>
      <Toasts />
      <Suspense>
        {open === 'palette' && <Palette onClose={() => setOpen(undefined)} />}
        {open === 'keys' && <KeyHelp onClose={() => setOpen(undefined)} />}
      </Suspense>
    </div>
  );
}

/** The number of approvals that you may decide, as text; undefined for none. Announcements keep it current. */
function useOpenApprovals(): string | undefined {
  const { data } = useRead(OpenApprovalsDocument, {}, { everyMs: 60_000 });
  const refresh = useRefresh();
  const announce = (event: Announcement) => {
    if (event.__typename === 'Notification') {
      toast(event.message, event.level === 'ERROR' ? 'bad' : 'plain');
      return;
    }
    void refresh('OpenApprovals', 'Approvals', 'Approval');
    if (event.__typename === 'ApprovalRequested' && event.approval?.mayDecide) {
      toast(<Link href={`/approvals/${event.approval.id}`}>Approval required: {event.approval.reason}</Link>);
    }
  };
  useAnnouncements(announce, ({ message }) =>
    toast(`Approvals and notifications are not announced here, because the server refuses it: ${message}`, 'bad'),
  );
  if (!data || data.approvals.nodes.length === 0) return undefined;
  return `${data.approvals.nodes.length}${data.approvals.pageInfo.hasNextPage ? '+' : ''}`;
}

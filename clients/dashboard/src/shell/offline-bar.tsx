import { useEffect, useState } from 'react';
import { useConnection } from '../api/connection.ts';
import { useSettings } from '../api/settings.ts';
import { clockText } from '../ui/time-text.ts';
import styles from './offline-bar.module.css';

/** While the connection is interrupted, or the session has ended: since when nothing new is known, and when the next attempt is. */
export function OfflineBar() {
  const state = useConnection();
  const { zone } = useSettings();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    // What only runs while somebody is connected stops its animation.
    document.documentElement.dataset.live = String(state.live);
    if (state.live) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [state.live]);
  if (state.live) return null;
  const { since, retryAt } = state;
  const asOf = `Everything is as of ${clockText(since, zone)}.`;
  if (retryAt === undefined) {
    return (
      <div className={styles.bar} role="alert">
        Your session has ended. {asOf}
      </div>
    );
  }
  const seconds = Math.ceil((retryAt - now) / 1000);
  return (
    <div className={styles.bar} role="alert">
      Not connected. {asOf}{' '}
      <span aria-hidden="true">{seconds > 0 ? `Next attempt in ${seconds}s.` : 'Connecting…'}</span>
    </div>
  );
}

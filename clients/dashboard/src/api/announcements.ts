import { useEffect, useEffectEvent } from 'react';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { client } from './client.ts';
import { connection } from './connection.ts';
import { AnnouncementsDocument, type AnnouncementsSubscription } from './generated/graphql.ts';
import { useHasExpired } from './session.ts';

export type Announcement = AnnouncementsSubscription['events']['events'][number];

/**
 * Calls back for each approval and notification from now on. This subscription is open while the session lasts: it is also how the page knows
 * that its connection is alive. `onRefused` is called once, when the server refuses it for good.
 */
export function useAnnouncements(
  onAnnouncement: (announcement: Announcement) => void,
  onRefused: (error: SignalboxError) => void,
): void {
  const announce = useEffectEvent(onAnnouncement);
  const refuse = useEffectEvent(onRefused);
  const hasExpired = useHasExpired();
  useEffect(() => {
    if (hasExpired) return;
    const leaving = new AbortController();
    const follow = async () => {
      // All subscriptions share one connection; what interrupts another one alone says nothing of it.
      const options = { signal: leaving.signal, onInterrupted: connection.interrupted };
      for await (const { events } of client.subscribe(AnnouncementsDocument, {}, options)) {
        connection.delivered();
        for (const event of events.events) announce(event);
      }
    };
    const keepFollowing = (): Promise<void> =>
      follow().catch((error: unknown) => {
        // After the end of a session, the next one has another subscription.
        if (leaving.signal.aborted || !(error instanceof SignalboxError)) return;
        if (error.code === 'CURSOR_EXPIRED') return keepFollowing();
        refuse(error);
      });
    void keepFollowing();
    return () => leaving.abort();
  }, [hasExpired]);
}

import { useEffect, useEffectEvent } from 'react';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { connection } from './connection.ts';
import { AnnouncementsDocument, type AnnouncementsSubscription } from './generated/graphql.ts';
import { liveClient } from './live-client.ts';

export type Announcement = AnnouncementsSubscription['events']['events'][number];

/**
 * Calls back for each approval and notification from now on. This subscription is always open: it is also how the page knows that its
 * connection is alive.
 */
export function useAnnouncements(onAnnouncement: (announcement: Announcement) => void): void {
  const announce = useEffectEvent(onAnnouncement);
  useEffect(() => {
    const leaving = new AbortController();
    const follow = async () => {
      for await (const { events } of liveClient.subscribe(AnnouncementsDocument, {}, { signal: leaving.signal })) {
        connection.delivered();
        for (const event of events.events) announce(event);
      }
    };
    const keepFollowing = async () => {
      while (!leaving.signal.aborted) {
        try {
          return await follow();
        } catch (error) {
          // After a new sign-in. What else it throws, every other request throws too: they show it.
          if (!(error instanceof SignalboxError && error.code === 'UNAVAILABLE')) return;
        }
      }
    };
    void keepFollowing();
    return () => leaving.abort();
  }, []);
}

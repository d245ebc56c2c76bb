import { useEffect, useEffectEvent } from 'react';
import { client } from './client.ts';
import { connection } from './connection.ts';
import { AnnouncementsDocument, type AnnouncementsSubscription } from './generated/graphql.ts';

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
      for await (const { events } of client.subscribe(AnnouncementsDocument, {}, { signal: leaving.signal })) {
        connection.delivered();
        for (const event of events.events) announce(event);
      }
    };
    // What it throws, every other request throws too: they show it.
    follow().catch(() => {});
    return () => leaving.abort();
  }, []);
}

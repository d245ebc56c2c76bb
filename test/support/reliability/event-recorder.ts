import { expect } from 'vitest';
import { createClient } from '../../../clients/sdk/src/index.ts';
import type { Server } from '../server.ts';
import { until } from '../until.ts';

interface RecordedEvent {
  readonly runId: string;
  readonly seq: number;
  readonly type: string;
  readonly step: string | null;
  readonly hash: string;
  /** Of StepStateChanged. */
  readonly attempt?: number;
  readonly to?: string;
}

/** A subscriber that follows the whole journal through the SDK, across interruptions, and records its events. */
export interface EventRecorder {
  readonly events: readonly RecordedEvent[];
  /** Number of interruptions so far. */
  readonly interruptions: number;
  /** Waits until it has as many events as the journal, and compares: every event once, in order. */
  expectComplete(server: Server, token: string): Promise<void>;
  stop(): void;
}

const EVENT = `runId seq type step hash ... on StepStateChanged { attempt to }`;
const WATCH = `subscription ($after: Cursor) { events(after: $after, batch: 500) { cursor events { ${EVENT} } } }`;
const PAGE = `query ($after: Cursor) { events(after: $after, first: 1000) { cursor caughtUp events { hash } } }`;

/** Resolves when it is subscribed: it must receive every event that is appended later. */
export async function startEventRecorder(url: string, token: string): Promise<EventRecorder> {
  let interruptions = 0;
  let failure: unknown;
  let subscribed = false;
  const events: RecordedEvent[] = [];
  const client = createClient({
    url,
    token,
    onInterrupted: () => {
      interruptions += 1;
    },
  });
  const stream = client.subscribe<{ events: { events: RecordedEvent[] } }, { after?: string }>(
    { toString: () => WATCH } as never,
    {},
  );
  const watching = (async () => {
    for await (const batch of stream) {
      subscribed = true;
      events.push(...batch.events.events);
    }
  })();
  watching.catch((error: unknown) => {
    failure = error;
  });
  const check = () => {
    if (failure !== undefined) throw failure;
  };
  await until('the recorder is subscribed', () => {
    check();
    return subscribed;
  });

  return {
    events,
    get interruptions() {
      return interruptions;
    },
    async expectComplete(server, token) {
      const all: string[] = [];
      for (let after: string | undefined; ; ) {
        const { data, errors } = await server.query(PAGE, { after }, token);
        expect(errors).toBeUndefined();
        all.push(...data.events.events.map(({ hash }: { hash: string }) => hash));
        after = data.events.cursor;
        if (data.events.caughtUp) break;
      }
      const seen = () => events.map(({ hash }) => hash);
      await until('the recorder has every event', () => {
        check();
        return events.length >= all.length;
      }).catch((error: Error) => {
        const missing = all.findIndex((hash, i) => events[i]?.hash !== hash);
        throw new Error(`${error.message}; it has ${events.length} of ${all.length}, and differs at ${missing}`);
      });
      expect(seen()).toEqual(all);
      for (const ofRun of Map.groupBy(events, ({ runId }) => runId).values()) {
        expect(ofRun.map(({ seq }) => seq)).toEqual(ofRun.map((_, i) => i + 1));
      }
    },
    stop() {
      client.close();
    },
  };
}

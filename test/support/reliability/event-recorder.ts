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
  /** Of a step's change. */
  readonly attempt?: number;
  readonly to?: string;
}

/** Somebody who follows the whole journal through the SDK, whatever becomes of the connection, and keeps what he saw. */
export interface EventRecorder {
  readonly events: readonly RecordedEvent[];
  /** How often he had to connect again. */
  readonly interruptions: number;
  /** Waits until he has seen as much as the journal holds, and compares: every event once, in order. */
  expectComplete(server: Server, token: string): Promise<void>;
  stop(): void;
}

const EVENT = `runId seq type step hash ... on StepStateChanged { attempt to }`;
const WATCH = `subscription ($after: Cursor) { events(after: $after, batch: 500) { cursor events { ${EVENT} } } }`;
const PAGE = `query ($after: Cursor) { events(after: $after, first: 1000) { cursor caughtUp events { hash } } }`;

/** Resolves when he watches: what is appended from then on he must see. */
export async function startEventRecorder(url: string, token: string): Promise<EventRecorder> {
  let interruptions = 0;
  let failure: unknown;
  let watches = false;
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
      watches = true;
      events.push(...batch.events.events);
    }
  })();
  watching.catch((error: unknown) => {
    failure = error;
  });
  const check = () => {
    if (failure !== undefined) throw failure;
  };
  await until('the witness watches', () => {
    check();
    return watches;
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
      await until('the witness has seen everything', () => {
        check();
        return events.length >= all.length;
      }).catch((error: Error) => {
        const missing = all.findIndex((hash, i) => events[i]?.hash !== hash);
        throw new Error(`${error.message}: he has ${events.length} of ${all.length}, and goes wrong at ${missing}`);
      });
      expect(seen()).toEqual(all);
      for (const of of Map.groupBy(events, ({ runId }) => runId).values()) {
        expect(of.map(({ seq }) => seq)).toEqual(of.map((_, i) => i + 1));
      }
    },
    stop() {
      client.close();
    },
  };
}

import {
  LiveLogDocument,
  LiveLogLinesDocument,
  type LiveLogPartsFragment,
  type LogLevel,
} from '../generated/graphql.ts';
import { SignalboxError } from '../transport/signalbox-error.ts';
import type { Live, LiveClient, Session } from './live-store.ts';
import { useLive } from './use-live.ts';

/** Lines that are kept when others follow. */
const MAX_LINES = 100_000;

export type LogRow = Extract<LiveLogPartsFragment['events'][number], { readonly text: string }>;

export interface RunLog {
  /**
   * Oldest first: the last 500 of those that were there, older ones that were loaded, and those that followed. When there are more than
   * 100,000, the oldest are dropped; `loadOlder` loads them again. The list is changed in place, so that a long log costs no more than a
   * short one: use `version` to see whether it has changed.
   */
  readonly lines: readonly LogRow[];
  /** Greater after each change of `lines`. */
  readonly version: number;
  readonly hasOlder: boolean;
  /** Adds up to 500 older lines, unless they are being read. */
  readonly loadOlder: () => void;
}

export interface RunLogOptions {
  readonly runId: string;
  /** Key of the step. */
  readonly step: string;
  /** Lines of at least this level. */
  readonly level?: LogLevel | undefined;
}

/** The log of a step, from its end. */
export function useRunLog(client: LiveClient, options: RunLogOptions): Live<RunLog> {
  return useLive<RunLog>(client, ['log', options], (session) => followLog(session, options));
}

function followLog({ client, signal, persist, show }: Session<RunLog>, options: RunLogOptions) {
  const lines: LogRow[] = [];
  let version = 0;
  /** Where older lines end; undefined while they are being read, null at the first. */
  let begin: string | null | undefined;

  function publish() {
    version += 1;
    show({ lines, version, hasOlder: !!begin, loadOlder });
  }

  async function read(before?: string) {
    const { run } = await client.request(LiveLogDocument, { ...options, before }, { signal });
    const logs = run?.step?.logs;
    if (!logs) throw new SignalboxError('NOT_FOUND', `There is no step ${options.step}.`);
    return logs;
  }

  function loadOlder() {
    if (!begin) return;
    const [first] = lines;
    const before = begin;
    begin = undefined;
    persist(async () => {
      const older = await read(before);
      // Meanwhile the log may have been read again, or lines dropped.
      if (lines[0] !== first) return;
      begin = older.startCursor;
      lines.unshift(...rowsOf(older));
      publish();
    });
  }

  persist(async ({ onInterrupted, onCurrent }) => {
    const last = await read();
    lines.splice(0, lines.length, ...rowsOf(last));
    begin = last.startCursor;
    publish();
    const following = { ...options, after: last.cursor };
    for await (const { events } of client.subscribe(LiveLogLinesDocument, following, { signal, onInterrupted })) {
      onCurrent();
      lines.push(...rowsOf(events));
      // The oldest are dropped.
      if (lines.splice(0, lines.length - MAX_LINES).length) begin = lines[0]?.cursor;
      publish();
    }
  });
}

/** The lines of a batch of a log, in which nothing else can be. */
function rowsOf({ events }: LiveLogPartsFragment): readonly LogRow[] {
  return events as readonly LogRow[];
}

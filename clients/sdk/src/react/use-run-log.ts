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
/** Lines that are read at a time on the way to a line. It is the most that the server sends. */
const MAX_PAGE_LINES = 1_000;

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
  /** Adds up to 500 older lines, unless older lines are being read. */
  readonly loadOlder: () => void;
  /** Adds all lines from this `seq` on, unless older lines are being read. */
  readonly loadFrom: (seq: number) => void;
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
  /** Where older lines end; undefined at the first. */
  let begin: string | null | undefined;
  let isLoading = false;

  function publish() {
    version += 1;
    show({ lines, version, hasOlder: begin != null, loadOlder, loadFrom: load });
  }

  async function read(before?: string | null, last?: number) {
    const { run } = await client.request(LiveLogDocument, { ...options, before, last }, { signal });
    const logs = run?.step?.logs;
    if (!logs) {
      const message = `There is no run ${options.runId} with a step ${options.step}, or you may not see it.`;
      throw new SignalboxError('NOT_FOUND', message);
    }
    return { ...logs, rows: rowsOf(logs) };
  }

  /** Adds a page of older lines; with `seq`, pages up to that line. */
  function load(seq?: number) {
    if (isLoading || !begin) return;
    isLoading = true;
    persist(async () => {
      do {
        const before = begin;
        const older = await read(before, seq && MAX_PAGE_LINES);
        // Meanwhile the log may have been read again, or lines dropped.
        if (begin !== before) continue;
        begin = older.startCursor;
        lines.unshift(...older.rows);
        publish();
      } while (seq && begin && !(lines[0] && lines[0].seq <= seq));
    }).then(() => {
      isLoading = false;
    });
  }

  const loadOlder = () => load();

  persist(async ({ onInterrupted, onCurrent }) => {
    const last = await read();
    lines.splice(0, lines.length, ...last.rows);
    begin = last.startCursor;
    publish();
    const following = { ...options, after: last.cursor };
    for await (const { events } of client.subscribe(LiveLogLinesDocument, following, { signal, onInterrupted })) {
      onCurrent();
      if (events.events.length === 0) continue;
      lines.push(...rowsOf(events));
      if (lines.length > MAX_LINES) {
        lines.splice(0, lines.length - MAX_LINES);
        begin = lines[0]?.cursor;
      }
      publish();
    }
  });
}

function rowsOf({ events }: LiveLogPartsFragment): LogRow[] {
  return events.filter((event): event is LogRow => 'text' in event);
}

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
   * 100,000, the oldest are dropped; `loadOlder` loads them again.
   */
  readonly lines: readonly LogRow[];
  readonly hasOlder: boolean;
  /** Adds up to 500 older lines, unless they are being read. */
  readonly loadOlder: () => void;
}

export interface RunLogOptions {
  readonly runId: string;
  /** Key of the step. */
  readonly step: string;
  /** Lines of at least this level. */
  readonly level?: LogLevel;
}

/** The log of a step, from its end. */
export function useRunLog(client: LiveClient, options: RunLogOptions): Live<RunLog> {
  return useLive<RunLog>(client, ['log', options], (session) => followLog(session, options));
}

function followLog({ client, signal, persist, show }: Session<RunLog>, options: RunLogOptions) {
  let lines: readonly LogRow[] = [];
  /** Where older lines end; undefined at the first. */
  let begin: string | null | undefined;
  let isLoading = false;

  const publish = () => show({ lines, hasOlder: begin != null, loadOlder });

  async function read(before?: string) {
    const { run } = await client.request(LiveLogDocument, { ...options, before }, { signal });
    const logs = run?.step?.logs;
    if (!logs) {
      const message = `There is no run ${options.runId} with a step ${options.step}, or you may not see it.`;
      throw new SignalboxError('NOT_FOUND', message);
    }
    return { ...logs, lines: rowsOf(logs) };
  }

  function loadOlder() {
    const before = begin;
    if (before == null || isLoading) return;
    isLoading = true;
    persist(async () => {
      const older = await read(before);
      isLoading = false;
      // Meanwhile the log may have been read again, or lines dropped.
      if (begin !== before) return;
      begin = older.startCursor;
      lines = [...older.lines, ...lines];
      publish();
    });
  }

  persist(async ({ onInterrupted, onCurrent }) => {
    const last = await read();
    ({ lines } = last);
    begin = last.startCursor;
    publish();
    const following = { ...options, after: last.cursor };
    for await (const { events } of client.subscribe(LiveLogLinesDocument, following, { signal, onInterrupted })) {
      onCurrent();
      if (events.events.length === 0) continue;
      lines = [...lines, ...rowsOf(events)];
      if (lines.length > MAX_LINES) {
        lines = lines.slice(-MAX_LINES);
        begin = lines[0]?.cursor;
      }
      publish();
    }
  });
}

function rowsOf({ events }: LiveLogPartsFragment): LogRow[] {
  return events.filter((event): event is LogRow => 'text' in event);
}

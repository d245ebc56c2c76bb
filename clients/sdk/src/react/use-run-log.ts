import {
  LiveLogDocument,
  LiveLogLinesDocument,
  type LiveLogPartsFragment,
  type LogLevel,
} from '../generated/graphql.ts';
import { SignalboxError } from '../transport/signalbox-error.ts';
import type { Live, LiveClient, Session } from './live-store.ts';
import { useLive } from './use-live.ts';

/** Lines that are read at a time. */
const PAGE_LINES = 500;

export type LogRow = Extract<LiveLogPartsFragment['events'][number], { readonly text: string }>;

export interface RunLog {
  /** Oldest first: the last 500 of those that were there, older ones that were loaded, and those that followed. */
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
export function useRunLog(client: LiveClient, { runId, step, level }: RunLogOptions): Live<RunLog> {
  return useLive<RunLog>(client, ['log', runId, step, level], (session) => followLog(session, { runId, step, level }));
}

interface LogVariables {
  readonly runId: string;
  readonly step: string;
  readonly level: LogLevel | undefined;
}

function followLog({ client, signal, persist, show }: Session<RunLog>, variables: LogVariables) {
  let lines: readonly LogRow[] = [];
  /** Where older lines end; undefined while they are being read, and at the first. */
  let begin: string | undefined;

  const publish = () => show({ lines, hasOlder: begin !== undefined, loadOlder });

  async function read(before?: string) {
    const { run } = await client.request(LiveLogDocument, { ...variables, last: PAGE_LINES, before }, { signal });
    const logs = run?.step?.logs;
    if (!logs) {
      const message = `There is no step ${variables.step} in run ${variables.runId}, or you may not see it.`;
      throw new SignalboxError('NOT_FOUND', message);
    }
    return { ...logs, lines: rowsOf(logs) };
  }

  function loadOlder() {
    if (begin === undefined) return;
    const before = begin;
    begin = undefined;
    persist(async () => {
      const older = await read(before);
      begin = older.startCursor ?? undefined;
      lines = [...older.lines, ...lines];
      publish();
    });
  }

  persist(async ({ onInterrupted, onCurrent }) => {
    const last = await read();
    ({ lines } = last);
    begin = last.startCursor ?? undefined;
    publish();
    const following = { ...variables, after: last.cursor, batch: PAGE_LINES };
    for await (const { events } of client.subscribe(LiveLogLinesDocument, following, { signal, onInterrupted })) {
      onCurrent();
      if (events.events.length === 0) continue;
      lines = [...lines, ...rowsOf(events)];
      publish();
    }
  });
}

function rowsOf({ events }: LiveLogPartsFragment): LogRow[] {
  return events.filter((event): event is LogRow => 'text' in event);
}

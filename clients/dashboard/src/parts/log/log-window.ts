import { SignalboxError } from '../../../../sdk/src/index.ts';
import type { Session, Status } from '../../../../sdk/src/react/live-store.ts';
import {
  LogAroundDocument,
  LogFollowDocument,
  type LogLevel,
  type LogLinesFragment,
  LogPageDocument,
  type LogPageQueryVariables,
} from '../../api/generated/graphql.ts';
import { indexOfSeq } from './seq-index.ts';

const PAGE_LINES = 500;
/** Lines that are kept: others are read when they are scrolled to. */
const MAX_LINES = 10_000;

export type LogRow = Extract<LogLinesFragment['events'][number], { readonly text: string }>;

/** Successive lines of a log: its last ones, which are followed, or those around a line. */
export interface LogWindow {
  /** Oldest first. The list is changed in place, so that a long log costs no more than a short one: `version` says whether it has changed. */
  readonly lines: readonly LogRow[];
  /** Greater after each change of `lines`. */
  readonly version: number;
  readonly hasOlder: boolean;
  /** Whether newer lines are not loaded. Otherwise the log is followed. */
  readonly hasNewer: boolean;
  /** The line around which the lines were read; undefined when they were read from the end. */
  readonly around: number | undefined;
  /** Adds older lines, unless they are being read. */
  readonly loadOlder: () => void;
  /** Adds newer lines, unless they are being read; at the end the log is followed. */
  readonly loadNewer: () => void;
  /** Reads the lines around a line, in place of those that are loaded. */
  readonly showLine: (seq: number) => void;
  /** Reads the last lines, in place of those that are loaded, and follows the log. */
  readonly showEnd: () => void;
  /** Says which line is looked at. Of more than 10,000 lines, those far from it are dropped. */
  readonly lookAt: (seq: number) => void;
}

export interface LogOptions {
  readonly runId: string;
  /** Keys of the steps; of all without them. */
  readonly steps?: readonly string[] | undefined;
  /** Lines of at least this level. */
  readonly level?: LogLevel | undefined;
}

/** Reads the lines around one, or the last lines, and then what the window is asked for. */
export function readLog({ client, signal, persist, show }: Session<LogWindow>, options: LogOptions, start?: number) {
  const lines: LogRow[] = [];
  let version = 0;
  let around: number | undefined;
  /** The line around which lines are shown, or will be. */
  let wanted: number | undefined;
  let lookedAt = Number.POSITIVE_INFINITY;
  /** Where older lines end; undefined while they are being read, null at the first. */
  let begin: string | null | undefined;
  /** Where newer lines begin. */
  let end = '';
  let hasNewer = false;
  /** Stops what reads newer lines, or lines at another place. */
  let reading: AbortController | undefined;

  function publish() {
    version += 1;
    const asked = { loadOlder, loadNewer, showLine, showEnd, lookAt };
    show({ lines, version, hasOlder: !!begin, hasNewer, around, ...asked });
  }

  async function readPage(part: Partial<LogPageQueryVariables>, until: AbortSignal) {
    const { run } = await client.request(LogPageDocument, { ...options, ...part }, { signal: until });
    return found(run?.logs);
  }

  function found<T>(result: T | null | undefined): T {
    if (!result) throw new SignalboxError('NOT_FOUND', `There is no run ${options.runId}, or you may not see it.`);
    return result;
  }

  /** Reads newer lines, or lines at another place, in place of what is being read of these. Once it is given up, it changes nothing. */
  function read(work: (status: Status, until: AbortSignal) => Promise<void>) {
    reading?.abort();
    const stopping = new AbortController();
    reading = stopping;
    const until = AbortSignal.any([signal, stopping.signal]);
    void persist(async (status) => {
      try {
        if (!until.aborted) await work(status, until);
      } catch (error) {
        if (!until.aborted) throw error;
      }
    });
  }

  function go(seq: number | undefined) {
    wanted = seq;
    begin = undefined;
    read(async (_, until) => {
      const place = seq === undefined ? await readEnd(until) : await readAround(seq, until);
      lines.splice(0, lines.length, ...place.lines);
      ({ begin, end, hasNewer } = place);
      around = seq;
      reading = undefined;
      publish();
      if (!hasNewer) readOn();
    });
  }

  async function readEnd(until: AbortSignal) {
    const logs = await readPage({ last: PAGE_LINES }, until);
    return { lines: rowsOf(logs), begin: logs.startCursor, end: logs.cursor, hasNewer: false };
  }

  async function readAround(line: number, until: AbortSignal) {
    const { run } = await client.request(LogAroundDocument, { ...options, line }, { signal: until });
    const { older, newer } = found(run);
    const rows = [...rowsOf(older), ...rowsOf(newer)];
    return { lines: rows, begin: older.startCursor, end: newer.cursor, hasNewer: !newer.caughtUp };
  }

  function readOn() {
    let mayHaveNewer = hasNewer;
    read(async ({ onInterrupted, onCurrent }, until) => {
      if (mayHaveNewer) {
        const logs = await readPage({ first: PAGE_LINES, after: end }, until);
        hasNewer = !logs.caughtUp;
        add(logs);
        if (hasNewer) {
          reading = undefined;
          return;
        }
      }
      // After an error, lines may have been logged meanwhile.
      mayHaveNewer = true;
      const after = { ...options, after: end };
      for await (const { events } of client.subscribe(LogFollowDocument, after, { signal: until, onInterrupted })) {
        if (until.aborted) return;
        onCurrent();
        add(events);
      }
    });
  }

  function add(newer: LogLinesFragment) {
    lines.push(...rowsOf(newer));
    end = newer.cursor;
    drop();
    publish();
  }

  /** Drops lines from the side that is farther from the line that is looked at. */
  function drop() {
    const tooMany = lines.length - MAX_LINES;
    if (tooMany <= 0) return;
    if (indexOfSeq(lines, lookedAt) >= lines.length / 2) {
      lines.splice(0, tooMany);
      begin = lines[0]?.cursor;
    } else {
      lines.length = MAX_LINES;
      end = lines.at(-1)?.cursor ?? end;
      hasNewer = true;
      reading?.abort();
      reading = undefined;
    }
  }

  function loadOlder() {
    if (!begin) return;
    const [first] = lines;
    const before = begin;
    begin = undefined;
    void persist(async () => {
      const older = await readPage({ last: PAGE_LINES, before }, signal);
      // Meanwhile another place may have been read, or lines dropped.
      if (lines[0] !== first) return;
      begin = older.startCursor;
      lines.unshift(...rowsOf(older));
      drop();
      publish();
    });
  }

  function loadNewer() {
    if (hasNewer && !reading) readOn();
  }

  function showLine(seq: number) {
    if (wanted !== seq) go(seq);
  }

  function showEnd() {
    if (hasNewer) go(undefined);
  }

  function lookAt(seq: number) {
    lookedAt = seq;
  }

  go(start);
}

/** The line with a `seq`, if it is loaded. */
export function lineOf({ lines }: LogWindow, seq: number): LogRow | undefined {
  const line = lines[indexOfSeq(lines, seq)];
  return line?.seq === seq ? line : undefined;
}

/** Whether a line may be in a part of the log that is not loaded. */
export function isElsewhere({ lines, hasOlder, hasNewer }: LogWindow, line: number): boolean {
  const first = lines.at(0)?.seq ?? Number.POSITIVE_INFINITY;
  const last = lines.at(-1)?.seq ?? Number.NEGATIVE_INFINITY;
  return (line < first && hasOlder) || (line > last && hasNewer);
}

/** The lines of a batch of a log, in which nothing else can be. */
function rowsOf({ events }: LogLinesFragment): readonly LogRow[] {
  return events as readonly LogRow[];
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import type { Journal } from '../../core/journal.ts';
import { type RunAggregate, setHead } from '../model/run-aggregate.ts';
import { coalesceMoves } from './coalesce-moves.ts';

/** A run of pure steps is recorded when it ends, unless it takes longer than this; then it is visible while it runs. */
const MAX_UNRECORDED_MS = 250;
const APPEND_RETRY_MS = 500;

/** Brings the events of one run into the journal, in order. */
export interface Recorder {
  /** Adds events, which are recorded with the next flush. */
  add(events: readonly NewEvent[]): void;
  /** Records the added events if events are recorded as they happen by now. */
  commit(): void;
  /** From now on events are recorded as they happen. Resolves when all added events are durable, or on `close`. */
  flush(): Promise<void>;
  /** True when all added events are durable. A function, because an object with a getter has a hidden class that retains it. */
  isIdle(): boolean;
  /** True while an append that failed is tried again. */
  isRetrying(): boolean;
  /** Resolves when no append is in progress. */
  drained(): Promise<void>;
  /** Drops the events that are not on their way to the journal yet, and takes no more. */
  close(): void;
}

interface RecorderOptions {
  readonly journal: Pick<Journal, 'append'>;
  readonly run: RunAggregate;
  /** Seq of the newest event in the journal; 0 for a new run. */
  readonly persistedSeq: number;
  /** All added events are durable. Called synchronously, so that no event is added in between. May be called repeatedly. */
  onFlushed(): void;
  /**
   * An append failed.
   * @param isFinal this process cannot record the run. Otherwise the append is tried again
   */
  onFailure(error: unknown, isFinal: boolean): void;
}

export function createRecorder({ journal, run, onFlushed, onFailure, ...options }: RecorderOptions): Recorder {
  let { persistedSeq } = options;
  let pending: NewEvent[] = [];
  let isImmediate = persistedSeq > 0;
  let isClosed = false;
  let isRetrying = false;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    while (pending.length > 0 && !isClosed) {
      let events: readonly NewEvent[] = pending;
      pending = [];
      try {
        events = coalesceMoves(events);
        const head = (await journal.append(run.record.id, persistedSeq + 1, events)).events.at(-1);
        persistedSeq += events.length;
        isRetrying = false;
        if (head) setHead(run, head);
      } catch (error) {
        const isFinal = persistedSeq === 0 || !(error instanceof Fault) || error.code === 'CONFLICT';
        onFailure(error, isFinal);
        if (isFinal) return;
        pending = [...events, ...pending];
        isRetrying = true;
        await sleep(APPEND_RETRY_MS);
      }
    }
    writing = undefined;
    if (pending.length === 0 && !isClosed) onFlushed();
  };

  const flush = async (): Promise<void> => {
    isImmediate = true;
    clearTimeout(timer);
    if (pending.length > 0 && !isClosed) writing ??= write();
    else if (!writing && !isClosed) onFlushed();
    await writing;
  };
  const timer = setTimeout(() => void flush(), MAX_UNRECORDED_MS);

  return {
    add(events) {
      pending.push(...events);
    },
    commit() {
      if (isImmediate) void flush();
    },
    flush,
    isIdle: () => pending.length === 0 && !writing,
    isRetrying: () => isRetrying,
    drained: async () => writing,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

import type { Worker } from 'node:worker_threads';
import { Fault } from '../../core/errors.ts';
import type { Event, NewEvent } from '../../core/event.ts';
import { idPrefix } from '../../core/ids.ts';
import type { AppendResult } from '../../core/journal.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { JsonObject } from '../../lib/json.ts';
import {
  type AcceptedAppend,
  type AppendRequest,
  IN_DOUBT,
  type RejectedAppend,
  rejectNonCanonical,
} from './plan-commit.ts';
import { encodeAppend, type WriterReply, type WriterRequest } from './writer-protocol.ts';

/** Limits of the appends that the writer has not answered yet; beyond either, callers wait. Bytes are counted as characters. */
const MAX_PENDING_APPENDS = 4_096;
const MAX_PENDING_CHARACTERS = 32 * 1024 * 1024;

/** Limits of one message to the writer. */
const MAX_MESSAGE_APPENDS = 256;
const MAX_MESSAGE_CHARACTERS = 4 * 1024 * 1024;

/** What one append added to the journal. */
export interface CommittedAppend {
  readonly events: readonly Event[];
  readonly workflow: string | undefined;
  /** Length of its text: about what it takes in memory. */
  readonly characters: number;
}

export interface AppendQueue {
  append(runId: string, expectedSeq: number, events: readonly NewEvent[]): Promise<AppendResult>;
  /** Accepts no more appends, waits until the accepted ones are durable, and stops the writer. */
  close(): Promise<void>;
}

interface AppendQueueDeps {
  /** Starts the writer's thread, at first and whenever it was lost. */
  startWriter(): Worker;
  readonly logger: Logger;
  /** Called once for each commit, in order. @param seconds until the commit was durable */
  onCommit(appends: readonly CommittedAppend[], seconds: number): void;
  /**
   * Called when the writer was lost. Returns, for each of these appends, its events if it became durable, otherwise undefined.
   * Followers of the commits must read the store again.
   */
  onWriterLost(appends: readonly AppendRequest[]): Promise<readonly (readonly Event[] | undefined)[]>;
}

interface PendingAppend extends AppendRequest {
  /** Undefined once it was sent. */
  text: string | undefined;
  readonly size: number;
  resolve(appended: AppendResult): void;
  reject(error: unknown): void;
}

/** The main thread's side of the writer. It never waits for the disk. */
export function createAppendQueue({ startWriter, logger, onCommit, onWriterLost }: AppendQueueDeps): AppendQueue {
  /** Callers beyond the limit, served in order: an append must not overtake an earlier one of its run. */
  const waiting: (() => void)[] = [];
  const unsent: PendingAppend[] = [];
  const sent: PendingAppend[] = [];
  let pendingCharacters = 0;
  let flushing = false;
  let writable = true;
  let recovering = 0;
  let closing: PromiseWithResolvers<void> | undefined;
  let worker: Worker | undefined;

  const isFull = () =>
    sent.length + unsent.length >= MAX_PENDING_APPENDS || pendingCharacters >= MAX_PENDING_CHARACTERS;

  const startWorker = () => {
    const started = startWriter();
    let reason: unknown = 'it exited';
    started.on('message', settleReply);
    started.on('error', (error) => {
      reason = error;
    });
    started.on('exit', () => {
      worker = undefined;
      if (sent.length > 0) void recover(reason).finally(finish);
      else finish();
    });
    return started;
  };

  const flush = () => {
    flushing = false;
    while (unsent.length > 0) {
      const texts: string[] = [];
      for (
        let size = 0;
        texts.length < MAX_MESSAGE_APPENDS && size < MAX_MESSAGE_CHARACTERS && unsent.length > texts.length;
      ) {
        const next = unsent[texts.length] as PendingAppend;
        texts.push(next.text as string);
        size += next.size;
        next.text = undefined;
      }
      sent.push(...unsent.splice(0, texts.length));
      worker ??= startWorker();
      worker.postMessage(texts satisfies WriterRequest);
    }
  };

  const settleReply = ({ outcomes: results, seconds, failure }: WriterReply) => {
    logHealth(failure);
    const answered = shiftSent(results.length);
    const appends: CommittedAppend[] = [];
    for (const [index, pending] of answered.entries()) {
      const result = results[index] as (typeof results)[number];
      if ('code' in result) {
        pending.reject(toAppendFault(result));
      } else {
        const events = toEvents(pending, result);
        appends.push({ events, workflow: result.workflow, characters: pending.size });
        pending.resolve({ events });
      }
    }
    if (appends.length > 0) onCommit(appends, seconds);
    finish();
  };

  /** The writer died: whether its appends happened is read from the journal. */
  const recover = async (reason: unknown) => {
    logger.error('store.writer_lost', { reason: String(reason), appends: sent.length });
    const inDoubt = shiftSent(sent.length);
    recovering += 1;
    try {
      const stored = await onWriterLost(inDoubt);
      for (const [index, pending] of inDoubt.entries()) {
        const events = stored[index];
        if (events) pending.resolve({ events });
        else pending.reject(unavailable('The journal writer stopped. Nothing was changed; try again.'));
      }
    } catch (error) {
      logger.error('store.unreadable', { reason: String(error) });
      const message = 'The store can be neither written nor read. Check whether the run exists before you try again.';
      for (const pending of inDoubt) pending.reject(unavailable(message, IN_DOUBT));
    } finally {
      recovering -= 1;
    }
  };

  const shiftSent = (count: number) => {
    const appends = sent.splice(0, count);
    for (const { size } of appends) pendingCharacters -= size;
    return appends;
  };

  const finish = () => {
    while (waiting.length > 0 && !isFull()) waiting.shift()?.();
    if (unsent.length > 0) flush();
    if (closing && sent.length === 0 && recovering === 0) {
      if (worker) worker.postMessage(null satisfies WriterRequest);
      else closing.resolve();
    }
  };

  const logHealth = (failure: string | undefined) => {
    if (writable && failure !== undefined) logger.error('store.unwritable', { reason: failure });
    if (!writable && failure === undefined) logger.info('store.writable');
    writable = failure === undefined;
  };

  // Started now, so that the first append does not wait for the thread.
  worker = startWorker();

  return {
    append: (runId, expectedSeq, events) =>
      new Promise((resolve, reject) => {
        const enter = () => {
          try {
            const text = encodeAppend({ runId, expectedSeq, events });
            pendingCharacters += text.length;
            unsent.push({ runId, expectedSeq, events, text, size: text.length, resolve, reject });
          } catch (error) {
            return reject(toAppendFault(rejectNonCanonical(error as Error)));
          }
          // The first append is sent at once. While the writer is busy, the appends of one event loop turn are sent together.
          if (sent.length === 0) return flush();
          if (!flushing) setImmediate(flush);
          flushing = true;
        };
        const problem = closing
          ? unavailable('The journal is closing. Try again when the server is back.')
          : checkAppend(runId, expectedSeq, events);
        if (problem) reject(problem);
        else if (isFull()) waiting.push(enter);
        else enter();
      }),
    close: () => {
      closing ??= Promise.withResolvers();
      finish();
      return closing.promise;
    },
  };
}

/** Checks what the append alone shows. A fault is a mistake in the calling code. */
function checkAppend(runId: string, expectedSeq: number, events: readonly NewEvent[]): Fault | undefined {
  if (idPrefix(runId) !== 'run')
    return new Fault('INTERNAL', `${runId} is not a run id; create one with newId('run').`);
  const [first, ...rest] = events;
  const isOpening = first?.type === 'RUN_CREATED';
  const isValid = first && Number.isSafeInteger(expectedSeq) && expectedSeq > 0 && isOpening === (expectedSeq === 1);
  if (!isValid || rest.some((event) => event.type === 'RUN_CREATED')) {
    return new Fault('INTERNAL', 'RUN_CREATED must be the event at seq 1 of a run, and no other.');
  }
  if (events.some((event) => Number.isNaN(event.at.getTime())))
    return new Fault('INTERNAL', 'An event needs a valid time.');
  return undefined;
}

function toEvents({ runId, expectedSeq, events }: AppendRequest, result: AcceptedAppend): readonly Event[] {
  const { first, prevHash, hashes, tenant, subject } = result;
  return events.map((event, index) => ({
    ...event,
    position: first + index,
    runId,
    seq: expectedSeq + index,
    tenant,
    subject,
    prevHash: hashes[index - 1] ?? prevHash,
    hash: hashes[index] as string,
  }));
}

function toAppendFault({ code, message, details, cause }: RejectedAppend): Fault {
  if (code === 'UNAVAILABLE') return unavailable(message, details);
  return new Fault(code, message, { ...(details && { details }), ...(cause !== undefined && { cause }) });
}

function unavailable(message: string, details?: JsonObject): Fault {
  return new Fault('UNAVAILABLE', message, { retryAfterMs: 1_000, ...(details && { details }) });
}

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { NewEvent } from '../core/event.ts';
import type { Append, AppendResult, Refused } from './plan-commit.ts';
import { type Commit, createSqliteCommit } from './sqlite-commit.ts';
import { openSqlite, type Sqlite } from './sqlite-database.ts';

/** What the append queue starts the worker with. */
export interface WriterWork {
  readonly journal: string;
}

/** Some appends, each as the text of `encodeAppend`; null asks the writer to close. */
export type WriterRequest = readonly string[] | null;

/** The results of as many appends, in the order in which they were sent. */
export interface WriterReply {
  readonly results: readonly AppendResult[];
  /** Why the store could not write, for the log. */
  readonly failure?: string;
}

/** Past either, what has arrived waits for the next commit: a transaction ends within some tens of milliseconds. */
const MOST_APPENDS = 512;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** An append on its way to the writer: one text is cheaper to send than a tree of objects, and has a size. */
export function encodeAppend({ runId, expectedSeq, events }: Append): string {
  return JSON.stringify([
    runId,
    expectedSeq,
    events.map(({ type, at, step, payload }) => [type, at.getTime(), step ?? null, payload]),
  ]);
}

function decodeAppend(text: string): Append {
  const [runId, expectedSeq, events] = JSON.parse(text) as [string, number, [string, number, string | null, unknown][]];
  return {
    runId,
    expectedSeq,
    events: events.map(
      ([type, at, step, payload]) => ({ type, at: new Date(at), ...(step !== null && { step }), payload }) as NewEvent,
    ),
  };
}

/**
 * The journal's only writer. Whatever arrives while a commit is under way shares the next one; an append that finds the
 * writer idle is committed at once.
 */
function serve(port: MessagePort, file: string): void {
  const store = createStore(file);
  port.on('message', (request: WriterRequest) => {
    const group = request && [...request];
    let last = group === null;
    for (let size = sizeOf(request); group && group.length < MOST_APPENDS && size < MOST_CHARACTERS && !last; ) {
      const next = receiveMessageOnPort(port)?.message as WriterRequest | undefined;
      if (next === undefined) break;
      if (next === null) last = true;
      else group.push(...next);
      size += sizeOf(next);
    }
    if (group) port.postMessage(store.commit(group.map(decodeAppend)));
    if (last) {
      store.close();
      port.close();
    }
  });
}

function sizeOf(request: WriterRequest): number {
  return request?.reduce((size, text) => size + text.length, 0) ?? 0;
}

/** After any failure it starts over from a fresh connection, so that it recovers as soon as the disk does. */
function createStore(file: string) {
  let open: { readonly db: Sqlite; readonly commit: Commit } | undefined;
  const close = () => {
    open?.db.close();
    open = undefined;
  };
  const connect = () => {
    const db = openSqlite(file, { readonly: false });
    return { db, commit: createSqliteCommit(db) };
  };
  return {
    close,
    commit: (appends: readonly Append[]): WriterReply => {
      try {
        open ??= connect();
        return { results: open.commit(appends) };
      } catch (error) {
        close();
        const refused = unwritable(error);
        return { results: appends.map(() => refused), failure: String((error as Error).stack) };
      }
    },
  };
}

function unwritable(error: unknown): Refused {
  const code = String((error as { code?: unknown }).code);
  const advice =
    code === 'SQLITE_FULL'
      ? 'free space on its disk'
      : code === 'SQLITE_BUSY'
        ? 'see which process holds it'
        : 'see the log';
  return {
    code: 'UNAVAILABLE',
    message: `The store cannot write (${code}), and nothing was changed: ${advice}, then try again.`,
  };
}

const work = workerData as Partial<WriterWork> | null;
if (parentPort && work?.journal !== undefined) serve(parentPort, work.journal);

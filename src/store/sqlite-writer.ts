import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Append, Refused } from './plan-commit.ts';
import { type Commit, createSqliteCommit } from './sqlite-commit.ts';
import { openSqlite, type Sqlite } from './sqlite-database.ts';
import { decodeAppend, type WriterReply, type WriterRequest, type WriterWork } from './writer-protocol.ts';

/** Past either, what has arrived waits for the next commit: a transaction ends within some tens of milliseconds. */
const MOST_APPENDS = 512;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * The journal's only writer. Whatever arrives while a commit is under way shares the next one; an append that finds the
 * writer idle is committed at once.
 */
function serve(port: MessagePort, file: string): void {
  const store = createStore(file);
  port.on('message', (request: WriterRequest) => {
    const group: string[] = [];
    let size = 0;
    let closing = false;
    const add = (texts: WriterRequest) => {
      if (texts === null) closing = true;
      for (const text of texts ?? []) size += text.length;
      group.push(...(texts ?? []));
    };
    add(request);
    while (!closing && group.length < MOST_APPENDS && size < MOST_CHARACTERS) {
      const next = receiveMessageOnPort(port);
      if (!next) break;
      add(next.message as WriterRequest);
    }
    if (group.length > 0) {
      const began = performance.now();
      const reply = store.commit(group.map(decodeAppend));
      port.postMessage({ ...reply, seconds: (performance.now() - began) / 1_000 } satisfies WriterReply);
    }
    if (closing) {
      store.close();
      port.close();
    }
  });
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
    commit: (appends: readonly Append[]): Omit<WriterReply, 'seconds'> => {
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

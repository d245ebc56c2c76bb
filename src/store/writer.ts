import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  decodeAppend,
  type JournalWriter,
  type WriterOptions,
  type WriterReply,
  type WriterRequest,
} from './journal/writer-protocol.ts';

/** Limits of one commit, so that a transaction ends within some tens of milliseconds. */
const MAX_GROUP_APPENDS = 512;
const MAX_GROUP_CHARACTERS = 8 * 1024 * 1024;

/**
 * The journal's only writer on this node. Appends that arrive during a commit share the next one; an append that finds the
 * writer idle is committed at once.
 */
function serveAppends(port: MessagePort, writer: JournalWriter): void {
  const waiting: string[] = [];
  let working = false;
  let closing = false;
  const add = (request: WriterRequest) => {
    if (request === null) closing = true;
    else waiting.push(...request);
  };

  const nextGroup = (): string[] => {
    // A commit on SQLite blocks this thread's event loop: requests that arrived meanwhile are still at the port.
    while (!closing && waiting.length < MAX_GROUP_APPENDS) {
      const next = receiveMessageOnPort(port);
      if (!next) break;
      add(next.message as WriterRequest);
    }
    let count = 0;
    for (let size = 0; count < waiting.length && count < MAX_GROUP_APPENDS && size < MAX_GROUP_CHARACTERS; count += 1) {
      size += waiting[count]?.length ?? 0;
    }
    return waiting.splice(0, count);
  };

  const work = async () => {
    working = true;
    for (let group = nextGroup(); group.length > 0; group = nextGroup()) {
      const began = performance.now();
      const commits = await writer.commit(group.map(decodeAppend));
      port.postMessage({ ...commits, seconds: (performance.now() - began) / 1_000 } satisfies WriterReply);
    }
    working = false;
    if (!closing) return;
    await writer.close();
    port.close();
  };

  port.on('message', (request: WriterRequest) => {
    add(request);
    if (!working) void work();
  });
}

/** Loads only the modules that the database needs. */
async function openWriter({ journal, nodeId }: WriterOptions): Promise<JournalWriter> {
  if (journal.kind === 'sqlite') return (await import('./sqlite/writer.ts')).createSqliteWriter(journal.file, nodeId);
  return (await import('./postgres/writer.ts')).createPostgresWriter(journal.url, nodeId);
}

const options = workerData as Partial<WriterOptions> | null;
// Messages that are sent before the port has a listener are queued.
if (parentPort && options?.journal !== undefined) serveAppends(parentPort, await openWriter(options as WriterOptions));

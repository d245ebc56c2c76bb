import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  decodeAppend,
  type Writer,
  type WriterReply,
  type WriterRequest,
  type WriterWork,
} from './journal/writer-protocol.ts';

/** Past either, what has arrived waits for the next commit: a transaction ends within some tens of milliseconds. */
const MOST_APPENDS = 512;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * The journal's only writer on this node. Whatever arrives while a commit is under way shares the next one; an append
 * that finds the writer idle is committed at once.
 */
function serve(port: MessagePort, writer: Writer): void {
  const waiting: string[] = [];
  let working = false;
  let closing = false;
  const add = (request: WriterRequest) => {
    if (request === null) closing = true;
    else waiting.push(...request);
  };

  const nextGroup = (): string[] => {
    // A commit on SQLite keeps this thread from its events: what came meanwhile lies at the port.
    while (!closing && waiting.length < MOST_APPENDS) {
      const next = receiveMessageOnPort(port);
      if (!next) break;
      add(next.message as WriterRequest);
    }
    let count = 0;
    for (let size = 0; count < waiting.length && count < MOST_APPENDS && size < MOST_CHARACTERS; count += 1) {
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

/** Loads what the database needs, and nothing of the other one. */
async function open({ journal, node }: WriterWork): Promise<Writer> {
  if (journal.kind === 'sqlite') return (await import('./sqlite/writer.ts')).createSqliteWriter(journal.file, node);
  return (await import('./postgres/writer.ts')).createPostgresWriter(journal.url, node);
}

const work = workerData as Partial<WriterWork> | null;
// What is sent before the port has a listener waits at it.
if (parentPort && work?.journal !== undefined) serve(parentPort, await open(work as WriterWork));

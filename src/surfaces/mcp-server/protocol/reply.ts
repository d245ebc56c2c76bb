import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../../lib/json.ts';

/** How long a result is waited for before the response begins as a stream, so that nobody takes silence for a failure. */
const PATIENCE_MS = 2_000;
/** Between comments in a stream, which keep proxies from closing it. */
const KEEP_ALIVE_MS = 15_000;

/** The response to one POST: JSON, or a stream of events once something is to be told before the result. */
export interface Reply {
  /** Aborts when the client disconnects before the end. */
  readonly disconnected: AbortSignal;
  notify(method: string, params: JsonObject): void;
  /** Ends the response with these messages; one message is not a list. */
  end(messages: JsonObject | readonly JsonObject[], status?: number): void;
  /** Ends the response without a message. */
  close(): void;
}

export function createReply(res: ServerResponse): Reply {
  const stream = createEventStream(res);
  const disconnected = new AbortController();
  const patience = setTimeout(stream.open, PATIENCE_MS).unref();
  res.once('close', () => {
    clearTimeout(patience);
    if (!res.writableFinished) disconnected.abort();
  });
  return {
    disconnected: disconnected.signal,
    notify: (method, params) => stream.send({ method, params }),
    end(messages, status = 200) {
      clearTimeout(patience);
      if (res.headersSent) {
        for (const message of Array.isArray(messages) ? messages : [messages]) stream.send(message);
        return stream.close();
      }
      sendRpc(res, status, messages);
    },
    close() {
      clearTimeout(patience);
      stream.open();
      stream.close();
    },
  };
}

/** A stream of messages as server-sent events. */
export interface EventStream {
  open(): void;
  send(message: JsonObject): void;
  close(): void;
}

export function createEventStream(res: ServerResponse): EventStream {
  let keepAlive: NodeJS.Timeout | undefined;
  const open = () => {
    if (res.headersSent || res.closed) return;
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    res.flushHeaders();
    keepAlive = setInterval(() => res.write(':\n\n'), KEEP_ALIVE_MS).unref();
    res.once('close', () => clearInterval(keepAlive));
  };
  return {
    open,
    send(message) {
      open();
      if (!res.writable) return;
      res.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
    },
    close() {
      clearInterval(keepAlive);
      res.end();
    },
  };
}

/** Sends messages as JSON. */
export function sendRpc(res: ServerResponse, status: number, messages: JsonObject | readonly JsonObject[]): void {
  const named = (message: JsonObject) => ({ jsonrpc: '2.0', ...message });
  const body = Array.isArray(messages) ? messages.map(named) : named(messages as JsonObject);
  if (!res.closed) res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

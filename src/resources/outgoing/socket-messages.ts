import type { WebSocket } from 'ws';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import { networkFault } from './network-fault.ts';

interface Limits {
  readonly host: string;
  readonly maxMessageBytes: number;
  readonly signals: readonly AbortSignal[];
}

/** Number of unread messages at which reading from the network pauses; the limit in bytes is the size of one message. */
const MAX_BUFFERED_MESSAGES = 32;

/** The messages of a WebSocket, at the pace of the reader. Listens from this call on, so that no message is missed. */
export function socketMessages(socket: WebSocket, limits: Limits): AsyncIterable<string | Uint8Array> {
  const waiting: Buffer[] = [];
  const isText = new WeakSet<Buffer>();
  let bytes = 0;
  let ended = false;
  let failure: Error | undefined;
  let wake = () => {};

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) isText.add(data);
    waiting.push(data);
    bytes += data.byteLength;
    if (waiting.length >= MAX_BUFFERED_MESSAGES || bytes > limits.maxMessageBytes) socket.pause();
    wake();
  });
  socket.on('error', (error) => {
    failure ??= error;
  });
  socket.once('close', () => {
    ended = true;
    wake();
  });

  const why = (): Fault | undefined => {
    const aborted = limits.signals.find((signal) => signal.aborted);
    if (aborted) return abortFault(aborted);
    return failure && messageFault(failure, limits);
  };

  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = waiting.shift();
        if (next) {
          bytes -= next.byteLength;
          if (waiting.length === 0) socket.resume();
          yield isText.has(next) ? next.toString() : new Uint8Array(next);
          continue;
        }
        const fault = why();
        if (fault) throw fault;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function messageFault(error: Error, { host, maxMessageBytes }: Limits): Fault {
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    const message = `${host} sends a message of more than ${maxMessageBytes} bytes. Request less at a time.`;
    return new Fault('RESOURCE_TOO_LARGE', message, { cause: error });
  }
  if (!code.startsWith('WS_ERR_')) return networkFault(error, host);
  const message = `${host} sent data that is not a WebSocket message (RFC 6455). Fix the server, or try again.`;
  return new Fault('RESOURCE_UNREACHABLE', message, { cause: error, details: { host, reason: code } });
}
